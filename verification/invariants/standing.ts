/**
 * Invariant 4: however a story went, it leaves what its releases say they left. The journal tells
 * which were promoted; everything else follows from that, and nothing else may be left over.
 */

import { isDeepStrictEqual } from 'node:util';
import { ownerReleaseOf } from '../../core/cluster/ownership.ts';
import type { ReleaseRecord } from '../../core/journal/journal.ts';
import type { Deployment, StatefulSet } from '../../core/kubernetes/workload-objects.ts';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import { SOMEBODYS } from '../neighbours/visits/foreign-pods.ts';
import { STABLE_TAG } from '../world/application/versions.ts';
import { autoscalerIn, LEAST_PODS } from '../world/autoscaler.ts';
import { journalFault, journalOf } from '../world/journal.ts';
import { leasesLeft } from '../world/leases.ts';
import type { Scenario } from '../world/scenario.ts';
import { NAMESPACE, SERVICE, stableDeployment } from '../world/service.ts';
import { workloadsIn } from '../world/workloads.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';
import { checkRoutes, lookAtRoutes, type RoutesBefore } from './routes.ts';

/** What the service was like before any release. */
export interface Before {
  readonly deployment: Deployment;
  readonly routes: RoutesBefore;
}

export function lookBefore(world: ProofWorld): Before {
  const name = stableDeployment(world.scenario);
  const found = workloadsIn(world).get(NAMESPACE, name);
  if (!found) throw new Error(`there is no ${name}`);
  const deployment = found as unknown as Deployment; // both describe the same JSON
  return { deployment, routes: lookAtRoutes(world) };
}

/**
 * `replicas`: what the serving Deployment should have; undefined where others have scaled it.
 * `byHand`: images that somebody has put in past any release; `isDisturbed`: neighbours came.
 */
export function checkStanding(
  world: ProofWorld,
  before: Before,
  replicas: number | undefined,
  report: Report,
  byHand: ReadonlySet<string> = new Set(),
  isDisturbed = false,
): void {
  const wrong = (seen: string): void => report('every ending is clean', seen);
  const { cluster, scenario } = world;
  const journal = journalOf(world);
  if (journal?.current && journal.current.state.outcome === undefined) {
    wrong(`${journal.current.plan.release} is left in phase ${journal.current.state.phase}`);
    return;
  }
  const promoted = (journal?.history ?? []).filter(({ outcome }) => outcome === 'promoted');
  for (const lease of leasesLeft(world)) {
    wrong(`lease ${lease.metadata.name} is left over: ${JSON.stringify(lease.spec)}`);
  }
  const fault = journalFault(world);
  if (fault) wrong(`the journal cannot be read: ${fault}`);
  // What others have blocked is left as it is, and said: who serves is looked at elsewhere.
  if (journal?.history[0]?.outcome === 'failed' && isDisturbed) return;
  const expected = expectedAfter(scenario, promoted);
  checkRoutes(world, before.routes, expected.colours, wrong);

  for (const { metadata } of services(cluster.world).list(NAMESPACE)) {
    if (metadata.labels?.[SOMEBODYS] === undefined && metadata.name !== SERVICE)
      wrong(`service ${metadata.name} is left over`);
  }
  checkAutoscaler(world, expected.serves, wrong);
  for (const found of workloadsIn(world).list(NAMESPACE)) {
    if (found.metadata.labels?.[SOMEBODYS] !== undefined) continue;
    const deployment = found as unknown as Deployment; // both describe the same JSON
    const { name } = deployment.metadata;
    const role = name === expected.serves ? 'serves' : 'rests';
    if (role === 'rests' && !expected.rests.includes(name))
      wrong(`deployment ${found.metadata.name} is left over`);
    checkDeployment(deployment, role, before, { ...expected, replicas, byHand }, wrong);
  }
}

/** It has its own least again, and scales what serves. */
function checkAutoscaler(world: ProofWorld, serves: string, wrong: (seen: string) => void): void {
  const autoscaler = autoscalerIn(world);
  if (!autoscaler) return;
  const { scaleTargetRef, minReplicas } = autoscaler.spec;
  if (scaleTargetRef.name === serves && minReplicas === LEAST_PODS) return;
  wrong(`the autoscaler scales ${scaleTargetRef.name}, at least ${minReplicas} pods`);
}

interface Expected {
  /** Names of Deployments. */
  readonly serves: string;
  /** Those that are still there, at no size. */
  readonly rests: readonly string[];
  /** Of the pods that have served, one after the other; undefined where they have none. */
  readonly colours: readonly (string | undefined)[];
  readonly image: string;
  readonly mark: string | undefined;
}

function expectedAfter(scenario: Scenario, promoted: readonly ReleaseRecord[]): Expected {
  const [last] = promoted;
  const flips = scenario.strategy === 'rolling' ? 0 : promoted.length;
  const first = scenario.shape === 'coloured' ? 'blue' : undefined;
  const flipped = Array.from({ length: flips }, (_, at) => (at % 2 === 0 ? 'green' : 'blue'));
  const colours = [first, ...flipped];
  const colour = colours.at(-1);
  const nameOf = (each: string | undefined): string =>
    each === undefined ? SERVICE : `${SERVICE}-${each}`;
  return {
    serves: nameOf(colour),
    rests: colours.filter((each) => each !== colour).map(nameOf),
    colours,
    image: last?.to ?? `:${STABLE_TAG}`,
    mark: last?.release,
  };
}

function checkDeployment(
  deployment: Deployment,
  role: 'serves' | 'rests',
  before: Before,
  expected: Expected & { replicas: number | undefined; byHand: ReadonlySet<string> },
  wrong: (seen: string) => void,
): void {
  const { metadata, spec } = deployment;
  const { replicas, byHand } = expected;
  const { name } = metadata;
  if (role === 'rests') {
    if (spec.replicas !== 0) wrong(`deployment ${name} rests with ${spec.replicas} replicas`);
    return;
  }
  const image = spec.template.spec.containers[0]?.image ?? '';
  if (!image.endsWith(expected.image) && !byHand.has(image))
    wrong(`deployment ${name} runs ${image}`);
  if (ownerReleaseOf(deployment) !== expected.mark) {
    wrong(`deployment ${name} bears the mark ${ownerReleaseOf(deployment)}, not ${expected.mark}`);
  }
  if (replicas !== undefined && spec.replicas !== replicas) {
    wrong(`deployment ${name} has ${spec.replicas} replicas, not ${replicas}`);
  }
  if (!isDeepStrictEqual(rollsBy(deployment), rollsBy(before.deployment))) {
    wrong(`${name} rolls otherwise than before: ${JSON.stringify(rollsBy(deployment))}`);
  }
  if (!isDeepStrictEqual(plain(deployment), plain(before.deployment))) {
    wrong(`the pods of deployment ${name} are not made as before: ${plain(deployment)}`);
  }
}

/** A StatefulSet has it under another name. */
function rollsBy({ spec }: Deployment | StatefulSet): unknown {
  return 'updateStrategy' in spec ? spec.updateStrategy : 'strategy' in spec && spec.strategy;
}

/**
 * The pod template as text, without what a release may change, the image and the colour, and what
 * neighbours change: `kubectl rollout restart` an annotation, `kubectl edit` the environment.
 */
function plain({ spec }: Deployment): string {
  const { template } = spec;
  const { annotations: _, ...metadata } = template.metadata ?? {};
  return JSON.stringify({
    ...template,
    metadata: { ...metadata, labels: { ...metadata.labels, version: '' } },
    spec: {
      ...template.spec,
      containers: template.spec.containers.map((container) => ({
        ...container,
        image: '',
        env: undefined,
      })),
    },
  });
}
