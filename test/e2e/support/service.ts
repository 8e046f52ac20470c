/** A service under release, as its clients and its operators see it. */
import { type Load, startLoad } from '../../../demo/load.ts';
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { SERVICES } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import {
  DEPLOYMENTS,
  STATEFUL_SETS,
} from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { DraftObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { until } from './until.ts';
import { type E2eWorld, exampleService, ROOT, type ServiceOptions } from './world.ts';

const PORT = 8080;
const LOAD_SECONDS = 90;

/** Short windows, the drain hook, and a header that tells versions apart. */
export const QUICK = `
strategy: {blueGreen: {monitoring: 3s}, rolling: {monitoring: 3s}}
drain: {hook: {path: /admin/drain}, confirm: {header: x-app-version}, minDuration: 1s, maxDuration: 8s}
limits: {readyTimeout: 15s}
preflight: {drainProbe: off}
`;

/** Watches so long that no test waits for it. */
export const SLOW = QUICK.replaceAll('monitoring: 3s', 'monitoring: 10m');

/**
 * Brings a service into being and waits until it answers, and until all its pods are ready: a release
 * of a service whose pods are still starting is refused.
 */
export async function startService(world: E2eWorld, options: ServiceOptions): Promise<void> {
  const { name, replicas = 2 } = options;
  world.apply(...exampleService(world, { config: QUICK, ...options }));
  await until(`all pods of ${name} are ready`, () => {
    const status = world.get(DEPLOYMENTS, `${name}-blue`)?.status;
    return (status as { readyReplicas?: number } | undefined)?.readyReplicas === replicas;
  });
  const url = urlOf(world, name);
  let answers = 0;
  let asking = false;
  await until(`${name} answers`, () => {
    if (!asking) {
      asking = true;
      void fetch(`${url()}/health/ready`)
        .then(({ ok }) => {
          answers = ok ? answers + 1 : 0;
        })
        .catch(() => undefined)
        .finally(() => {
          asking = false;
        });
    }
    return answers >= 3;
  });
}

/** The same service with a StatefulSet of its name behind it, in which each pod waits for the one before. */
export async function startStatefulSet(world: E2eWorld, options: ServiceOptions): Promise<void> {
  const { name, replicas = 2 } = options;
  const objects = exampleService(world, { config: QUICK, ...options });
  world.apply(...objects.map((object) => asStatefulSet(object, name)));
  await until(`${name} is ready`, () => {
    const status = world.get(STATEFUL_SETS, name)?.status as { readyReplicas?: number } | undefined;
    return status?.readyReplicas === replicas;
  });
}

function asStatefulSet(object: DraftObject, name: string): DraftObject {
  if (object.kind !== 'Deployment') return object;
  const spec = { ...(object.spec as object), serviceName: name };
  return { ...object, kind: 'StatefulSet', metadata: { ...object.metadata, name }, spec };
}

const loads: Load[] = [];

export function putLoadOn(world: E2eWorld, service: string): Load {
  const load = startLoad(ROOT, `${urlOf(world, service)()}/payments`, LOAD_SECONDS);
  loads.push(load);
  return load;
}

/** Also those of tests that failed before they could. */
export async function stopAllLoads(): Promise<void> {
  await Promise.all(loads.map((load) => load.stop()));
}

/** How a service of two pods stands after a blue-green release to green, and after one that came back. */
export const PROMOTED = { serves: 'green', blue: 0, green: 2, leases: 0, preview: false };
export const AS_BEFORE = {
  serves: 'blue',
  blue: 2,
  green: undefined,
  leases: 0,
  preview: false,
};

/** Which colour the service selects, how large each is, and what is left of releases. */
export function standing({ get, list }: E2eWorld, service: string) {
  const spec = get(SERVICES, service)?.spec as { selector?: Record<string, string> } | undefined;
  const replicas = (colour: string): number | undefined => {
    const deployment = get(DEPLOYMENTS, `${service}-${colour}`);
    return (deployment?.spec as { replicas?: number } | undefined)?.replicas;
  };
  return {
    serves: spec?.selector?.version,
    blue: replicas('blue'),
    green: replicas('green'),
    leases: list(LEASES).filter(({ metadata }) => metadata.name.startsWith(`${service}-release`))
      .length,
    preview: get(SERVICES, `${service}-preview`) !== undefined,
  };
}

function urlOf({ cluster }: E2eWorld, service: string): () => string {
  return () => {
    const address = cluster.serviceAddress('default', service, PORT);
    return `http://${address?.host}:${address?.port}`;
  };
}
