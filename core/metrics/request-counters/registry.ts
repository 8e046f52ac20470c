/** Everybody who may count requests, by the name under `analysis.traffic.provider`. */

import type { WrittenKeys } from '../../base/from-schema.ts';
import { together } from '../../base/schema-parts.ts';
import { type Connections, connectionOf } from '../providers/registry.ts';
import type { Question } from '../question.ts';
import type { OwnPaths, RequestCounter } from './counter.ts';
import { podsCounter } from './pods.ts';
import { prometheusCounter } from './prometheus.ts';

const COUNTERS = {
  pods: podsCounter,
  prometheus: prometheusCounter,
};

type CounterName = keyof typeof COUNTERS;
type Sources = {
  readonly [Name in CounterName]: ReturnType<(typeof COUNTERS)[Name]['resolve']> & {
    readonly provider: Name;
  };
};

/** Who counts, decided; kept in plans. */
export type TrafficSource = Sources[CounterName];

const ALL = Object.values(COUNTERS);
export const COUNTER_NAMES = ALL.map(({ name }) => name);
export const COUNTER_KEYS = together(ALL.map(({ keys }) => keys));

interface Rules {
  readonly keys: object;
  readonly connection: string | undefined;
  readonly isOnPages: boolean;
}
const RULES: Readonly<Record<CounterName, Rules>> = COUNTERS;

export function counterRules(name: CounterName): Rules {
  return RULES[name];
}

export function isCountedOnPages({ provider }: TrafficSource): boolean {
  return RULES[provider].isOnPages;
}

/** The names of those who understand a key: it has no meaning for the others. */
export function countersWith(key: string): readonly string[] {
  return COUNTER_NAMES.filter((name) => Object.hasOwn(RULES[name].keys, key));
}

export function resolveCounter(
  name: CounterName,
  keys: WrittenKeys<typeof COUNTER_KEYS>,
): TrafficSource {
  return COUNTERS[name].resolve(keys);
}

type Askers = {
  readonly [Name in CounterName]: Pick<RequestCounter<object, Sources[Name]>, 'question'>;
};
const ASKERS: Askers = COUNTERS;

type SourceOf<Name extends CounterName> = { readonly [Each in Name]: Sources[Each] }[Name];

/** Undefined where the requests are counted on the pods' own pages. */
export function trafficQuestion<Name extends CounterName>(
  source: SourceOf<Name>,
  connections: Connections,
  paths: OwnPaths,
): Question | undefined {
  const name: Name = source.provider;
  const connection = connectionOf(RULES[name].connection, connections);
  return ASKERS[name].question(source, connection, paths);
}
