/**
 * A cluster small enough to read: it does what actions say, a little later makes pods ready, and
 * hands out observations. It answers as a cluster would (a stale write is refused), so that a
 * strategy is tested by what comes of it and not by which calls it makes.
 */

import { sameJson } from '../../../core/base/json.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Action, PatchOperation } from '../../../core/cluster/action.ts';
import type { Observation, Reading, Report } from '../../../core/cluster/observation.ts';
import { selects } from '../../../core/kubernetes/labels.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject, Pod } from '../../../core/kubernetes/objects.ts';
import type { Deployment, ReplicaSet } from '../../../core/kubernetes/workload-objects.ts';
import { APP, ownedBy, pod, replicaSet, slice } from './objects.ts';
import { routedShares } from './toy-mesh.ts';

const START_MS = Date.UTC(2026, 0, 1);

export interface ToyPod {
  readonly pod: Pod;
  readonly owner: string;
  readonly readyAtMs: number;
  requests: number;
  errors: number;
}

export interface Behaviour {
  /** How long a pod takes to become ready; Infinity for never. */
  readyAfterMs?: (image: string) => number;
  /** A waiting reason of every pod of an image, such as CrashLoopBackOff. */
  stuck?: (image: string) => string | undefined;
  /** The share of requests that an image answers with an error. */
  errorRate?: (image: string) => number;
  /** Requests a second that go through the Service. */
  load?: number;
  smokeFailures?: readonly string[];
  /** What the drain probe loses. */
  probeFailures?: readonly string[];
  metrics?: 'told' | 'silent';
  /** Clients that keep their connections never leave the pods that they began with. */
  clients?: 'fresh' | 'kept-alive';
}

export interface ToyCluster {
  readonly deployments: Map<string, Deployment>;
  readonly services: Map<string, Service>;
  /** By kind and name: a router's objects, autoscalers. */
  readonly others: Map<string, KubernetesObject>;
  /** The share of requests that went nowhere, since the beginning; 0 is what a release is for. */
  lost(): number;
  nowMs(): number;
  advance(byMs: number): void;
  /** Does what an action says; `stale` where it was decided on an older object. */
  act(action: Action): 'done' | 'stale';
  observe(asked: readonly string[]): Observation;
  /** All that a release may have changed, without versions and times. */
  snapshot(): unknown;
}

export function toyCluster(
  deployments: readonly Deployment[],
  service: Service,
  behaviour: Behaviour = {},
  others: readonly KubernetesObject[] = [],
): ToyCluster {
  let now = START_MS;
  let revision = 100;
  let born = 0;
  const byName = new Map(deployments.map((each) => [each.metadata.name, each]));
  const services = new Map(
    [service, ...others.filter(isService)].map((each) => [each.metadata.name, each]),
  );
  const called = new Set<string>();
  const reported = new Set<string>();
  let pods: ToyPod[] = [];
  const replicaSets = new Map<string, ReplicaSet>();
  let lost = 0;
  const byKind = new Map(others.map((each) => [`${each.kind}/${each.metadata.name}`, each]));

  const imageOf = (each: Deployment): string => each.spec.template.spec.containers[0]?.image ?? '';

  /** One step of every controller: pods follow their Deployment's template and count. */
  const reconcile = (settled = 0): void => {
    for (const [name, each] of byName) {
      if (each.spec.paused) continue;
      const image = imageOf(each);
      const hash = `${name}-${image.split(':').at(-1)}`;
      const labels = { ...each.spec.template.metadata?.labels, 'pod-template-hash': hash };
      const revision = replicaSet(each, hash);
      if (!replicaSets.has(revision.metadata.name)) {
        replicaSets.set(revision.metadata.name, revision);
      }
      const own = pods.filter(({ owner }) => owner === name);
      const current = own.filter((toy) => toy.pod.spec.containers[0]?.image === image);
      const wanted = each.spec.replicas ?? 1;
      for (let missing = wanted - current.length; missing > 0; missing -= 1) {
        born += 1;
        const after = behaviour.readyAfterMs?.(image) ?? 1_000;
        pods.push({
          pod: ownedBy(pod(`${name}-${born}`, labels, image, 'starting'), revision),
          owner: name,
          readyAtMs: settled || now + after,
          requests: 0,
          errors: 0,
        });
      }
      const ready = current.filter(isReady).length;
      const old = own.filter((toy) => !current.includes(toy));
      const surplus = [
        ...old.slice(0, Math.max(0, ready + old.length - wanted)),
        ...current.slice(wanted),
      ];
      pods = pods.filter((toy) => !surplus.includes(toy));
    }
    pods = pods.filter(({ owner }) => byName.has(owner));
  };

  const isReady = (toy: ToyPod): boolean => toy.readyAtMs <= now;

  const seenPod = (toy: ToyPod): Pod => {
    const image = toy.pod.spec.containers[0]?.image ?? '';
    const reason = behaviour.stuck?.(image);
    const labels = toy.pod.metadata.labels ?? {};
    const state = isReady(toy) ? 'ready' : 'starting';
    const shown = {
      ...pod(toy.pod.metadata.name, labels, image, state),
      metadata: toy.pod.metadata,
    };
    if (!reason || !shown.status?.containerStatuses) return shown;
    return {
      ...shown,
      status: {
        ...shown.status,
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: shown.status.containerStatuses.map((status) => ({
          ...status,
          ready: false,
          state: { waiting: { reason, message: 'it will not work' } },
        })),
      },
    };
  };

  const reached = (name = APP): ToyPod[] =>
    pods.filter(
      (toy) => isReady(toy) && selects(services.get(name)?.spec.selector, toy.pod.metadata.labels),
    );

  const withStatus = (each: Deployment): Deployment => {
    const own = pods.filter(({ owner }) => owner === each.metadata.name);
    const updated = own.filter((toy) => toy.pod.spec.containers[0]?.image === imageOf(each));
    const ready = own.filter(isReady).length;
    return {
      ...each,
      status: {
        observedGeneration: each.metadata.generation ?? 1,
        replicas: own.length,
        updatedReplicas: updated.length,
        readyReplicas: ready,
        availableReplicas: ready,
      },
    };
  };

  const patch = <T extends KubernetesObject>(
    object: T | undefined,
    operations: readonly PatchOperation[],
  ): T | 'stale' => {
    if (!object) return 'stale';
    const copy = structuredClone(object);
    for (const operation of operations) {
      const path = operation.path
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/'));
      if (operation.op !== 'remove' && operation.path === '/metadata/resourceVersion') {
        if (operation.value !== object.metadata.resourceVersion) return 'stale';
        continue;
      }
      change(copy, path, operation);
    }
    return numbered(copy);
  };

  const numbered = <T extends KubernetesObject>(object: T): T => {
    revision += 1;
    const generation = (object.metadata.generation ?? 0) + 1;
    return {
      ...object,
      metadata: { ...object.metadata, resourceVersion: `${revision}`, generation },
    };
  };

  const collections = { Deployment: byName, Service: services };

  const find = ({ kind, name }: { kind: string; name: string }): KubernetesObject | undefined =>
    kind === 'Deployment'
      ? byName.get(name)
      : kind === 'Service'
        ? services.get(name)
        : byKind.get(`${kind}/${name}`);

  const store = (object: KubernetesObject): void => {
    const { kind, metadata } = object;
    if (kind === 'Deployment') byName.set(metadata.name, object as Deployment);
    else if (kind === 'Service') services.set(metadata.name, object as Service);
    else byKind.set(`${kind}/${metadata.name}`, object);
  };

  const act = ({ id, effect }: Action): 'done' | 'stale' => {
    switch (effect.kind) {
      case 'create': {
        const { object } = effect;
        const uid = `uid-${object.metadata.name}`;
        store(numbered({ ...object, metadata: { ...object.metadata, uid } }));
        break;
      }
      case 'patch': {
        const patched = patch(find(effect.target), effect.operations);
        if (patched === 'stale') return 'stale';
        store(patched);
        break;
      }
      case 'apply': {
        const { metadata, ...fields } = effect.object;
        const there = find({ kind: effect.object.kind, name: metadata.name });
        if (!there || there.metadata.resourceVersion !== metadata.resourceVersion) return 'stale';
        const { spec } = fields as { spec?: object }; // what a release applies has a spec
        const merged = { ...there, spec: { ...(there as { spec?: object }).spec, ...spec } };
        if (!sameJson(merged, there)) store(numbered(merged));
        break;
      }
      case 'delete':
        collections[effect.target.kind as 'Deployment']?.delete(effect.target.name);
        byKind.delete(`${effect.target.kind}/${effect.target.name}`);
        break;
      case 'call':
        called.add(id);
        break;
      case 'show-log':
        break;
    }
    reconcile();
    return 'done';
  };

  reconcile(START_MS);
  return {
    deployments: byName,
    services,
    others: byKind,
    lost: () => lost,
    nowMs: () => now,
    advance: (byMs) => {
      now += byMs;
      reconcile();
      const candidates = pods.filter(isReady).map(({ pod: each }) => each.metadata);
      const { shares, nowhere } = routedShares(byKind, services, candidates);
      if (byMs > 0) lost += nowhere;
      const first = pods.filter(({ owner }) => owner === pods[0]?.owner).length;
      for (const toy of pods) {
        const share =
          behaviour.clients === 'kept-alive'
            ? Number(toy.owner === pods[0]?.owner) / first
            : (shares.get(toy.pod.metadata.name) ?? 0);
        const requests = (share * (behaviour.load ?? 30) * byMs) / 1000;
        toy.requests += requests;
        toy.errors +=
          requests * (behaviour.errorRate?.(toy.pod.spec.containers[0]?.image ?? '') ?? 0);
      }
    },
    act,
    observe: (asked) => {
      const at = instant(now);
      for (const key of asked) reported.add(key);
      const reading = ({ requests, errors }: ToyPod): Reading =>
        behaviour.metrics === 'silent'
          ? { kind: 'failed', at, why: 'connection refused' }
          : {
              kind: 'counted',
              at,
              counters: { requests: Math.round(requests), errors: Math.round(errors) },
            };
      const failuresOf = (key: string): readonly string[] => {
        if (key.includes('/smoke/')) return behaviour.smokeFailures ?? [];
        return key.endsWith('/drain-probe') ? (behaviour.probeFailures ?? []) : [];
      };
      const report = (key: string): Report => ({
        key,
        at,
        checked: 'everything',
        failures: failuresOf(key),
      });
      return {
        at,
        service: services.get(APP),
        previewService: services.get(`${APP}-preview`),
        furtherServices: new Map(
          [...services].map(([name, each]) => [
            name,
            { service: each, slices: [slice(reached(name).map((toy) => toy.pod.metadata.name))] },
          ]),
        ),
        deployments: new Map([...byName].map(([name, each]) => [name, withStatus(each)])),
        pods: pods.map(seenPod),
        replicaSets: [...replicaSets.values()],
        slices: [slice(reached().map((toy) => toy.pod.metadata.name))],
        previewSlices: [slice(reached(`${APP}-preview`).map((toy) => toy.pod.metadata.name))],
        others: byKind,
        events: [],
        readings: new Map(pods.filter(isReady).map((toy) => [toy.pod.metadata.name, reading(toy)])),
        measured: new Map(),
        reports: new Map([...reported].map((key) => [key, report(key)])),
        called,
      };
    },
    snapshot: () => ({
      deployments: [...byName.values()].map(({ metadata, spec }) => ({
        name: metadata.name,
        annotations: metadata.annotations,
        spec,
      })),
      services: [...services.values()].map(({ metadata, spec }) => ({ name: metadata.name, spec })),
      others: [...byKind.values()].map((each) => ({ ...each, metadata: each.metadata.name })),
    }),
  };
}

function isService(object: KubernetesObject): object is Service {
  return object.kind === 'Service';
}

function change(object: object, path: readonly string[], operation: PatchOperation): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => at(node, key), object);
  const key = path.at(-1) ?? '';
  const record = parent as Record<string, unknown>; // a path of ours leads into an object or a list
  if (operation.op === 'remove') delete record[key];
  else record[key] = operation.value;
}

function at(node: unknown, key: string): unknown {
  return (node as Record<string, unknown>)[key]; // as above
}
