/** How the Deployment controller makes, finds and sizes ReplicaSets. */
import { isDeepStrictEqual } from 'node:util';
import { deployments, replicaSets } from '../../collection.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import type { Deployment, ReplicaSet } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { conditionOf, withCondition } from '../conditions.ts';
import { controllerOf, controllerRef } from '../owners.ts';
import { TEMPLATE_HASH_LABEL, templateHash } from '../template-hash.ts';
import {
  annotationsFor,
  findNewReplicaSet,
  nextRevision,
  REVISION,
  sizeAnnotations,
} from './revisions.ts';
import { type DeploymentWorld, replicasForNew, scalingMessage } from './sizing.ts';
import { deadlineMs, PROGRESSING, progress, type Rollout, wantedPods } from './status.ts';

/**
 * The rollout that `deployment` asks for, with its revision counted on. What is written of the
 * Deployment here makes the copy that goes on from here an old one: when that is written as well
 * it is refused, and the Deployment comes again, as it does on a real cluster.
 */
export function rolloutOf(
  context: DeploymentWorld,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  newOne: 'created' | 'if there',
): Rollout {
  const found = findNewReplicaSet(deployment, owned);
  const oldOnes = owned.filter((one) => one !== found);
  const revision = nextRevision(oldOnes);
  if (found) return { ...adopted(context, deployment, found, revision), oldOnes };
  if (newOne === 'if there') return { deployment, newOne: undefined, oldOnes };
  return { ...createNewOne(context, deployment, oldOnes, revision), oldOnes };
}

type WithNewOne = Pick<Rollout, 'deployment' | 'newOne'>;

/** A ReplicaSet that is there already becomes the newest revision, as after an undo. */
function adopted(
  { world }: DeploymentWorld,
  deployment: Deployment,
  found: ReplicaSet,
  revision: number,
): WithNewOne {
  const annotations = annotationsFor(deployment, found.metadata.annotations, revision);
  const { minReadySeconds = 0 } = deployment.spec;
  const isAsPatient = minReadySeconds === (found.spec.minReadySeconds ?? 0);
  if (!isAsPatient || !isDeepStrictEqual(annotations, found.metadata.annotations)) {
    const metadata = { ...found.metadata, annotations };
    const spec = isAsPatient ? found.spec : { ...found.spec, minReadySeconds };
    return { deployment, newOne: replicaSets(world).update({ ...found, metadata, spec }) };
  }
  const current = deployment.status?.conditions ?? [];
  const isUntold = deadlineMs(deployment) !== undefined && !conditionOf(current, PROGRESSING);
  const told = isUntold
    ? [progress('True', 'FoundNewReplicaSet', foundMessage(found), world.clock.now())]
    : [];
  const { [REVISION]: known = '' } = annotations;
  return { deployment: writeRevision(world, deployment, known, told), newOne: found };
}

function foundMessage({ metadata }: ReplicaSet): string {
  return `Found new replica set "${metadata.name}"`;
}

function createNewOne(
  context: DeploymentWorld,
  deployment: Deployment,
  oldOnes: readonly ReplicaSet[],
  revision: number,
): WithNewOne {
  const { world, record } = context;
  const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount);
  const labels = { ...deployment.spec.template.metadata?.labels, [TEMPLATE_HASH_LABEL]: hash };
  const replicas = replicasForNew(deployment, wantedPods(oldOnes), 0);
  const { minReadySeconds, selector, template } = deployment.spec;
  const { name, namespace } = deployment.metadata;
  const created = refusalTold(context, deployment, `${name}-${hash}`, () =>
    replicaSets(world).create({
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace === undefined ? {} : { namespace }),
        ownerReferences: [controllerRef(deployment)],
        labels,
        annotations: {
          ...annotationsFor(deployment, undefined, revision),
          ...sizeAnnotations(deployment),
        },
      },
      spec: {
        replicas,
        ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
        selector: {
          ...selector,
          matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH_LABEL]: hash },
        },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    }),
  );
  if (replicas > 0)
    record(deployment, 'Normal', 'ScalingReplicaSet', scalingMessage('up', created, 0));
  const message = `Created new replica set "${created.metadata.name}"`;
  const told = progress('True', 'NewReplicaSetCreated', message, world.clock.now());
  const conditions = deadlineMs(deployment) === undefined ? [] : [told];
  const written = writeRevision(world, deployment, String(revision), conditions);
  return { deployment: written, newOne: created };
}

function refusalTold(
  context: DeploymentWorld,
  deployment: Deployment,
  name: string,
  create: () => ReplicaSet,
): ReplicaSet {
  try {
    return create();
  } catch (failure) {
    if (failure instanceof ApiFailure) reportFailure(context, deployment, name, failure);
    throw failure;
  }
}

function reportFailure(
  { world, record }: DeploymentWorld,
  deployment: Deployment,
  name: string,
  failure: ApiFailure,
): void {
  if (failure.reason === 'AlreadyExists') {
    const taken = replicaSets(world).get(deployment.metadata.namespace, name);
    if (taken && controllerOf(taken)?.uid === deployment.metadata.uid) return;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    deployments(world).updateStatus({
      ...deployment,
      status: { ...deployment.status, collisionCount },
    });
    return;
  }
  const message = `Failed to create new replica set "${name}": ${failure.message}`;
  record(deployment, 'Warning', 'ReplicaSetCreateError', message);
  const told = progress('False', 'ReplicaSetCreateError', message, world.clock.now());
  const conditions = withCondition(deployment.status?.conditions ?? [], told);
  deployments(world).updateStatus({ ...deployment, status: { ...deployment.status, conditions } });
}

/** Writes which revision the Deployment is at, with what there is to tell of its progress. */
function writeRevision(
  world: World,
  deployment: Deployment,
  revision: string,
  told: readonly ReturnType<typeof progress>[],
): Deployment {
  const { metadata, status } = deployment;
  if (metadata.annotations?.[REVISION] === revision && told.length === 0) return deployment;
  const conditions = told.reduce(
    (all, condition) => withCondition(all, condition),
    status?.conditions ?? [],
  );
  const written = {
    ...deployment,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } },
    status: { ...status, ...(told.length > 0 ? { conditions } : {}) },
  };
  deployments(world).updateStatus(written);
  return written;
}
