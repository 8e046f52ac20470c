/** What the releases of a story went through, phase by phase, as their journal tells it at every write. */
import { type Journal, journalName } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { Direction } from '../../../core/state/state.ts';
import { collectionOf } from '../../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CONFIG_MAPS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { SERVICE } from '../../world/service.ts';
import type { ProofWorld } from '../../world/world.ts';

/** One phase of one release, or one step of it, in one direction. */
export interface Stretch {
  readonly release: string;
  readonly phase: string;
  /** Of those by which a two-sided strategy moves traffic; 0 for the others. */
  readonly step: number;
  readonly direction: Direction;
  readonly fromMs: number;
  /** Undefined: it was the last one. */
  readonly toMs: number | undefined;
}

export interface Course {
  readonly stretches: readonly Stretch[];
  readonly stop: () => void;
}

export function watchCourse({ cluster }: ProofWorld): Course {
  const stretches: Stretch[] = [];
  const stop = cluster.world.store.subscribe(({ collection, type, object }) => {
    if (collection !== collectionOf(CONFIG_MAPS) || type === 'DELETED') return;
    if (object.metadata.name !== journalName(SERVICE)) return;
    const journal = readJournal(object.data as Record<string, string>); // of a ConfigMap
    if (typeof journal === 'string' || !journal.current) return;
    const now = stretchIn(journal.current, cluster.clock.now());
    const last = stretches.at(-1);
    if (last && sameStretch(last, now)) return;
    if (last) stretches[stretches.length - 1] = { ...last, toMs: now.fromMs };
    stretches.push(now);
  });
  return { stretches, stop };
}

function stretchIn({ plan, state }: NonNullable<Journal['current']>, fromMs: number): Stretch {
  const { phase, direction } = state;
  const step = state.strategy === 'rolling' ? 0 : state.step;
  return { release: plan.release, phase, step, direction, fromMs, toMs: undefined };
}

function sameStretch(a: Stretch, b: Stretch): boolean {
  return (
    a.release === b.release &&
    a.phase === b.phase &&
    a.step === b.step &&
    a.direction === b.direction
  );
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
