/** Every kind of trigger by its name. A trigger carries its kind's name, and so finds its way here. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { type Together, together } from '../../base/schema-parts.ts';
import type { Question } from '../../metrics/question.ts';
import type { Facts } from '../facts.ts';
import { dependency } from './dependency.ts';
import { errorSpike } from './error-spike.ts';
import type { Looked, TriggerKind, TriggerPlace, TriggerTerms } from './kind.ts';
import { metric } from './metric.ts';
import { readiness } from './readiness.ts';
import { restarts } from './restarts.ts';

const KINDS = {
  metric,
  readiness,
  restarts,
  'error-spike': errorSpike,
  dependency,
};

type KindName = keyof typeof KINDS;
type Triggers = {
  readonly [Name in KindName]: ReturnType<(typeof KINDS)[Name]['resolve']> & {
    readonly kind: Name;
  };
};
type TriggerOf<Name extends KindName> = { readonly [Each in Name]: Triggers[Each] }[Name];

/**
 * Rollback triggers, decided: fixed limits that a person has set, beside the judge. Each is watched
 * on its own, must hold for its duration, and either turns the release back or warns.
 */
export type Trigger = Triggers[KindName];

/** What the kinds remember between two looks; each has keys of its own. */
export type KindState = Partial<
  Together<ReturnType<(typeof KINDS)[KindName]['evaluate']>['state']>
>;

const ALL = Object.values(KINDS);
export const KIND_KEYS = together(ALL.map(({ keys }) => keys));
/** Exactly one of these is written, and says which kind a trigger is. */
export const CHOICES = [...new Set<string>(ALL.map(({ key }) => key))];

/** The keys of all kinds. */
type WrittenTrigger = WrittenKeys<typeof KIND_KEYS>;

/** What the rest asks of a kind, whichever it is. */
type Known = {
  readonly [Name in KindName]: Omit<
    TriggerKind<WrittenTrigger, Triggers[Name], KindState>,
    'keys' | 'resolve'
  > & { readonly keys: object };
};
const KNOWN: Known = KINDS;

export function kindIn(written: WrittenTrigger): KindName {
  const kinds = Object.values(KNOWN);
  const found = kinds.find(({ key, value }) =>
    value === undefined ? written[key] !== undefined : written[key] === value,
  );
  if (!found) throw new Error(`a trigger has none of the keys ${CHOICES.join(', ')}`);
  return found.kind;
}

export function rulesOf(name: KindName): Pick<Known[KindName], 'keys' | 'common' | 'title'> {
  return KNOWN[name];
}

export function resolveKind(written: WrittenTrigger, terms: TriggerTerms): Trigger {
  return KINDS[kindIn(written)].resolve(written, terms);
}

/** One of each kind, as it is made of nothing: shows which keys of its own a kind keeps in plans. */
export function plainTriggers(): Trigger[] {
  const names = Object.keys(KINDS) as KindName[]; // its own keys
  return names.map((name) => KINDS[name].resolve({}, TERMS));
}

const TERMS: TriggerTerms = {
  origin: 'config',
  severity: 'critical',
  durationMs: 0,
  cooldownMs: 0,
};

export function kindIssues(written: WrittenTrigger, place: TriggerPlace): ConfigIssue[] {
  return KNOWN[kindIn(written)].issues?.(written, place) ?? [];
}

export function evaluateTrigger<Name extends KindName>(
  trigger: TriggerOf<Name>,
  before: KindState,
  facts: Facts,
): Looked<KindState> {
  const name: Name = trigger.kind;
  return KNOWN[name].evaluate(trigger, before, facts);
}

/** What has to be asked for the triggers; what several of them ask under the same name is asked once. */
export function questionsOf(triggers: readonly Trigger[]): Question[] {
  const asked = triggers.flatMap((trigger) => questionsFor(trigger));
  return [...new Map(asked.map((question) => [question.name, question])).values()];
}

function questionsFor<Name extends KindName>(trigger: TriggerOf<Name>): readonly Question[] {
  const name: Name = trigger.kind;
  return KNOWN[name].questions?.(trigger) ?? [];
}

/** What has to be read for a trigger on the pods' pages: a page may name any number of other things. */
export function gaugesFor<Name extends KindName>(trigger: TriggerOf<Name>): readonly string[] {
  const name: Name = trigger.kind;
  return KNOWN[name].gauges?.(trigger) ?? [];
}

export function urlIn<Name extends KindName>(trigger: TriggerOf<Name>) {
  const name: Name = trigger.kind;
  return KNOWN[name].url?.(trigger);
}
