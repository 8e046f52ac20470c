/** Looks at the cluster for a release: keeps what is in the release's scope and hands out observations. */

import { instant } from '../../../core/base/vocabulary.ts';
import type { Target } from '../../../core/cluster/action.ts';
import type { ClusterView, Freshness } from '../../../core/cluster/observation.ts';
import { keyOf } from '../../../core/kubernetes/by-name.ts';
import { queryText } from '../../../core/kubernetes/labels.ts';
import type { EndpointSlice, Service } from '../../../core/kubernetes/network-objects.ts';
import type { ClusterEvent, KubernetesObject, Pod } from '../../../core/kubernetes/objects.ts';
import type { Deployment, ReplicaSet } from '../../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { Scope } from '../../../core/plan/plan-maker.ts';
import { scopeOf } from '../../../core/plan/scope.ts';
import type { Clock } from '../../base/clock.ts';
import type { Kube } from '../client.ts';
import { KubeError } from '../refusal.ts';
import { type Query, type ResourceKind, resourceKind } from '../resources.ts';
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
  const watch = <T extends KubernetesObject>(query: Query): Promise<Collection<T>> =>
    watchCollection<T>(kube, clock, query, changed);
  const named = async <T extends KubernetesObject>(
    kind: ResourceKind,
    names: readonly string[],
  ): Promise<Named<T>> => {
    const watched = names.map(async (name) => {
      const fieldSelector = `metadata.name=${name}`;
      return [name, await watch<T>({ kind, namespace, fieldSelector })] as const;
    });
    return new Map(await Promise.all(watched));
  };
  const labelSelector = queryText(scope.podSelector);
  const serviceNames = servicesIn(scope);
  const [pods, replicaSets, slices, events, services, deployments, others] = await Promise.all([
    watch<Pod>({ kind: 'v1/Pod', namespace, labelSelector }),
    // They carry the labels of their pods.
    watch<ReplicaSet>({ kind: 'apps/v1/ReplicaSet', namespace, labelSelector }),
    watch<EndpointSlice>({
      kind: 'discovery.k8s.io/v1/EndpointSlice',
      namespace,
      labelSelector: `kubernetes.io/service-name in (${serviceNames.join(',')})`,
    }),
    watchWarnings(kube, clock, namespace),
    named<Service>('v1/Service', serviceNames),
    named<Deployment>('apps/v1/Deployment', scope.deployments),
    Promise.all(
      scope.others.map(async (target): Promise<Other> => {
        const watched = await named<KubernetesObject>(resourceKind(target), [target.name]);
        const key = keyOf(target.kind, target.name);
        return { ...target, key, collection: watched.get(target.name) };
      }),
    ),
  ]);
  const watched = { pods, replicaSets, slices, events, services, deployments, others };
  return new ScopeObserver(kube, scope, watched);
}

function servicesIn({ service, previewService, furtherServices }: Scope): string[] {
  return [service, ...(previewService ? [previewService] : []), ...furtherServices];
}

type Named<T> = ReadonlyMap<string, Collection<T>>;

/** A router's object, an autoscaler or a StatefulSet. */
interface Other extends Target {
  readonly key: string;
  readonly collection: Collection<KubernetesObject> | undefined;
}

interface Watched {
  readonly pods: Collection<Pod>;
  readonly replicaSets: Collection<ReplicaSet>;
  readonly slices: Collection<EndpointSlice>;
  readonly events: Pick<Collection<ClusterEvent>, 'items' | 'stop'>;
  readonly services: Named<Service>;
  readonly deployments: Named<Deployment>;
  readonly others: readonly Other[];
}

class ScopeObserver implements Observer {
  readonly #kube: Kube;
  readonly #scope: Scope;
  readonly #watched: Watched;

  constructor(kube: Kube, scope: Scope, watched: Watched) {
    this.#kube = kube;
    this.#scope = scope;
    this.#watched = watched;
  }

  look(): ClusterView {
    const { service, previewService, furtherServices } = this.#scope;
    const { pods, replicaSets, deployments, others, events } = this.#watched;
    return {
      service: this.#serviceNamed(service),
      previewService: previewService ? this.#serviceNamed(previewService) : undefined,
      furtherServices: new Map(
        furtherServices.map((name) => [
          name,
          { service: this.#serviceNamed(name), slices: this.#slicesOf(name) },
        ]),
      ),
      deployments: new Map([...deployments.values()].flatMap(({ items }) => [...items])),
      pods: [...pods.items.values()],
      replicaSets: [...replicaSets.items.values()],
      slices: this.#slicesOf(service),
      previewSlices: this.#slicesOf(previewService),
      others: new Map(
        others.flatMap(({ key, name, apiVersion, kind, collection }) => {
          const object = collection?.items.get(name);
          // A watch tells of an object without the type that it was asked for.
          return object ? [[key, { ...object, apiVersion, kind }] as const] : [];
        }),
      ),
      events: [...events.items.values()],
    };
  }

  /** Of the part that was not seen for the longest time; events only explain. */
  sight(): Omit<Freshness, 'contactSince'> {
    const known = this.#parts().map(([part, collection]) => ({ part, ...collection.freshness() }));
    const contactAt = instant(Math.max(...known.map((each) => each.contactAt)));
    const oldest = known.reduce((a, b) => (b.seenAt < a.seenAt ? b : a));
    const { part, seenAt, why } = oldest;
    return { part, seenAt, why, contactAt };
  }

  learn(object: KubernetesObject): void {
    const { name } = object.metadata;
    const { deployments, services } = this.#watched;
    if (isDeployment(object)) deployments.get(name)?.learn(object);
    else if (isService(object)) services.get(name)?.learn(object);
    else this.#otherOf(object.kind, name)?.learn(object);
  }

  forget({ kind, name }: Target): void {
    const { deployments, services } = this.#watched;
    const collections = { Deployment: deployments, Service: services };
    if (kind === 'Deployment' || kind === 'Service') collections[kind].get(name)?.forget(name);
    else this.#otherOf(kind, name)?.forget(name);
  }

  async refresh(target: Target): Promise<void> {
    const object = await this.#kube.get(target);
    if (object) this.learn(object);
    else this.forget(target);
  }

  async relist(): Promise<void> {
    await Promise.all(this.#parts().map(([, collection]) => collection.relist()));
  }

  async relistPods(): Promise<void> {
    const { pods, replicaSets } = this.#watched;
    await Promise.all([pods.relist(), replicaSets.relist()]);
  }

  stop(): void {
    this.#watched.events.stop();
    for (const [, collection] of this.#parts()) collection.stop();
  }

  /** Everything that is watched but events, each with its name for people. */
  #parts(): (readonly [string, Pick<Collection<never>, 'freshness' | 'relist' | 'stop'>])[] {
    const { pods, replicaSets, slices, services, deployments, others } = this.#watched;
    return [
      ['the pods', pods],
      ['the ReplicaSets', replicaSets],
      ['the EndpointSlices', slices],
      ...[...services].map(([name, each]) => [`Service ${name}`, each] as const),
      ...[...deployments].map(([name, each]) => [`Deployment ${name}`, each] as const),
      ...others.flatMap(({ kind, name, collection }) =>
        collection ? [[`${kind} ${name}`, collection] as const] : [],
      ),
    ];
  }

  #serviceNamed(name: string): Service | undefined {
    return this.#watched.services.get(name)?.items.get(name);
  }

  #otherOf(kind: string, name: string): Collection<KubernetesObject> | undefined {
    const key = keyOf(kind, name);
    return this.#watched.others.find((other) => other.key === key)?.collection;
  }

  #slicesOf(name: string | undefined): EndpointSlice[] {
    return [...this.#watched.slices.items.values()].filter(
      ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name,
    );
  }
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
