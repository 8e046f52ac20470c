/** A release that a process holds: a Lease and a journal that do what a test says, and note what is asked of them. */
import type { Instant } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL, type Journal } from '../../../core/journal/journal.ts';
import { StageFailure } from '../../../effects/base/failure.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import type { OwnedRelease } from '../../../effects/ownership/owned-release.ts';

export interface Owned {
  readonly owned: OwnedRelease;
  /** Oldest first. */
  readonly saved: readonly Journal[];
  /** `ensureHeld`, `save`: what was asked of Lease and journal, in order. */
  readonly asked: readonly string[];
  /** Somebody else has the Lease from now on. */
  loseLease(): void;
  /** The API answers no renewal from now on, or answers them again. */
  silenceLease(isSilent?: boolean): void;
  /** Saving throws this from now on; nothing: it is done again. */
  failSaving(thrown?: Error): void;
}

export const LOST = new StageFailure(4, 'lost the lease');

export function ownedBy(context: StageContext, journal: Journal = EMPTY_JOURNAL): Owned {
  const saved: Journal[] = [];
  const asked: string[] = [];
  let isLost = false;
  let heardAt: Instant | undefined;
  let fails: Error | undefined;
  const note = (what: string): void => void asked.push(what);
  return {
    saved,
    asked,
    loseLease: () => {
      isLost = true;
    },
    silenceLease: (isSilent = true) => {
      heardAt = isSilent ? context.clock.now() : undefined;
    },
    failSaving: (thrown) => {
      fails = thrown;
    },
    owned: {
      ...context,
      journal: {
        journal: () => saved.at(-1) ?? journal,
        save: async (next) => {
          note('save');
          if (fails) throw fails;
          saved.push(next);
        },
        assertUnchanged: async () => note('assertUnchanged'),
      },
      lease: {
        predecessor: 'none',
        ensureHeld: async () => {
          note('ensureHeld');
          if (isLost) throw LOST;
        },
        answeredAt: () => heardAt ?? context.clock.now(),
        handOver: async () => note('handOver'),
        release: async () => note('release'),
      },
    },
  };
}
