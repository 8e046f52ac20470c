/**
 * Whether what stands in a journal can be a release's. Anyone who may edit ConfigMaps can write anything
 * there, and what is in it is acted on: so all that is read is looked at first. Texts say what is wrong,
 * and where, and nothing of what was written.
 */
import { STRATEGIES } from '../../base/vocabulary.ts';
import { planMaker } from '../../plan/registry.ts';
import {
  anything,
  both,
  each,
  fields,
  isObject,
  type JsonShape,
  labels,
  maybe,
  name,
  number,
  oneOf,
  releaseName,
  text,
} from '../../plan/shape/json.ts';
import { notificationTarget } from '../../plan/shape/notifications.ts';
import { templateShape } from '../../plan/shape/workloads.ts';
import type { CommandResponse } from '../commands/command.ts';
import type { Journal, NotedAction, ReleaseRecord } from '../journal.ts';
import type { KeptSide } from '../rollback-window.ts';
import { evidence, OUTCOMES, STATES } from './state.ts';

const entry: JsonShape = (value) => {
  if (!isObject(value) || !isObject(value.plan)) return ' has no plan';
  const { strategy } = value.plan;
  const known = STRATEGIES.find((one) => one === strategy);
  if (known === undefined) return `/plan/strategy${oneOf(STRATEGIES)(strategy)}`;
  return fields<NonNullable<Journal['current']>>({
    plan: planMaker(known).shape,
    state: both(fields<{ strategy: unknown }>({ strategy: oneOf([known]) }), STATES[known]),
    actions: each(fields<NotedAction>({ id: text, text, at: number })),
  })(value);
};

const record = fields<ReleaseRecord>({
  release: releaseName,
  strategy: oneOf(STRATEGIES),
  outcome: oneOf(OUTCOMES),
  cause: maybe(text),
  code: maybe(text),
  from: text,
  to: text,
  startedAt: number,
  endedAt: number,
  evidence,
  before: maybe(templateShape),
  warm: maybe(fields<KeptSide>({ deployment: name, uid: text, mark: maybe(text), until: number })),
  stages: maybe(labels),
  found: maybe(labels),
  left: maybe(labels),
  channels: maybe(each(notificationTarget)),
  toldAt: maybe(number),
});

const answer = fields<CommandResponse>({
  id: text,
  order: text,
  at: number,
  taken: text,
  text,
  by: text,
  as: maybe(fields<NonNullable<CommandResponse['as']>>({ user: text, pod: maybe(text) })),
});

const journal = fields<Journal>({
  // Looked at before anything else is: a later one may have any shape.
  version: anything,
  current: maybe(entry),
  history: each(record),
  answers: maybe(each(answer)),
});

/** Why it is no journal: `current/plan/namespace is no name`. Undefined where it is one. */
export function journalIssue(value: unknown): string | undefined {
  return journal(value)?.replace(/^\//, '');
}
