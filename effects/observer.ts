/** Looks at the cluster for a release: keeps what is in the release's scope and hands out observations. */

import { selectorText } from '../core/kubernetes/labels.ts';
import type {
  Deployment,
  EndpointSlice,
  KubernetesObject,
  Pod,
  Service,
} from '../core/kubernetes/objects.ts';
import type { Target } from '../core/release/action.ts';
import type { ClusterView } from '../core/release/observation.ts';
import type { Plan } from '../core/release/plan.ts';
import { scopeOf } from '../core/release/scope.ts';
import type { Clock } from './clock.ts';
import type { Kube } from './kube/client.ts';
import { type Collection, watchCollection } from './kube/collection.ts';

export interface Observer {
  look(): ClusterView;
  /** Takes in what a write answered, before the watch tells of it. */
  learn(object: KubernetesObject): void;
  /** Takes in that an object was deleted. */
  forget(target: Target): void;
  /** Asks for the object as it is now: a write to it was refused. */
  refresh(target: Target): Promise<void>;
  stop(): void;
}

/** Resolves once everything in the plan's scope has been listed. */
export async function observe(
  kube: Kube,
  clock: Clock,
  plan: Plan,
  changed: () => void,
): Promise<Observer> {
  const { namespace } = plan;
  const scope = scopeOf(plan);
  const byName = async <T extends KubernetesObject>(
    kind: 'apps/v1/Deployment' | 'v1/Service',
    names: readonly (string | undefined)[],
  ): Promise<ReadonlyMap<string, Collection<T>>> => {
    const watched = names
      .filter((name) => name !== undefined)
      .map(async (name) => {
        const query = { kind, namespace, fieldSelector: `metadata.name=${name}` };
        return [name, await watchCollection<T>(kube, clock, query, changed)] as const;
      });
    return new Map(await Promise.all(watched));
  };

  const [pods, slices, services, deployments] = await Promise.all([
    watchCollection<Pod>(
      kube,
      clock,
      { kind: 'v1/Pod', namespace, labelSelector: selectorText(scope.podLabels) },
      changed,
    ),
    watchCollection<EndpointSlice>(
      kube,
      clock,
      {
        kind: 'discovery.k8s.io/v1/EndpointSlice',
        namespace,
        labelSelector: `kubernetes.io/service-name=${scope.service}`,
      },
      changed,
    ),
    byName<Service>('v1/Service', [scope.service, scope.previewService]),
    byName<Deployment>('apps/v1/Deployment', scope.deployments),
  ]);

  const serviceNamed = (name: string): Service | undefined => services.get(name)?.items.get(name);

  const learn = (object: KubernetesObject): void => {
    const { name } = object.metadata;
    if (isDeployment(object)) deployments.get(name)?.learn(object);
    if (isService(object)) services.get(name)?.learn(object);
  };

  const forget = ({ kind, name }: Target): void => {
    const collections = kind === 'Deployment' ? deployments : services;
    collections.get(name)?.forget(name);
  };

  return {
    look: () => ({
      service: serviceNamed(scope.service),
      previewService: scope.previewService ? serviceNamed(scope.previewService) : undefined,
      deployments: new Map([...deployments.values()].flatMap(({ items }) => [...items])),
      pods: [...pods.items.values()],
      slices: [...slices.items.values()],
    }),
    learn,
    forget,
    refresh: async (target) => {
      const object = await kube.get(target);
      if (object) learn(object);
      else forget(target);
    },
    stop: () => {
      for (const collection of [pods, slices, ...services.values(), ...deployments.values()]) {
        collection.stop();
      }
    },
  };
}

function isDeployment(object: KubernetesObject): object is Deployment {
  return object.kind === 'Deployment';
}

function isService(object: KubernetesObject): object is Service {
  return object.kind === 'Service';
}
