/**
 * A cluster small enough to read: it does what actions say, a little later makes pods ready, and
 * hands out observations. It answers as a cluster would (a stale write is refused), so that a
 * strategy is tested by what comes of it and not by which calls it makes.
 */
import { selects } from '../../../core/kubernetes/labels.ts';
import type { Deployment, Pod, Service } from '../../../core/kubernetes/objects.ts';
import type { Action, PatchOperation } from '../../../core/release/action.ts';
import type { Observation, Reading, Report } from '../../../core/release/observation.ts';
import { instant } from '../../../core/vocabulary.ts';
import { APP, pod, slice } from './objects.ts';

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
  metrics?: 'told' | 'silent';
}

export interface ToyCluster {
  readonly deployments: Map<string, Deployment>;
  readonly services: Map<string, Service>;
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
): ToyCluster {
  let now = START_MS;
  let revision = 100;
  let born = 0;
  const byName = new Map(deployments.map((each) => [each.metadata.name, each]));
  const services = new Map([[service.metadata.name, service]]);
  const called = new Set<string>();
  let pods: ToyPod[] = [];

  const imageOf = (each: Deployment): string => each.spec.template.spec.containers[0]?.image ?? '';

  /** One step of every controller: pods follow their Deployment's template and count. */
  const reconcile = (settled = 0): void => {
    for (const [name, each] of byName) {
      const image = imageOf(each);
      const labels = each.spec.template.metadata?.labels ?? {};
      const own = pods.filter(({ owner }) => owner === name);
      const current = own.filter((toy) => toy.pod.spec.containers[0]?.image === image);
      const wanted = each.spec.replicas ?? 1;
      for (let missing = wanted - current.length; missing > 0; missing -= 1) {
        born += 1;
        const after = behaviour.readyAfterMs?.(image) ?? 1_000;
        pods.push({
          pod: pod(`${name}-${born}`, labels, image, 'starting'),
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
    const shown = pod(toy.pod.metadata.name, labels, image, isReady(toy) ? 'ready' : 'starting');
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

  const reached = (): ToyPod[] =>
    pods.filter(
      (toy) => isReady(toy) && selects(services.get(APP)?.spec.selector, toy.pod.metadata.labels),
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

  const patch = <T extends Deployment | Service>(
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

  const numbered = <T extends Deployment | Service>(object: T): T => {
    revision += 1;
    const generation = (object.metadata.generation ?? 0) + 1;
    return {
      ...object,
      metadata: { ...object.metadata, resourceVersion: `${revision}`, generation },
    };
  };

  const act = ({ id, effect }: Action): 'done' | 'stale' => {
    switch (effect.kind) {
      case 'create': {
        const { object } = effect;
        const uid = `uid-${object.metadata.name}`;
        const stored = numbered({ ...object, metadata: { ...object.metadata, uid } } as Deployment);
        if (object.kind === 'Deployment') byName.set(object.metadata.name, stored);
        else services.set(object.metadata.name, stored as unknown as Service);
        break;
      }
      case 'patch': {
        const { kind, name } = effect.target;
        const patched =
          kind === 'Deployment'
            ? patch(byName.get(name), effect.operations)
            : patch(services.get(name), effect.operations);
        if (patched === 'stale') return 'stale';
        if (patched.kind === 'Deployment') byName.set(name, patched as Deployment);
        else services.set(name, patched as Service);
        break;
      }
      case 'delete':
        if (effect.target.kind === 'Deployment') byName.delete(effect.target.name);
        else services.delete(effect.target.name);
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
    nowMs: () => now,
    advance: (byMs) => {
      now += byMs;
      reconcile();
      const targets = reached();
      for (const toy of targets) {
        const requests = ((behaviour.load ?? 30) * byMs) / 1000 / targets.length;
        toy.requests += requests;
        toy.errors +=
          requests * (behaviour.errorRate?.(toy.pod.spec.containers[0]?.image ?? '') ?? 0);
      }
    },
    act,
    observe: (asked) => {
      const at = instant(now);
      const reading = ({ requests, errors }: ToyPod): Reading =>
        behaviour.metrics === 'silent'
          ? { kind: 'failed', at, why: 'connection refused' }
          : {
              kind: 'counted',
              at,
              counters: { requests: Math.round(requests), errors: Math.round(errors) },
            };
      const report = (key: string): Report => ({
        key,
        at,
        checked: 'everything',
        failures: key.includes('/smoke/') ? (behaviour.smokeFailures ?? []) : [],
      });
      return {
        at,
        service: services.get(APP),
        previewService: services.get(`${APP}-preview`),
        deployments: new Map([...byName].map(([name, each]) => [name, withStatus(each)])),
        pods: pods.map(seenPod),
        slices: [slice(reached().map((toy) => toy.pod.metadata.name))],
        readings: new Map(pods.filter(isReady).map((toy) => [toy.pod.metadata.name, reading(toy)])),
        reports: new Map(asked.map((key) => [key, report(key)])),
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
    }),
  };
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
