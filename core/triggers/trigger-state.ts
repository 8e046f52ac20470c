/**
 * What triggers remember between two looks, and what comes of a look: a trigger fires once it has
 * been exceeded for its duration, and not again before its cooldown is over. Too little data neither
 * fires nor forgets; only a calm look does.
 */
import type { Instant } from '../base/vocabulary.ts';
import { evaluateTrigger } from './evaluate.ts';
import { type Facts, type Finding, finding } from './facts.ts';
import type { ReadinessTrigger, RestartsTrigger, Trigger } from './trigger.ts';

/** Plain JSON; of a size that only the number of pods bounds. */
export interface TriggerState {
  readonly exceededSince?: Instant;
  readonly firedAt?: Instant;
  readonly unmeasurableSince?: Instant;
  /** readiness: the last check and how many failed in a row. */
  readonly checkedAt?: Instant;
  readonly failures?: number;
  /** restarts: the last count by pod, and when each of the last ones was seen. */
  readonly restarts?: Readonly<Record<string, number>>;
  readonly restartedAt?: Readonly<Record<string, readonly Instant[]>>;
}

/** By the trigger's id. */
export type TriggerStates = Readonly<Record<string, TriggerState>>;

interface Found {
  readonly trigger: Trigger;
  readonly why: string;
}

export interface Fired extends Found {
  /** Whether it had not fired before. */
  readonly isFirst: boolean;
}

export interface TriggersEvaluation {
  readonly memories: TriggerStates;
  readonly fired: readonly Fired[];
  /** Triggers that turn back, exceeded and not yet for their duration. */
  readonly undecided: readonly Found[];
  /** Triggers of the config whose metric nobody can tell, and since when. */
  readonly unmeasurable: readonly { readonly why: string; readonly since: Instant }[];
}

export function evaluateTriggers(
  triggers: readonly Trigger[],
  memories: TriggerStates,
  facts: Facts,
): TriggersEvaluation {
  const next: Record<string, TriggerState> = {};
  const fired: Fired[] = [];
  const undecided: Found[] = [];
  const unmeasurable: { why: string; since: Instant }[] = [];
  for (const trigger of triggers) {
    const before = memories[trigger.id] ?? {};
    const { memory, found } = looked(trigger, before, facts);
    const after = remembered(memory, found, facts.at);
    if (isDue(trigger, after, facts.at)) {
      fired.push({ trigger, why: found.why, isFirst: before.firedAt === undefined });
      next[trigger.id] = { ...after, firedAt: facts.at };
    } else {
      next[trigger.id] = after;
      if (isUndecided(trigger, after, facts.at)) undecided.push({ trigger, why: found.why });
    }
    const since = after.unmeasurableSince;
    if (since !== undefined && trigger.origin === 'config' && trigger.severity === 'critical') {
      unmeasurable.push({ why: found.why, since });
    }
  }
  return { memories: next, fired, undecided, unmeasurable };
}

interface Looked {
  readonly memory: TriggerState;
  readonly found: Finding;
}

function looked(trigger: Trigger, before: TriggerState, facts: Facts): Looked {
  switch (trigger.kind) {
    case 'readiness':
      return inARow(trigger, before, facts);
    case 'restarts':
      return restarted(trigger, before, facts);
    default:
      return { memory: before, found: evaluateTrigger(trigger, facts) };
  }
}

function remembered(
  { exceededSince, unmeasurableSince, ...rest }: TriggerState,
  { kind }: Finding,
  at: Instant,
): TriggerState {
  switch (kind) {
    case 'exceeded':
      return { ...rest, exceededSince: exceededSince ?? at };
    case 'calm':
      return rest;
    case 'no-data':
      return exceededSince === undefined ? rest : { ...rest, exceededSince };
    case 'unmeasurable': {
      const since = { ...rest, unmeasurableSince: unmeasurableSince ?? at };
      return exceededSince === undefined ? since : { ...since, exceededSince };
    }
  }
}

function isDue(trigger: Trigger, memory: TriggerState, at: Instant): boolean {
  const { exceededSince, firedAt, unmeasurableSince } = memory;
  // What lasts only because nobody could look again has not lasted.
  if (exceededSince === undefined || unmeasurableSince !== undefined) return false;
  if (at - exceededSince < trigger.durationMs) return false;
  return firedAt === undefined || at - firedAt >= trigger.cooldownMs;
}

/** No longer than the trigger's duration: then it has fired, or was seen calm. */
function isUndecided(trigger: Trigger, memory: TriggerState, at: Instant): boolean {
  const { exceededSince } = memory;
  if (exceededSince === undefined || trigger.severity !== 'critical') return false;
  return at - exceededSince < trigger.durationMs;
}

/** A check is due every interval; so many failed ones in a row are a finding. */
function inARow(trigger: ReadinessTrigger, before: TriggerState, facts: Facts): Looked {
  const { checkedAt, failures = 0 } = before;
  const due = checkedAt === undefined || facts.at - checkedAt >= trigger.intervalMs;
  const found = evaluateTrigger(trigger, facts);
  const failed = found.kind === 'exceeded';
  const row = due ? (failed ? failures + 1 : 0) : failures;
  const memory = { ...before, failures: row, checkedAt: due ? facts.at : (checkedAt ?? facts.at) };
  const times = trigger.failureThreshold === 1 ? '' : `, ${row} checks in a row`;
  return row >= trigger.failureThreshold && failed
    ? { memory, found: finding('exceeded', `${found.why}${times}`) }
    : { memory, found: finding('calm', found.why) };
}

/** Restarts of one pod within the window; those before the first look have just been seen. */
function restarted(trigger: RestartsTrigger, before: TriggerState, { at, health }: Facts): Looked {
  const restartedAt: Record<string, readonly Instant[]> = {};
  let found = finding('calm', 'no pod is restarted again and again');
  for (const [pod, count] of Object.entries(health.restarts)) {
    const known = before.restartedAt?.[pod] ?? [];
    const more = Math.max(0, count - (before.restarts?.[pod] ?? 0));
    const times = [...known, ...Array.from({ length: Math.min(more, trigger.restarts) }, () => at)]
      .filter((time) => at - time < trigger.windowMs)
      .slice(-trigger.restarts);
    restartedAt[pod] = times;
    if (times.length >= trigger.restarts) {
      const within = `within ${trigger.windowMs / 60_000} minutes`;
      found = finding('exceeded', `pod ${pod} was restarted ${times.length} times ${within}`);
    }
  }
  return { memory: { ...before, restarts: health.restarts, restartedAt }, found };
}
