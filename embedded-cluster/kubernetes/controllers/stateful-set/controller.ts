/** StatefulSets: pods with names that stay, made and replaced one after the other. */
import { pods, statefulSets } from '../../collection.ts';
import type { Pod, PodTemplate, StatefulSet } from '../../shapes.ts';
import type { Running, World } from '../../world.ts';
import { createEventRecorder, type RecordEvent } from '../events.ts';
import { claim, controllerOf } from '../owners.ts';
import { createPodOf, hasEnded, isReady } from '../pods.ts';
import { templateHash } from '../template-hash.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { REVISION_LABEL, statusOf } from './status.ts';

interface Context {
  readonly world: World;
  readonly record: RecordEvent;
  /** By name of the revision: a pod below the partition is made anew as it was. */
  readonly templates: Map<string, PodTemplate>;
}

export function startStatefulSetController(world: World): Running {
  const record = createEventRecorder(world, { component: 'statefulset-controller' });
  const context: Context = { world, record, templates: new Map() };
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const set = statefulSets(world).get(namespace, name);
    if (set && !set.metadata.deletionTimestamp) sync(context, set);
  });
  const unwatch = [
    statefulSets(world).watch(({ object }) => queue.add(keyOf(object))),
    pods(world).watch(({ object }) => {
      const owner = controllerOf(object);
      const { namespace = '' } = object.metadata;
      if (owner?.kind === 'StatefulSet') queue.add(`${namespace}/${owner.name}`);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function sync(context: Context, set: StatefulSet): void {
  const { world, templates } = context;
  const updateRevision = `${set.metadata.name}-${templateHash(set.spec.template)}`;
  templates.set(updateRevision, set.spec.template);
  const currentRevision = set.status?.currentRevision ?? updateRevision;
  const owned = claim(pods(world), set, set.spec.selector);
  act(context, set, owned, { updateRevision, currentRevision });
  const status = statusOf(set, owned, { updateRevision, currentRevision });
  statefulSets(world).updateStatus({ ...set, status });
}

interface Revisions {
  readonly updateRevision: string;
  readonly currentRevision: string;
}

/** Does the next thing; all at once only where the set's pods need not wait for each other. */
function act(
  context: Context,
  set: StatefulSet,
  owned: readonly Pod[],
  revisions: Revisions,
): void {
  const replicas = set.spec.replicas ?? 1;
  const isParallel = set.spec.podManagementPolicy === 'Parallel';
  const byOrdinal = new Map(owned.map((pod) => [ordinalOf(pod), pod]));
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) create(context, set, ordinal, revisions);
    else if (hasEnded(pod)) remove(context, set, pod);
    if (!isParallel && !(pod && isReady(pod) && !pod.metadata.deletionTimestamp)) return;
  }
  const surplus = owned
    .filter((pod) => ordinalOf(pod) >= replicas)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of surplus) {
    if (!pod.metadata.deletionTimestamp) remove(context, set, pod);
    if (!isParallel) return;
  }
  replaceNext(context, set, byOrdinal, revisions);
}

/** From the last ordinal down to the partition, each once the one before is ready. */
function replaceNext(
  context: Context,
  set: StatefulSet,
  byOrdinal: ReadonlyMap<number, Pod>,
  { updateRevision }: Revisions,
): void {
  const { replicas = 1, updateStrategy } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return;
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let ordinal = replicas - 1; ordinal >= partition; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (!pod || pod.metadata.deletionTimestamp) return;
    if (pod.metadata.labels?.[REVISION_LABEL] !== updateRevision) {
      remove(context, set, pod);
      return;
    }
    if (!isReady(pod)) return;
  }
}

function ordinalOf({ metadata }: Pod): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1);
}

function create(
  { world, record, templates }: Context,
  set: StatefulSet,
  ordinal: number,
  { updateRevision, currentRevision }: Revisions,
): void {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const revision = ordinal < partition ? currentRevision : updateRevision;
  const template = templates.get(revision) ?? set.spec.template;
  const name = `${set.metadata.name}-${ordinal}`;
  createPodOf(world, set, template, {
    name,
    labels: {
      [REVISION_LABEL]: revision,
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    },
  });
  const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
  record(set, 'Normal', 'SuccessfulCreate', message);
}

function remove({ world, record }: Context, set: StatefulSet, { metadata }: Pod): void {
  pods(world).delete(metadata.namespace, metadata.name);
  const message = `delete Pod ${metadata.name} in StatefulSet ${set.metadata.name} successful`;
  record(set, 'Normal', 'SuccessfulDelete', message);
}
