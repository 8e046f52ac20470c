/**
 * Releases by real processes on the embedded cluster, one after the other under load: good versions
 * in turn, and every so often a bad one that has to go back.
 */

import { journalName } from '../../core/journal/journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { entrance, SERVICE, startDemoCluster } from '../../demo/cluster.ts';
import type { Tally } from '../../demo/load/tally.ts';
import { type Crowd, startLoad } from '../../demo/load.ts';
import { followStages, reasonOf, resultOf, runEnded } from '../../demo/stages.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Cluster } from '../../embedded-cluster/cluster/cluster.ts';
import { apply } from '../../embedded-cluster/cluster/manifests.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CONFIG_MAPS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { PIPELINE_RUNS } from '../../embedded-cluster/tekton/kinds.ts';
import { type Told, toldOf } from './record.ts';
import { nameOf, type Way } from './variants.ts';

export interface Measured {
  readonly outcome: string;
  /** What it should have been. */
  readonly expected: 'promoted' | 'rolled-back';
  readonly requests: number;
  /** Not answered, or answered with an error by a version that is not known to be bad. */
  readonly failed: number;
  readonly failedBy: Tally['failedBy'];
  /** From the decision to the last answer of the version that was decided against. */
  readonly lingeredMs: number | undefined;
  readonly tookMs: number;
  /** As clients saw it. */
  readonly unanswered: number;
  /** As the product tells it; undefined where it says that nobody could know. */
  readonly told: Told | undefined;
  /** What its stages printed. */
  readonly said: readonly string[];
}

const GOOD = ['v1.2.0', 'v1.1.0'] as const;
const BAD = 'v1.2.0-errors';
const BAD_EVERY = 5;
const FIRST_REQUESTS = 100;
const AFTERWARDS_MS = 1_000;
const LONGEST_SECONDS = 180;

export async function releaseForReal(
  root: string,
  way: Way,
  count: number,
  tell: (line: string) => void,
): Promise<Measured[]> {
  const cluster = await clusterFor(root, way);
  const measured: Measured[] = [];
  let running: string = 'v1.1.0';
  try {
    for (let at = 0; at < count; at += 1) {
      const isBad = at % BAD_EVERY === BAD_EVERY - 1;
      const next = isBad ? BAD : (GOOD.find((tag) => tag !== running) ?? GOOD[0]);
      const one = await release(cluster, root, way, at, { from: running, to: next, isBad });
      tell(
        `${nameOf(way)} ${at + 1}/${count}: ${next} ${one.outcome}, ${one.requests} requests, ${one.failed} failed`,
      );
      if (one.outcome !== one.expected) for (const line of one.said) tell(`  ${line}`);
      measured.push(one);
      if (!isBad && one.outcome === 'promoted') running = next;
    }
  } finally {
    await cluster.stop();
  }
  return measured;
}

export async function clusterFor(root: string, way: Way): Promise<Cluster> {
  const cluster = await startDemoCluster(root, {
    scenario: 'good-release',
    strategy: way.strategy,
    router: way.router,
    propagationDelayMs: 300,
    apiFaults: 0,
    report: '',
    maxSeconds: LONGEST_SECONDS,
  });
  apply(cluster, configOf(way));
  return cluster;
}

interface Wanted {
  readonly from: string;
  readonly to: string;
  readonly isBad: boolean;
  /** As many of each kind if left out. */
  readonly clients?: Partial<Crowd>;
}

export async function release(
  cluster: Cluster,
  root: string,
  way: Way,
  nth: number,
  { from, to, isBad, clients }: Wanted,
): Promise<Measured> {
  const { clock } = cluster.world;
  const began = clock.now();
  const address = entrance(cluster, way.router);
  const load = startLoad(
    root,
    `http://${address.host}:${address.port}/payments`,
    LONGEST_SECONDS,
    clients,
  );
  while (load.tally().requests < FIRST_REQUESTS) await sleep(clock, 50);
  const decision = followDecision(cluster, isBad ? 'back' : 'forward');
  const run = submit(cluster, way, `${way.strategy}-${nth}`, to);
  const said: string[] = [];
  const follow = followStages(cluster, run, (stage, line) => said.push(`${stage}: ${line}`));
  await runEnded(cluster, run);
  await sleep(clock, AFTERWARDS_MS);
  const tally = await load.stop();
  decision.stop();
  follow();
  const against = isBad ? to : from;
  const last = tally.lastServedAt[against];
  const own = isBad ? (tally.failedByVersion[to] ?? 0) : 0;
  const outcome = resultOf(cluster, run, 'outcome') ?? reasonOf(cluster, run);
  const decidedAt = decision.at();
  return {
    outcome,
    expected: isBad ? 'rolled-back' : 'promoted',
    requests: tally.requests,
    failed: tally.failed - own,
    failedBy: tally.failedBy,
    lingeredMs: last === undefined || decidedAt === undefined ? undefined : last - decidedAt,
    tookMs: clock.now() - began,
    unanswered: unansweredIn(tally),
    told: toldOf(cluster, run),
    said,
  };
}

/** Whatever else is an answer, if only of an error. */
function unansweredIn({ failedBy }: Tally): number {
  return Object.entries(failedBy)
    .filter(([how]) => !how.startsWith('status-'))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** When it was decided which version has to go: at the turn, or when the old one is let go. */
function followDecision({ world }: Cluster, direction: 'forward' | 'back') {
  let decidedAt: number | undefined;
  const stop = world.store.subscribe(({ collection, object }) => {
    if (decidedAt !== undefined || collection !== collectionOf(CONFIG_MAPS)) return;
    if (object.metadata.name !== journalName(SERVICE.name)) return;
    const journal = readJournal(object.data as Record<string, string>); // of a ConfigMap
    const state = typeof journal === 'string' ? undefined : journal.current?.state;
    if (!state || state.outcome !== undefined) return;
    const decided = direction === 'back' ? state.direction === 'back' : LETTING_GO.has(state.phase);
    if (decided) decidedAt = world.clock.now();
  });
  return { at: () => decidedAt, stop };
}

/** Phases in which what served until now is sent away. */
const LETTING_GO: ReadonlySet<string> = new Set(['draining', 'rolling']);

function submit({ world }: Cluster, way: Way, name: string, tag: string): string {
  const params = {
    'service-name': SERVICE.name,
    'image-tag': tag,
    'deployment-strategy': way.strategy,
    namespace: SERVICE.namespace,
  };
  world.objects.create(PIPELINE_RUNS, {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name, namespace: SERVICE.namespace },
    spec: {
      pipelineRef: { name: 'waqiti-zero-downtime-deployment' },
      params: Object.entries(params).map(([key, value]) => ({ name: key, value })),
    },
  });
  return name;
}

function configOf({ config, router }: Way) {
  const text = `
apiVersion: release.zero-downtime.dev/v1
kind: ReleaseConfig
strategy: ${config}
traffic: {router: ${router}}
drain: {hook: {path: /admin/drain}, confirm: {header: x-app-version}, minDuration: 1s, maxDuration: 10s}
limits: {readyTimeout: 30s}
`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${SERVICE.name}-release-config`, namespace: SERVICE.namespace },
    data: { 'release.yaml': text },
  };
}
