/** Looks at the cluster for a release: keeps what is in the release's scope and hands out observations. */

import { instant } from '../../../core/base/vocabulary.ts';
import type { Target } from '../../../core/cluster/action.ts';
import type { ClusterView, Freshness } from '../../../core/cluster/observation.ts';
import { keyOf } from '../../../core/kubernetes/by-name.ts';
import { queryText } from '../../../core/kubernetes/labels.ts';
import type {
  ClusterEvent,
  Deployment,
  EndpointSlice,
  KubernetesObject,
  Pod,
  ReplicaSet,
  Service,
} from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { scopeOf } from '../../../core/plan/scope.ts';
import type { Clock } from '../../base/clock.ts';
import { type Kube, KubeError } from '../client.ts';
import { type ResourceKind, resourceKind } from '../resources.ts';
import { type Collection, watchCollection } from './collection.ts';

export interface Observer {
  look(): ClusterView;
  /** How old that is. */
  sight(): Omit<Freshness, 'contactSince'>;
  /** Takes in what a write answered, before the watch tells of it. */
  learn(object: KubernetesObject): void;
  /** Takes in that an object was deleted. */
  forget(target: Target): void;
  /** Asks for the object as it is now: a write to it was refused. */
  refresh(target: Target): Promise<void>;
  /** Asks for everything as it is now, whatever the watches have told. */
  relist(): Promise<void>;
  /** The same of the pods alone, and of whose they are. */
  relistPods(): Promise<void>;
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
  const { furtherServices } = scope;
  const serviceNames = [
    scope.service,
    ...(scope.previewService ? [scope.previewService] : []),
    ...furtherServices,
  ];
  const byName = async <T extends KubernetesObject>(
    kind: ResourceKind,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Collection<T>>> => {
    const watched = names.map(async (name) => {
      const query = { kind, namespace, fieldSelector: `metadata.name=${name}` };
      return [name, await watchCollection<T>(kube, clock, query, changed)] as const;
    });
    return new Map(await Promise.all(watched));
  };

  const labelSelector = queryText(scope.podSelector);
  const [pods, replicaSets, slices, events, services, deployments, others] = await Promise.all([
    watchCollection<Pod>(kube, clock, { kind: 'v1/Pod', namespace, labelSelector }, changed),
    // They carry the labels of their pods.
    watchCollection<ReplicaSet>(
      kube,
      clock,
      { kind: 'apps/v1/ReplicaSet', namespace, labelSelector },
      changed,
    ),
    watchCollection<EndpointSlice>(
      kube,
      clock,
      {
        kind: 'discovery.k8s.io/v1/EndpointSlice',
        namespace,
        labelSelector: `kubernetes.io/service-name in (${serviceNames.join(',')})`,
      },
      changed,
    ),
    watchWarnings(kube, clock, namespace),
    byName<Service>('v1/Service', serviceNames),
    byName<Deployment>('apps/v1/Deployment', scope.deployments),
    Promise.all(
      scope.others.map(async (target) => {
        const watched = await byName<KubernetesObject>(resourceKind(target), [target.name]);
        return {
          key: keyOf(target.kind, target.name),
          ...target,
          collection: watched.get(target.name),
        };
      }),
    ),
  ]);

  const serviceNamed = (name: string): Service | undefined => services.get(name)?.items.get(name);

  const otherOf = (key: string) => others.find((other) => other.key === key)?.collection;

  const learn = (object: KubernetesObject): void => {
    const { name } = object.metadata;
    if (isDeployment(object)) deployments.get(name)?.learn(object);
    else if (isService(object)) services.get(name)?.learn(object);
    else otherOf(keyOf(object.kind, name))?.learn(object);
  };

  const forget = ({ kind, name }: Target): void => {
    const collections = { Deployment: deployments, Service: services };
    if (kind === 'Deployment' || kind === 'Service') collections[kind].get(name)?.forget(name);
    else otherOf(keyOf(kind, name))?.forget(name);
  };

  const named = () => [
    ['the pods', pods] as const,
    ['the ReplicaSets', replicaSets] as const,
    ['the EndpointSlices', slices] as const,
    ...[...services].map(([name, collection]) => [`Service ${name}`, collection] as const),
    ...[...deployments].map(([name, collection]) => [`Deployment ${name}`, collection] as const),
  ];

  const collections = () => [
    ...named().map(([, collection]) => collection),
    ...others.flatMap(({ collection }) => collection ?? []),
  ];

  const slicesOf = (name: string | undefined): EndpointSlice[] =>
    [...slices.items.values()].filter(
      ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name,
    );

  /** Of the part that was not seen for the longest time; events only explain. */
  const sight = (): Omit<Freshness, 'contactSince'> => {
    const parts = [
      ...named(),
      ...others.map(({ kind, name, collection }) => [`${kind} ${name}`, collection] as const),
    ];
    const known = parts.flatMap(([part, collection]) =>
      collection ? [{ part, ...collection.freshness() }] : [],
    );
    const contactAt = instant(Math.max(...known.map((each) => each.contactAt)));
    const oldest = known.reduce((a, b) => (b.seenAt < a.seenAt ? b : a));
    const { part, seenAt, why } = oldest;
    return { part, seenAt, why, contactAt };
  };

  return {
    look: () => ({
      service: serviceNamed(scope.service),
      previewService: scope.previewService ? serviceNamed(scope.previewService) : undefined,
      furtherServices: new Map(
        furtherServices.map((name) => [
          name,
          { service: serviceNamed(name), slices: slicesOf(name) },
        ]),
      ),
      deployments: new Map([...deployments.values()].flatMap(({ items }) => [...items])),
      pods: [...pods.items.values()],
      replicaSets: [...replicaSets.items.values()],
      slices: slicesOf(scope.service),
      previewSlices: slicesOf(scope.previewService),
      others: new Map(
        others.flatMap(({ key, name, apiVersion, kind, collection }) => {
          const object = collection?.items.get(name);
          // A watch tells of an object without the type that it was asked for.
          return object ? [[key, { ...object, apiVersion, kind }] as const] : [];
        }),
      ),
      events: [...events.items.values()],
    }),
    sight,
    learn,
    forget,
    refresh: async (target) => {
      const object = await kube.get(target);
      if (object) learn(object);
      else forget(target);
    },
    relist: async () => {
      await Promise.all(collections().map((collection) => collection.relist()));
    },
    relistPods: async () => {
      await Promise.all([pods.relist(), replicaSets.relist()]);
    },
    stop: () => {
      for (const collection of [events, ...collections()]) collection.stop();
    },
  };
}

/** What the cluster warns of. It only explains: a release goes on where it may not be read. */
async function watchWarnings(
  kube: Kube,
  clock: Clock,
  namespace: string,
): Promise<Pick<Collection<ClusterEvent>, 'items' | 'stop'>> {
  const query = { kind: 'v1/Event', namespace, fieldSelector: 'type=Warning' } as const;
  try {
    return await watchCollection<ClusterEvent>(kube, clock, query, () => undefined);
  } catch (thrown) {
    if (thrown instanceof KubeError && thrown.status === 403) {
      return { items: new Map(), stop: () => undefined };
    }
    throw thrown;
  }
}

function isDeployment(object: KubernetesObject): object is Deployment {
  return object.kind === 'Deployment';
}

function isService(object: KubernetesObject): object is Service {
  return object.kind === 'Service';
}
