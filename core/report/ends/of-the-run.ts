/** Ends for time, people and processes. */
import type { Ending } from './end.ts';

const AGAIN = 'Nothing to mend in the version: release it again.';

export const RUN_ENDS = {
  promoted: {
    says: ({ service, to }) => `${to} serves ${service}`,
    next: 'Nothing to do.',
    proof: ['counts', 'lost', 'moved'],
  },
  'too-late': {
    says: ({ to }) => `${to} was not promoted in the time that a release may take`,
    next: 'See in the detail what it waited for; mend that, or raise limits.maxDuration.',
    proof: ['detail'],
  },
  'pause-ended': {
    says: ({ to }) => `the release of ${to} was paused, and nobody resumed it in time`,
    next: 'Decide whether the version may go out, and release it again.',
    proof: ['detail'],
  },
  aborted: {
    says: ({ to }) => `the release of ${to} was aborted by a person or a later run`,
    next: 'Ask who aborted it (the detail names them) before you release it again.',
    proof: ['detail'],
  },
  drained: {
    says: ({ to }) => `traffic was taken from ${to} by an operator`,
    next: 'Ask who drained it (the detail names them) before you release it again.',
    proof: ['detail'],
  },
  stopped: {
    says: ({ to }) => `the run that released ${to} was stopped`,
    next: AGAIN,
    proof: ['detail'],
  },
  'cut-off': {
    says: ({ to }) => `the run that released ${to} was cut off before its end`,
    next: 'See in the detail how its Task ended: timeout, eviction, node; then release again.',
    proof: ['detail'],
  },
  'left-unfinished': {
    says: ({ to }) => `the release of ${to} was left unfinished by its run`,
    next: AGAIN,
    proof: ['detail'],
  },
  'run-stopped': {
    says: ({ to }) => `the run of ${to} ended before it was validated`,
    next: AGAIN,
    proof: ['detail'],
  },
  unknown: {
    says: ({ to }) => `the release of ${to} ended for the reason in the detail`,
    next: 'Read the detail, and the log of the stage that ended.',
    proof: ['detail', 'counts', 'others'],
  },
} as const satisfies Readonly<Record<string, Ending>>;
