/**
 * What triggers remember between two looks, and what comes of a look: a trigger fires once it has
 * been exceeded for its duration, and not again before its cooldown is over. Too little data neither
 * fires nor forgets; only a calm look does.
 */
import type { Instant } from '../base/vocabulary.ts';
import type { Facts, Finding } from './facts.ts';
import { evaluateTrigger, type KindState, type Trigger } from './kinds/registry.ts';

/** Plain JSON; of a size that only the number of pods bounds. What a kind remembers stands beside it. */
export interface TriggerState extends KindState {
  readonly exceededSince?: Instant;
  readonly firedAt?: Instant;
  readonly unmeasurableSince?: Instant;
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
  /** Triggers of the config whose metric no one can tell, and since when. */
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
    const { state, found } = evaluateTrigger(trigger, before, facts);
    const after = remembered({ ...before, ...state }, found, facts.at);
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
  // What lasts only because no one could look again has not lasted.
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
