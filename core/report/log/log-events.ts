/**
 * Everything that a stage can print, as data: an event has a name and named fields, and text and JSON
 * are two renderings of it (render-event.ts). docs/log-events.md is made from this file.
 */
import type { Events } from './log-fields.ts';
import { OPERATOR_EVENTS } from './operator-events.ts';
import { SCHEMA_EVENTS } from './schema-events.ts';

const HOW_A_RELEASE_ENDED = [
  'stage',
  'outcome',
  'service',
  'from',
  'to',
  'duration',
  'traffic-moved-by',
  'traffic-back-by',
  'drained-by',
  'connections-cut',
  'judged',
  'drain-probe',
  'changed-by-others',
  'last-change',
  'decided-by',
  'candidate',
  'stable',
  'answered-with-error',
  'not-answered',
  'kept-warm',
  'for',
  'code',
  'sentence',
  'next',
  'reason',
  'note',
] as const;

/** Every event, what it tells, and the fields that it may have. */
export const LOG_EVENTS = {
  progress: {
    about: 'Where a release stands: at each change of phase, and every 20 s',
    fields: [
      'phase',
      'direction',
      'weight',
      'target',
      'elapsed',
      'serving',
      'waiting-for',
      'resumed',
    ],
  },
  'release-ended': {
    about: 'How a release ended, and on what evidence',
    fields: HOW_A_RELEASE_ENDED,
  },
  'stage-ended': {
    about: "A stage's last line",
    fields: [
      ...HOW_A_RELEASE_ENDED,
      'namespace',
      'strategy',
      'image',
      'checked',
      'failed',
      'faults',
      'exit',
      'error',
      'command',
      'by',
      'as',
      'pod',
      'turn',
      'answer',
      'job',
      'orphans',
      'recovered',
      'taken-up',
      'held-count',
      'undecided-count',
    ],
  },
  error: {
    about: 'What was wrong with the input, or went wrong; one line each',
    fields: ['service', 'error', 'advice'],
  },
  migration: {
    about: 'What becomes of a migration of the database',
    fields: ['migration', 'job', 'waiting-for', 'elapsed', 'note'],
  },
  'left-behind': {
    about: 'What a stage has left that nothing undoes by itself',
    fields: ['stage', 'left'],
  },
  action: {
    about: 'A write to the cluster, before it is sent',
    fields: ['service', 'release', 'action', 'ago'],
  },
  'action-skipped': {
    about: 'An optional write that was refused',
    fields: ['left-undone'],
  },
  undoing: {
    about: 'A release that was left unfinished is undone',
    fields: ['release', 'phase', 'undoing'],
  },
  'api-away': {
    about: 'The API server does not answer, or answers again',
    fields: ['holding', 'after'],
  },
  unsafe: { about: 'The stage ends and could not make things safe', fields: ['unsafe'] },
  'container-log': {
    about: 'What a container that failed said last',
    fields: ['pod', 'container', 'log'],
  },
  warning: { about: 'A rollback condition warns', fields: ['anomaly', 'trigger'] },
  interference: {
    about: 'Others have changed what the release rests on',
    fields: ['interference', 'ago'],
  },
  notification: {
    about: 'A channel was told, or could not be',
    fields: ['notification', 'about', 'outcome', 'reason'],
  },
  story: {
    about: 'The Events on the objects of a release could not be written',
    fields: ['story', 'reason'],
  },
  'record-kept': {
    about: 'The figures of a release that has ended stay as they are',
    fields: ['record', 'reason'],
  },
  'drain-hook': { about: 'A drain hook failed', fields: ['pod', 'drain-hook', 'reason'] },
  journal: { about: 'The journal was written again', fields: ['journal', 'reason'] },
  lease: {
    about: 'What becomes of the Lease where that is not as usual',
    fields: ['service', 'lease', 'until', 'reason'],
  },
  waiting: { about: 'A stage waits for the API server', fields: ['waiting'] },
  prober: { about: 'A request of the prober was not answered', fields: ['prober', 'reason'] },
  'drain-probe': {
    about: 'One candidate pod was ended under a client',
    fields: ['drain-probe', 'checked', 'lost'],
  },
  report: { about: 'The report of a release', fields: ['report', 'reason'] },
  validation: { about: 'The smoke checks of a stage', fields: ['validation', 'checked'] },
  'smoke-failed': { about: 'A smoke check failed', fields: ['smoke', 'reason'] },
  check: {
    about: 'What a check found out, where it found nothing to object to',
    fields: [
      'check',
      'image',
      'pinned',
      'reason',
      'ready',
      'version',
      'older-than',
      'asked',
      'note',
      'dry-run',
      'risks',
    ],
  },
  finding: {
    about: 'What preflight found',
    fields: ['preflight', 'check', 'message', 'advice', 'reason'],
  },
  'security-finding': {
    about: 'What security-scan found, the worst first',
    fields: ['fate', 'severity', 'check', 'name', 'message', 'advice', 'reason'],
  },
  'metric-unmeasurable': {
    about: 'A metric of the config could not be measured of the stable',
    fields: ['metric', 'unmeasurable', 'reason'],
  },
  recovery: {
    about: 'What recover found out about a service',
    fields: ['service', 'release', 'undecided', 'held', 'reason', 'left-alone'],
  },
  ...OPERATOR_EVENTS,
  ...SCHEMA_EVENTS,
} as const satisfies Events;
export type EventName = keyof typeof LOG_EVENTS;

/** What has no value is not printed. */
export type Fields<N extends EventName> = {
  readonly [F in (typeof LOG_EVENTS)[N]['fields'][number]]?: string | number | undefined;
};

export type LogEvent = {
  [N in EventName]: { readonly event: N } & Fields<N>;
}[EventName];
