/** What a kind of trigger is: what is written for one, and how it is evaluated. */
import type { ConfigIssue, Suggest } from '../../base/config-issue.ts';
import type { Severity } from '../../base/schema-types.ts';
import type { Question } from '../../metrics/question.ts';
import type { Facts, Finding } from '../facts.ts';
import type { COMMON } from './shared-keys.ts';

/** What is decided for a trigger before its kind is asked. */
export interface TriggerTerms {
  /** What no one can measure is a reason to wait only where somebody asked for it by name. */
  readonly origin: 'config' | 'profile';
  readonly severity: Severity;
  readonly durationMs: number;
  readonly cooldownMs: number;
}

/** What every trigger has, of whichever kind. */
export interface TriggerBase extends TriggerTerms {
  /** The same trigger has the same id in every look, and no other has it: `error_rate gt 10%`. */
  readonly id: string;
  readonly kind: string;
}

/** Where a trigger stands in a config, and what it may be about. */
export interface TriggerPlace {
  readonly path: string;
  /** The names of the config's own metrics. */
  readonly metrics: readonly string[];
  readonly suggest: Suggest;
}

/** What one look at a trigger finds, and what is to be remembered of it until the next. */
export interface Looked<State> {
  readonly state: State;
  readonly found: Finding;
}

/** One file, and one line in registry.ts. */
export interface TriggerKind<Config, Trigger extends TriggerBase, State> {
  readonly kind: Trigger['kind'];
  /** The key that makes a trigger one of this kind: of several such keys exactly one is written. */
  readonly key: keyof Config & string;
  /** The value of that key, where several kinds have it. */
  readonly value?: string;
  /** In a sentence: `has no meaning for a trigger on a metric`. */
  readonly title: string;
  /** Schemas of its keys; one that it shares with another kind is the same constant. */
  readonly keys: { readonly [Key in keyof Config]-?: object };
  /** Which of the keys of every trigger it understands. */
  readonly common: readonly (keyof typeof COMMON)[];
  /** Kept in plans. What it needs and lacks has been found by then. */
  resolve(written: Config, terms: TriggerTerms): Trigger;
  /** `before` is what it remembered of the last look; kept in journals as plain JSON. */
  evaluate(trigger: Trigger, before: State, facts: Facts): Looked<State>;
  /** What is wrong although the schema accepts each of its keys. */
  issues?(written: Config, place: TriggerPlace): ConfigIssue[];
  /** What has to be asked for it, beside what is always measured. */
  questions?(trigger: Trigger): readonly Question[];
  /** What has to be read for it on the pods' pages, beside what is always read. */
  gauges?(trigger: Trigger): readonly string[];
  /** A URL that the config has chosen for it. */
  url?(trigger: Trigger): { readonly title: string; readonly url: string } | undefined;
}
