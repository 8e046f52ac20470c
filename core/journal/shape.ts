/**
 * Whether what stands in a journal can be a release's. Anyone who may edit ConfigMaps can write anything
 * there, and what is in it is acted on: so all that is acted on is looked at first. Texts say what is
 * wrong, and where.
 */

import { STRATEGIES } from '../base/vocabulary.ts';
import {
  each,
  fields,
  isObject,
  type JsonShape,
  maybe,
  name,
  number,
  object,
  oneOf,
  text,
} from '../plan/json-shape.ts';
import { releaseShape, templateShape } from '../plan/plan-shape.ts';
import { planMaker } from '../plan/registry.ts';
import { PHASES } from '../state/state.ts';

const evidence = fields({
  availability: maybe(fields({ probes: maybe(object), usual: maybe(object) })),
  decision: maybe(fields({ candidate: object, stable: object, numbers: maybe(object) })),
});

const state = (phases: readonly string[]): JsonShape =>
  fields({
    phase: oneOf(phases),
    direction: oneOf(['forward', 'back']),
    since: number,
    startedAt: number,
    pausedMs: maybe(number),
    wait: maybe(fields({ kind: oneOf(['running', 'skipped', 'paused']) })),
    evidence,
    outcome: maybe(oneOf(['promoted', 'rolled-back', 'failed', 'unchanged'])),
  });

const entry: JsonShape = (value) => {
  if (!isObject(value) || !isObject(value.plan)) return ' has no plan';
  const { strategy } = value.plan;
  const known = STRATEGIES.find((one) => one === strategy);
  if (known === undefined) return `/plan/strategy${oneOf(STRATEGIES)(strategy)}`;
  return fields({
    plan: planMaker(known).shape,
    state: state(PHASES[known]),
    actions: each(object),
  })(value);
};

const record = fields({
  release: releaseShape,
  strategy: oneOf(STRATEGIES),
  outcome: oneOf(['promoted', 'rolled-back', 'failed', 'unchanged']),
  from: text,
  to: text,
  startedAt: number,
  endedAt: number,
  evidence: object,
  before: maybe(templateShape),
  warm: maybe(fields({ deployment: name, uid: text, until: number })),
});

const journal = fields({
  current: maybe(entry),
  history: each(record),
  answers: maybe(each(fields({ id: text, text, at: number, as: maybe(fields({ user: text })) }))),
});

/** Why it is no journal: `current/plan/namespace is no name`. Undefined where it is one. */
export function journalIssue(value: unknown): string | undefined {
  return journal(value)?.replace(/^\//, '');
}
