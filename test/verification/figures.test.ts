// What a release says of requests that were not answered, against what its clients saw: in releases that
// lose none, and in some that do, because the application ends abruptly or a
// neighbour breaks the Service for two seconds.
import { describe, expect, test } from '@jest/globals';
import { unanswered } from '../../core/availability/figures.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import { CANDIDATE_TAG } from '../../verification/world/application/versions.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario, type Scenario } from '../../verification/world/scenario.ts';
import { NAMESPACE, SERVICE } from '../../verification/world/service.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const LONGEST_MS = 30 * 60_000;
const LATENCY_MS = 5;
const BROKEN_FOR_MS = 2_000;
/** Whatever the release makes of it. */
const INSISTS_MS = 50;

interface Seen {
  readonly requests: number;
  readonly truth: number;
  readonly least: number;
  readonly most: number;
  readonly failedRequests: number;
}

async function release(scenario: Scenario, breaksAtMs?: number): Promise<Seen> {
  const world = await startWorld(scenario);
  const run = runPipeline(world, { id: 'seen', tag: CANDIDATE_TAG }, () => ({
    latencyMs: () => LATENCY_MS,
    log: () => undefined,
  }));
  const meddling = breaksAtMs === undefined ? undefined : breakService(world, breaksAtMs);
  const ends = await tell(world, Promise.all([run, meddling]), LONGEST_MS);
  const record = journalOf(world)?.history[0];
  const { availability } = record?.evidence ?? {};
  world.stop();
  if (ends === 'endless' || !availability) throw new Error('the release has no figures');
  const figures = unanswered(availability) ?? { least: 0, most: 0 };
  const [{ conclude }] = ends;
  const results = conclude?.kind === 'exited' ? conclude.results : {};
  return {
    requests: world.clients.traffic.requests,
    truth: world.clients.traffic.lost.length,
    least: figures.least,
    most: figures.most,
    failedRequests: Number(results['failed-requests']),
  };
}

/** Somebody gives the Service a selector that nobody has, insists on it for a while, and takes it back. */
async function breakService(world: ProofWorld, atMs: number): Promise<void> {
  const { clock, world: objects } = world.cluster;
  await sleep(clock, atMs);
  const all = services(objects);
  const before = all.get(NAMESPACE, SERVICE);
  if (!before) throw new Error('no service');
  for (let left = BROKEN_FOR_MS; left > 0; left -= INSISTS_MS) {
    const now = all.get(NAMESPACE, SERVICE);
    if (now) all.update({ ...now, spec: { ...now.spec, selector: { app: 'nobody' } } });
    await sleep(clock, INSISTS_MS);
  }
  const broken = all.get(NAMESPACE, SERVICE);
  const { selector } = before.spec;
  if (selector && broken?.spec.selector?.app === 'nobody') {
    all.update({ ...broken, spec: { ...broken.spec, selector } });
  }
}

const abrupt = (scenario: Scenario): Scenario => ({
  ...scenario,
  application: {
    ...scenario.application,
    ending: 'abrupt',
    preStopSeconds: 0,
    drainHook: 'absent',
  },
});

describe('the interval holds what the clients saw, and never says 0 where they lost more than 1%', () => {
  test.each<[string, number, (seed: number) => Promise<Seen>]>([
    ['nothing is lost', 5, (seed) => release({ ...plainScenario('blue-green'), seed })],
    [
      'an abrupt application by rolling',
      20,
      (seed) => release(abrupt({ ...plainScenario('rolling'), seed })),
    ],
    [
      'a neighbour breaks the Service for two seconds',
      20,
      (seed) => release({ ...plainScenario('blue-green'), seed }, 5_500 + seed * 150),
    ],
  ])(
    '%s',
    async (_name, seeds, play) => {
      const seen: Seen[] = [];
      for (let seed = 1; seed <= seeds; seed += 1) seen.push(await play(seed));
      if (process.env.SHOW) process.stdout.write(JSON.stringify(seen));
      const covered = seen.filter(({ truth, least, most }) => truth >= least && truth <= most);
      expect(covered.length).toBeGreaterThanOrEqual(0.95 * seeds);
      const silent = seen.filter(
        ({ truth, requests, failedRequests }) => truth > 0.01 * requests && failedRequests === 0,
      );
      expect(silent).toEqual([]);
    },
    300_000,
  );
});
