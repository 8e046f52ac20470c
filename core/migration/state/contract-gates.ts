/** Whether what only the old version needs may be removed: there is no way back behind that. */
import { formatDuration } from '../../base/duration.ts';
import type { Instant } from '../../base/vocabulary.ts';
import type { Gate, OldPods } from '../engine.ts';

export interface ContractSeen {
  readonly now: Instant;
  /** Ids that are to be contracted. */
  readonly ids: readonly string[];
  /** Ids of which something has yet to be expanded, filled or validated. */
  readonly unready: readonly string[];
  readonly expandedNow: readonly string[];
  readonly oldPods: OldPods;
  /** Sessions in the database whose name is an old version's. */
  readonly oldSessions: readonly string[];
  readonly soakMs: number;
}

export function contractGates(seen: ContractSeen): readonly Gate[] {
  return [ready(seen), otherRun(seen), pods(seen), sessions(seen), ...cluster(seen)];
}

function gate(name: string, holds: boolean, seen: string): Gate {
  return { gate: name, holds, seen };
}

function ready({ ids, unready }: ContractSeen): Gate {
  const open = ids.filter((id) => unready.includes(id));
  return gate(
    'expanded-before',
    open.length === 0,
    open.length === 0
      ? 'all that is contracted is expanded, filled and validated'
      : `not yet expanded, filled or validated: ${open.join(', ')}`,
  );
}

function otherRun({ ids, expandedNow }: ContractSeen): Gate {
  const same = ids.filter((id) => expandedNow.includes(id));
  return gate(
    'later-run',
    same.length === 0,
    same.length === 0
      ? 'nothing of it was expanded by this run'
      : `expanded by this very run: ${same.join(', ')}; contract in a later one`,
  );
}

function pods({ oldPods }: ContractSeen): Gate {
  if (oldPods.kind === 'vouched') return gate('no-old-pod', true, `by the word of ${oldPods.by}`);
  return gate(
    'no-old-pod',
    oldPods.left === 0,
    oldPods.left === 0
      ? 'none is left'
      : `${oldPods.left} with an older image, ending ones included`,
  );
}

function sessions({ oldSessions }: ContractSeen): Gate {
  return gate(
    'no-old-session',
    oldSessions.length === 0,
    oldSessions.length === 0 ? 'none is left' : `still connected: ${oldSessions.join(', ')}`,
  );
}

function cluster({ oldPods, now, soakMs }: ContractSeen): Gate[] {
  if (oldPods.kind === 'vouched') return [];
  const { servingSince, isErrorRateFine } = oldPods;
  const forMs = Math.max(0, now - servingSince);
  return [
    gate(
      'soaked',
      forMs >= soakMs,
      `the new version has served for ${formatDuration(forMs)} of ${formatDuration(soakMs)}`,
    ),
    ...(isErrorRateFine === undefined
      ? []
      : [gate('error-rate', isErrorRateFine, isErrorRateFine ? 'fine' : 'too many errors')]),
  ];
}
