/** One simulated world: a cluster, a service that serves in it, and clients that ask all the time. */

import { createRandom } from '../../embedded-cluster/base/random.ts';
import { apply } from '../../embedded-cluster/cluster/manifests.ts';
import {
  type SimulatedCluster,
  simulateCluster,
} from '../../embedded-cluster/cluster/simulated-cluster.ts';
import type { Running } from '../../embedded-cluster/kubernetes/world.ts';
import { type Application, type Crash, createApplication } from './application/application.ts';
import {
  CANDIDATE_TAG,
  FOREIGN,
  FOREIGN_TAGS,
  NEXT_TAG,
  STABLE_TAG,
} from './application/versions.ts';
import { autoscalerObjects, startAutoscaler } from './autoscaler.ts';
import { routerObjects } from './routes.ts';
import type { Scenario } from './scenario.ts';
import { SERVICE, serviceObjects } from './service.ts';
import { type Clients, startClients } from './traffic/clients.ts';

export interface ProofWorld extends Running {
  readonly scenario: Scenario;
  readonly cluster: SimulatedCluster;
  readonly application: Application;
  readonly clients: Clients;
}

const START_MS = Date.parse('2026-01-01T00:00:00Z');
/** Until the service serves and every proxy knows. */
const WARM_UP_MS = 20_000;
const MOST_PODS = 1_000;

/** Resolves once the stable serves; from then on there are clients. */
export async function startWorld(
  scenario: Scenario,
  crashes: readonly Crash[] = [],
): Promise<ProofWorld> {
  const { seed, network, nodes } = scenario;
  const random = createRandom(seed);
  const application = createApplication(scenario, crashes, () => cluster.clock.now());
  const cluster: SimulatedCluster = simulateCluster({
    seed,
    startMs: START_MS,
    scriptFor: application.scriptFor,
    images: [
      ...[STABLE_TAG, CANDIDATE_TAG, NEXT_TAG].map((tag) => ({ repository: SERVICE, tags: [tag] })),
      ...FOREIGN_TAGS.map((tag) => ({ repository: FOREIGN, tags: [tag] })),
    ],
    nodes: Array.from({ length: nodes }, (_, at) => ({ name: `node-${at}`, pods: MOST_PODS })),
    sandboxMs: () => Math.floor(random() * network.sandboxMs),
    propagation: network,
    mesh: { propagation: network },
    backOff: { firstMs: 2_000, lastMs: 10_000 },
  });
  for (const object of [
    ...serviceObjects(scenario),
    ...routerObjects(scenario),
    ...autoscalerObjects(scenario),
  ]) {
    apply(cluster, object);
  }
  const autoscaler = startAutoscaler({ cluster, scenario });
  const clients = startClients(cluster, application, scenario, WARM_UP_MS);
  await cluster.clock.advanceTo(START_MS + WARM_UP_MS);
  return {
    scenario,
    cluster,
    application,
    clients,
    stop: () => {
      clients.stop();
      autoscaler.stop();
      cluster.stop();
    },
  };
}

/** Lets time pass until the story is over; a story that does not end within its time is a fault. */
export async function tell<T>(
  { cluster: { clock } }: ProofWorld,
  story: Promise<T>,
  withinMs: number,
): Promise<T | 'endless'> {
  const STEP_MS = 500;
  const deadline = clock.now() + withinMs;
  let told: { readonly end: T } | { readonly thrown: unknown } | undefined;
  story.then(
    (end) => {
      told = { end };
    },
    (thrown: unknown) => {
      told = { thrown };
    },
  );
  while (told === undefined && clock.now() < deadline) await clock.advanceTo(clock.now() + STEP_MS);
  if (told === undefined) return 'endless';
  if ('thrown' in told) throw told.thrown;
  return told.end;
}
