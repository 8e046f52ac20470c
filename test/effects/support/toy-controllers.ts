/** The controllers of the API in memory: pods follow their Deployment, endpoints the Service's selector. */
import { sameJson } from '../../../core/base/json.ts';
import { selects } from '../../../core/kubernetes/labels.ts';
import type { EndpointSlice, Service } from '../../../core/kubernetes/network-objects.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { controllerOf } from '../../../core/kubernetes/owners.ts';
import { isServing } from '../../../core/kubernetes/pods/pods.ts';
import type { Deployment, ReplicaSet } from '../../../core/kubernetes/workload-objects.ts';
import { ownedBy, pod, replicaSet, slice } from '../../core/support/objects.ts';
import type { FakeApi } from './fake-api.ts';
import type { FakeWorld } from './world.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet' } as const;
const POD = { apiVersion: 'v1', kind: 'Pod' } as const;
const SERVICE = { apiVersion: 'v1', kind: 'Service' } as const;
const REACTS_MS = 20;

/** How long the pods of a version take to become ready; Infinity: for ever. */
export type StartsIn = (tag: string) => number;

/** Runs from now on, a moment after every change. */
export function startControllers({ api, virtual }: FakeWorld, startsInMs: StartsIn): void {
  let isDue = false;
  let born = 0;

  const birth = (deployment: Deployment, set: ReplicaSet): void => {
    born += 1;
    const [container] = deployment.spec.template.spec.containers;
    const image = container?.image ?? '';
    const name = `${set.metadata.name}-${born}`;
    const made = ownedBy(
      pod(name, set.spec.template.metadata?.labels ?? {}, image, 'starting'),
      set,
    );
    const podIP = `127.10.0.${born}`;
    api.put({ ...made, status: { ...made.status, podIP } });
    const startMs = startsInMs(tagIn(image));
    if (!Number.isFinite(startMs)) return;
    virtual.after(startMs, () => {
      const found = api.found<Pod>(POD, name);
      if (found) api.put({ ...found, status: { ...pod(name, {}, image).status, podIP } });
    });
  };

  const follow = (deployment: Deployment): void => {
    const { metadata, spec } = deployment;
    if (spec.paused) return;
    // As the toy cluster of the core names it: what is planned there is carried out here.
    const hash = `${metadata.name}-${tagIn(spec.template.spec.containers[0]?.image)}`;
    const made = replicaSet(deployment, hash);
    const set = api.found<ReplicaSet>(REPLICA_SET, made.metadata.name) ?? api.put(made);
    const wanted = spec.replicas ?? 1;
    const own = podsOf(api, metadata.name);
    const isCurrent = (each: Pod): boolean => controllerOf(each)?.name === set.metadata.name;
    const current = own.filter(isCurrent);
    for (let missing = wanted - current.length; missing > 0; missing -= 1) birth(deployment, set);
    const old = own.filter((each) => !isCurrent(each));
    const ready = current.filter(isServing).length;
    const surplus = [
      ...old.slice(0, Math.max(0, ready + old.length - wanted)),
      ...current.slice(wanted),
    ];
    for (const each of surplus) api.drop(POD, each.metadata.name);
    tellStatus(api, deployment, isCurrent);
  };

  const run = (): void => {
    isDue = false;
    for (const each of api.all<Deployment>(DEPLOYMENT)) follow(each);
    for (const each of api.all<Pod>(POD)) {
      const owner = controllerOf(each)?.name ?? '';
      const set = api.found<ReplicaSet>(REPLICA_SET, owner);
      const above = set && controllerOf(set)?.name;
      if (above && !api.found(DEPLOYMENT, above)) api.drop(POD, each.metadata.name);
    }
    for (const each of api.all<Service>(SERVICE)) tellEndpoints(api, each);
  };

  const trigger = (): void => {
    if (isDue) return;
    isDue = true;
    virtual.after(REACTS_MS, run);
  };
  api.onChange(trigger);
  trigger();
}

export function tagIn(image = ''): string {
  return image.split('@')[0]?.split(':').at(-1) ?? '';
}

export function podsOf(api: FakeApi, deployment: string): Pod[] {
  return api.all<Pod>(POD).filter((each) => {
    const set = api.found<ReplicaSet>(REPLICA_SET, controllerOf(each)?.name ?? '');
    return set && controllerOf(set)?.name === deployment;
  });
}

function tellStatus(api: FakeApi, known: Deployment, isCurrent: (pod: Pod) => boolean): void {
  const own = podsOf(api, known.metadata.name);
  const ready = own.filter(isServing).length;
  const status = {
    observedGeneration: known.metadata.generation ?? 1,
    replicas: own.length,
    updatedReplicas: own.filter(isCurrent).length,
    readyReplicas: ready,
    availableReplicas: ready,
  };
  if (!sameJson(status, known.status)) api.put({ ...known, status });
}

function tellEndpoints(api: FakeApi, { metadata, spec }: Service): void {
  const reached = api
    .all<Pod>(POD)
    .filter((each) => isServing(each) && selects(spec.selector, each.metadata.labels));
  const made = slice(reached.map((each) => each.metadata.name));
  const labels = { 'kubernetes.io/service-name': metadata.name };
  const name = `${metadata.name}-1`;
  const known = api.found<EndpointSlice>(made, name);
  if (known && sameJson(known.endpoints, made.endpoints)) return;
  api.put({ ...made, metadata: { ...known?.metadata, name, labels } });
}
