/** Releases that are judged by what a real Prometheus tells, through each way of routing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant, type RouterName, type Side } from '../../../core/base/vocabulary.ts';
import { type Entry, journalName } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { Counted } from '../../../core/judge/sample.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import type { PresetName } from '../../../core/metrics/prometheus/presets.ts';
import { TRAFFIC } from '../../../core/metrics/request-counters/counter.ts';
import type { OwnershipView } from '../../../core/plan/own-pods.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { type Load, startLoad } from '../../../demo/load.ts';
import { pollsOf, subjectsOf } from '../../../effects/measure/metrics/polls.ts';
import { parseManifests } from '../../../embedded-cluster/cluster/manifests.ts';
import type { Kind } from '../../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CONFIG_MAPS, PODS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import {
  DEPLOYMENTS,
  REPLICA_SETS,
} from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { measuring } from '../../effects/measure/metrics/support/outside.ts';
import { startService } from './service.ts';
import { until } from './until.ts';
import { type E2eWorld, ROOT } from './world.ts';

export interface Judged {
  readonly name: string;
  readonly preset: PresetName;
  readonly router: RouterName;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the config's `analysis`. */
  readonly unmeasurableLimit?: string;
  /** How long each step lasts at least. */
  readonly watch?: string;
  /** The release asks the Service nothing itself, which is counted as well by what sees no paths. */
  readonly isSilent?: boolean;
}

const PORT = 8080;
const LONGEST_SECONDS = 120;
const PATIENCE_MS = 60_000;
/** Sixty requests a second: five such services leave a small machine some time of its own. */
const EVERY_MS = 200;

/** Prometheus needs up to ten seconds to find a new pod, and a step waits for it. */
const configOf = (
  { preset, router, unmeasurableLimit = '60s', watch = '3s', isSilent = false }: Judged,
  address: string,
) => `
strategy: {canary: {steps: [{weight: 50, duration: ${watch}}], monitoring: ${watch}}}
traffic: {router: ${router}}
analysis:
  providers: {prometheus: {address: "${address}"}}
  traffic: {provider: prometheus, preset: ${preset}, interval: 300ms}
  insufficientData: {hold: 60s, then: rollback}
  unmeasurableLimit: ${unmeasurableLimit}
rollback: {triggers: []}
drain: {hook: {path: /admin/drain}, minDuration: 1s, maxDuration: 4s}
limits: {readyTimeout: 15s}
preflight: {drainProbe: off}
${isSilent ? 'prober: {type: off}\nsmoke: []\n' : ''}`;

/** A service with the routes of the example. */
export async function startJudged(
  world: E2eWorld,
  judged: Judged,
  prometheus: string,
): Promise<void> {
  const { name, env = {} } = judged;
  await startService(world, { name, env, config: configOf(judged, prometheus) });
  const routes = ROUTES[judged.router];
  if (routes === undefined) return;
  // No connection is older than the mesh's knowledge of the route: its sidecars see every request.
  if (judged.router === 'istio')
    world.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
    });
  const text = readFileSync(join(ROOT, 'examples', routes), 'utf8');
  world.apply(...parseManifests(text.replaceAll('payment-service', name)));
  if (judged.router === 'gateway-api')
    await until('the gateway listens', () =>
      world.cluster.gatewayAddress('default', GATEWAY, PORT),
    );
}

const ROUTES: Readonly<Record<RouterName, string | undefined>> = {
  service: undefined,
  istio: 'payment-service.istio.yaml',
  'gateway-api': 'payment-service.gateway.yaml',
};
/** The Gateway of the example. */
export const GATEWAY = 'shop';

const loads: Load[] = [];

export function putLoad({ cluster }: E2eWorld, { name, router }: Judged): Load {
  const address =
    router === 'gateway-api'
      ? cluster.gatewayAddress('default', GATEWAY, PORT)
      : cluster.serviceAddress('default', name, PORT);
  const url = `http://${address?.host}:${address?.port}/payments`;
  const load = startLoad(ROOT, url, LONGEST_SECONDS, { everyMs: EVERY_MS });
  loads.push(load);
  return load;
}

/** Also those of tests that failed before they could. */
export async function stopLoads(): Promise<void> {
  await Promise.all(loads.map((load) => load.stop()));
}

/** The release under way, or the last one, as the journal has it. */
export function journalOf(world: E2eWorld, service: string): Entry | undefined {
  const found = world.get(CONFIG_MAPS, journalName(service))?.data;
  const journal = readJournal(found as Record<string, string> | undefined); // a ConfigMap's
  return typeof journal === 'string' ? undefined : journal.current;
}

/** By side; `timed`: how many requests are in the latencies. */
export type CountedSides = Readonly<Record<Side, Counted & { readonly timed: number }>>;

/** Once the release's own query has seen so many requests of the candidate. */
export async function counted(
  world: E2eWorld,
  service: string,
  requests: number,
): Promise<CountedSides> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const now = await countedNow(world, service);
    if (now && now.candidate.requests >= requests) return now;
    await sleep(100);
  }
  throw new Error(`${service}: Prometheus has not counted ${requests} requests of the candidate`);
}

/** What the release's own query of a preset answers just now; undefined where it is not an answer. */
export async function countedNow(
  world: E2eWorld,
  service: string,
): Promise<CountedSides | undefined> {
  const plan = journalOf(world, service)?.plan;
  const poll = plan && pollsOf(measuring(), plan).find(({ name }) => name === TRAFFIC);
  if (!plan || !poll) return undefined;
  const sides = subjectsOf(plan, strategyOf(plan).sides(plan, ownershipIn(world)));
  const { stable, candidate } = await poll.measure(sides, () => instant(Date.now()));
  if (stable?.kind !== 'counted' || candidate?.kind !== 'counted') return undefined;
  return { stable: summed(stable.counters), candidate: summed(candidate.counters) };
}

/** What a release sees of the cluster to know whose a pod is; none of these has a StatefulSet. */
function ownershipIn(world: E2eWorld): OwnershipView {
  const all = <T>(kind: Kind) => world.list(kind) as readonly T[]; // the store keeps what Kubernetes would
  const deployments = all<Deployment>(DEPLOYMENTS).map(
    (each) => [each.metadata.name, each] as const,
  );
  return {
    pods: all(PODS),
    replicaSets: all(REPLICA_SETS),
    deployments: new Map(deployments),
    others: new Map(),
  };
}

type Measured = Awaited<ReturnType<ReturnType<typeof pollsOf>[number]['measure']>>[Side];
type Counters = Extract<Measured, { kind: 'counted' }>['counters'];

function summed(counters: Counters): CountedSides[Side] {
  const all = Object.values(counters);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    requests: sum(all.map(({ requests }) => requests)),
    errors: sum(all.map(({ errors }) => errors)),
    timed: sum(all.map(({ latency }) => sum(latency?.counts ?? []))),
  };
}
