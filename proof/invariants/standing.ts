/**
 * Invariant 4: however a story went, it leaves what its releases say they left. The journal tells
 * which were promoted; everything else follows from that, and nothing else may be left over.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from '../../core/kubernetes/objects.ts';
import type { ReleaseRecord } from '../../core/release/journal.ts';
import { markOf } from '../../core/release/mark.ts';
import { deployments, services } from '../../local/collection.ts';
import { STABLE_TAG } from '../world/application.ts';
import { journalOf } from '../world/journal.ts';
import { leasesLeft } from '../world/leases.ts';
import type { Scenario } from '../world/scenario.ts';
import { NAMESPACE, SERVICE, stableDeployment } from '../world/service.ts';
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
  const found = deployments(world.cluster.world).get(NAMESPACE, name);
  if (!found) throw new Error(`there is no deployment ${name}`);
  const deployment = found as unknown as Deployment; // both describe the same JSON
  return { deployment, routes: lookAtRoutes(world) };
}

/** `replicas`: what the serving Deployment should have; undefined where others have scaled it. */
export function checkStanding(
  world: ProofWorld,
  before: Before,
  replicas: number | undefined,
  report: Report,
): void {
  const wrong = (seen: string): void => report('every ending is clean', seen);
  const { cluster, scenario } = world;
  const journal = journalOf(world);
  if (journal?.current && journal.current.state.outcome === undefined) {
    wrong(`${journal.current.plan.release} is left in phase ${journal.current.state.phase}`);
    return;
  }
  const promoted = (journal?.history ?? []).filter(({ outcome }) => outcome === 'promoted');
  const expected = expectedAfter(scenario, promoted);
  checkRoutes(world, before.routes, expected.colour, wrong);

  for (const { metadata } of services(cluster.world).list(NAMESPACE)) {
    if (metadata.name !== SERVICE) wrong(`service ${metadata.name} is left over`);
  }
  for (const lease of leasesLeft(world)) {
    wrong(`lease ${lease.metadata.name} is left over: ${JSON.stringify(lease.spec)}`);
  }
  for (const found of deployments(cluster.world).list(NAMESPACE)) {
    const deployment = found as unknown as Deployment; // both describe the same JSON
    const { name } = deployment.metadata;
    const role = name === expected.serves ? 'serves' : 'rests';
    if (role === 'rests' && !expected.rests.includes(name))
      wrong(`deployment ${found.metadata.name} is left over`);
    checkDeployment(deployment, role, before, expected, replicas, wrong);
  }
}

interface Expected {
  /** Names of Deployments. */
  readonly serves: string;
  /** Those that are still there, at no size. */
  readonly rests: readonly string[];
  /** Of the pods that serve; undefined where they have none. */
  readonly colour: string | undefined;
  readonly image: string;
  readonly mark: string | undefined;
}

function expectedAfter(scenario: Scenario, promoted: readonly ReleaseRecord[]): Expected {
  const [last] = promoted;
  const flips = scenario.strategy === 'rolling' ? 0 : promoted.length;
  const first = scenario.shape === 'plain' ? undefined : 'blue';
  const colours = [first, 'green', 'blue'].slice(0, flips + 1);
  const colour = flips === 0 ? first : flips % 2 === 0 ? 'blue' : 'green';
  const nameOf = (each: string | undefined): string =>
    each === undefined ? SERVICE : `${SERVICE}-${each}`;
  return {
    serves: nameOf(colour),
    rests: colours.filter((each) => each !== colour).map(nameOf),
    colour,
    image: last?.to ?? `:${STABLE_TAG}`,
    mark: last?.release,
  };
}

function checkDeployment(
  deployment: Deployment,
  role: 'serves' | 'rests',
  before: Before,
  expected: Expected,
  replicas: number | undefined,
  wrong: (seen: string) => void,
): void {
  const { metadata, spec } = deployment;
  const { name } = metadata;
  if (role === 'rests') {
    if (spec.replicas !== 0) wrong(`deployment ${name} rests with ${spec.replicas} replicas`);
    return;
  }
  const image = spec.template.spec.containers[0]?.image ?? '';
  if (!image.endsWith(expected.image)) wrong(`deployment ${name} runs ${image}`);
  if (markOf(deployment) !== expected.mark) {
    wrong(`deployment ${name} bears the mark ${markOf(deployment)}, not ${expected.mark}`);
  }
  if (replicas !== undefined && spec.replicas !== replicas) {
    wrong(`deployment ${name} has ${spec.replicas} replicas, not ${replicas}`);
  }
  if (!isDeepStrictEqual(spec.strategy, before.deployment.spec.strategy)) {
    wrong(`deployment ${name} rolls otherwise than before: ${JSON.stringify(spec.strategy)}`);
  }
  if (!isDeepStrictEqual(plain(deployment), plain(before.deployment))) {
    wrong(`the pods of deployment ${name} are not made as before: ${plain(deployment)}`);
  }
}

/** The pod template as text, without what a release may change: the image and the colour. */
function plain({ spec }: Deployment): string {
  const { template } = spec;
  return JSON.stringify({
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, version: '' } },
    spec: {
      ...template.spec,
      containers: template.spec.containers.map((container) => ({ ...container, image: '' })),
    },
  });
}
