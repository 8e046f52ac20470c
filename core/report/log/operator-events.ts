/** What operators ask for, and what they are shown. */
import type { Events } from './log-fields.ts';

export const OPERATOR_EVENTS = {
  command: {
    about: "An operator's command, and what became of it",
    fields: ['command', 'by', 'as', 'pod', 'outcome', 'reason', 'pending-for'],
  },
  forecast: {
    about: 'What a release would do (dry run)',
    fields: [
      'plan',
      'strategy',
      'target',
      'from',
      'to',
      'number',
      'after',
      'phase',
      'action',
      'extra-pods',
      'most',
      'now',
      'each',
      'expected-outcome',
      'expected-duration',
      'reason',
      'assuming',
    ],
  },
  status: {
    about: 'How the last release of a service stands',
    fields: [
      'release',
      'strategy',
      'phase',
      'direction',
      'for',
      'wait',
      'turns-back-in',
      'from',
      'to',
      'reason',
      'note',
      'serving',
      'held-by',
      'gone',
      'between-stages',
      'until-in',
      'process',
    ],
  },
  history: {
    about: 'A release that has ended, in a list',
    fields: ['ended', 'outcome', 'from', 'to', 'strategy', 'duration', 'release', 'reason'],
  },
  queue: {
    about: 'A run waits for its turn, or ends the one before it',
    fields: ['turn', 'for', 'held', 'release', 'command'],
  },
  rollback: {
    about: 'The way back to a version before begins',
    fields: ['rollback', 'to', 'which'],
  },
} as const satisfies Events;
