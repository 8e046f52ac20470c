/** A container's environment and command line, with everything filled in that they refer to. */
import { configMaps, secrets, services } from '../../kubernetes/collection.ts';
import type { Container, EnvVar, Pod } from '../../kubernetes/shapes.ts';
import type { World } from '../../kubernetes/world.ts';
import { downwardValue } from '../downward.ts';
import type { Credentials } from '../volumes/credentials.ts';

/** Something that the environment is made of is not there. */
export class ConfigMissing extends Error {}

type Environment = Map<string, string>;

export interface EnvironmentSources {
  readonly world: World;
  readonly credentials: Credentials | undefined;
  /** With its address, which the environment may ask for. */
  readonly pod: Pod;
}

/** What the API, Services, `envFrom` and `env` say, each overriding the one before. */
export function environmentOf(sources: EnvironmentSources, container: Container): Environment {
  const environment: Environment = new Map(serviceLinks(sources));
  for (const source of container.envFrom ?? []) {
    const { prefix = '', configMapRef, secretRef } = source;
    const data = configMapRef
      ? dataOf(sources, 'configmap', configMapRef)
      : dataOf(sources, 'secret', secretRef ?? {});
    for (const [key, value] of Object.entries(data ?? {})) environment.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(sources, variable, environment);
    if (value !== undefined) environment.set(variable.name, value);
  }
  return environment;
}

function serviceLinks({ world, credentials, pod }: EnvironmentSources): [string, string][] {
  const api: [string, string][] = credentials
    ? [
        ['KUBERNETES_SERVICE_HOST', credentials.server.host],
        ['KUBERNETES_SERVICE_PORT', String(credentials.server.port)],
        ['KUBERNETES_SERVICE_PORT_HTTPS', String(credentials.server.port)],
      ]
    : [];
  if (pod.spec.enableServiceLinks === false) return api;
  const links = services(world)
    .list(pod.metadata.namespace)
    .flatMap(({ metadata, spec }): [string, string][] => {
      const [port] = spec.ports ?? [];
      if (!port || !spec.clusterIP || spec.clusterIP === 'None') return [];
      const name = metadata.name.toUpperCase().replaceAll('-', '_');
      return [
        [`${name}_SERVICE_HOST`, spec.clusterIP],
        [`${name}_SERVICE_PORT`, String(port.port)],
      ];
    });
  return [...links, ...api];
}

function variableValue(
  sources: EnvironmentSources,
  { value, valueFrom }: EnvVar,
  before: Environment,
): string | undefined {
  if (!valueFrom) return expand(value ?? '', before);
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (configMapKeyRef) return keyOf(sources, 'configmap', configMapKeyRef);
  if (secretKeyRef) return keyOf(sources, 'secret', secretKeyRef);
  if (fieldRef) return downwardValue(sources.pod, fieldRef.fieldPath);
  return resourceFieldRef ? resourceValue(sources.pod, resourceFieldRef) : undefined;
}

type Source = 'configmap' | 'secret';
type Reference = { name?: string; optional?: boolean };

/** Undefined where it is missing and may be. */
function dataOf(
  { world, pod }: EnvironmentSources,
  source: Source,
  { name = '', optional }: Reference,
): Record<string, string> | undefined {
  const { namespace } = pod.metadata;
  if (source === 'configmap') {
    const found = configMaps(world).get(namespace, name);
    if (found) return found.data ?? {};
  } else {
    const found = secrets(world).get(namespace, name);
    if (found) return decoded(found.data ?? {});
  }
  if (optional) return undefined;
  throw new ConfigMissing(`${source} "${name}" not found`);
}

function keyOf(
  sources: EnvironmentSources,
  source: Source,
  reference: Reference & { key: string },
): string | undefined {
  const data = dataOf(sources, source, reference);
  const value = data?.[reference.key];
  if (value !== undefined || reference.optional) return value;
  const kind = source === 'configmap' ? 'ConfigMap' : 'Secret';
  const { namespace } = sources.pod.metadata;
  throw new ConfigMissing(
    `couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`,
  );
}

function decoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]),
  );
}

function resourceValue(
  pod: Pod,
  { containerName, resource }: { containerName?: string; resource: string },
): string {
  const [kind = '', name = ''] = resource.split('.');
  const container =
    pod.spec.containers.find((one) => one.name === containerName) ?? pod.spec.containers[0];
  const { limits, requests } = container?.resources ?? {};
  return (kind === 'limits' ? limits : requests)?.[name] ?? '0';
}

/**
 * Replaces `$(NAME)` where there is such a variable; `$$(NAME)` stands for the text `$(NAME)`, and
 * what names no variable stays as it is.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? match),
  );
}
