/** Every metric provider by its name. A source carries its provider's name, and so finds its way here. */

import type { WrittenKeys } from '../../base/from-schema.ts';
import { together } from '../../base/schema-parts.ts';
import type { Connection } from '../access.ts';
import { httpJson } from './http-json.ts';
import { pods } from './pods.ts';
import { prometheus } from './prometheus.ts';
import type { Language, Measuring, MetricProvider } from './provider.ts';

const PROVIDERS = {
  pods,
  prometheus,
  'http-json': httpJson,
};

type ProviderName = keyof typeof PROVIDERS;
type Sources = {
  readonly [Name in ProviderName]: ReturnType<(typeof PROVIDERS)[Name]['resolve']> & {
    readonly provider: Name;
  };
};

/** Where a metric comes from, decided; kept in plans. */
export type MetricSource = Sources[ProviderName];

const ALL = Object.values(PROVIDERS);
export const PROVIDER_NAMES = ALL.map(({ name }) => name);
/** The keys of a metric that one of the providers understands. */
export const PROVIDER_KEYS = together(ALL.map(({ keys }) => keys));
/** The keys of `analysis.providers`. */
export const CONNECTIONS = together(ALL.map(({ connections }) => connections));

/** By the name of a provider whose metrics all ask one address. */
export type Connections = {
  readonly [Name in keyof typeof CONNECTIONS]?: Connection | undefined;
};

/** What a config is checked by, whichever provider it names. */
interface Rules {
  readonly keys: object;
  readonly needs: readonly string[];
  readonly languages: Readonly<Record<string, Language>>;
  readonly connections: object;
}
const RULES: Readonly<Record<ProviderName, Rules>> = PROVIDERS;

export function rulesOf(name: ProviderName): Rules {
  return RULES[name];
}

/** Keys that are foreign to the provider have been told by then. */
export function resolveSource(
  name: ProviderName,
  keys: WrittenKeys<typeof PROVIDER_KEYS>,
): MetricSource {
  return PROVIDERS[name].resolve(keys);
}

/** What is connected, by the name of its provider; of all that stands beside it. */
export function connectionsOf(connections: Connections): [name: string, Connection][] {
  const all: Readonly<Record<string, Connection | undefined>> = connections;
  return Object.keys(CONNECTIONS).flatMap((name) => {
    const connection = all[name];
    return connection ? [[name, connection]] : [];
  });
}

export function connectionOf(
  name: string | undefined,
  connections: Connections,
): Connection | undefined {
  return connectionsOf(connections).find(([of]) => of === name)?.[1];
}

type Measurers = {
  readonly [Name in ProviderName]: Pick<MetricProvider<object, Sources[Name]>, 'measuring'>;
};
const MEASURERS: Measurers = PROVIDERS;

/** The sources of these providers; of one it is the provider's own. */
type SourceOf<Name extends ProviderName> = { readonly [Each in Name]: Sources[Each] }[Name];

export function measuringOf<Name extends ProviderName>(
  source: SourceOf<Name>,
  connections: Connections = {},
): Measuring {
  const name: Name = source.provider;
  const connection = connectionOf(name, connections);
  return MEASURERS[name].measuring(source, connection);
}
