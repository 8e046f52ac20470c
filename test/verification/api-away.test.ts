// The API server is away for five minutes, as when a control plane is upgraded. Nobody else can act
// meanwhile: the release holds, and goes on when it is back. It goes nowhere on what it saw before.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../core/base/vocabulary.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { leasesLeft } from '../../verification/world/leases.ts';
import { CALM, runPipeline, runRecover } from '../../verification/world/process/pipeline.ts';
import type { StageProcess } from '../../verification/world/process/process.ts';
import { type Candidate, plainScenario, type Scenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const scenario = (strategy: StrategyName, candidate: Candidate): Scenario => {
  const plain = plainScenario(strategy, candidate);
  return { ...plain, windows: { ...plain.windows, monitoringSeconds: 20 } };
};

/** Takes the API away for so long once a phase has lasted for a moment; watches end soon as well. */
function takeAway(world: ProofWorld, phase: string, forMs: number) {
  const { cluster } = world;
  const dropped = { type: 'watch-dropped', afterMs: 3_000 } as const;
  const drops = cluster.apiFaults.add({ verbs: ['watch'], fault: dropped });
  let isAway = false;
  let done = false;
  const { store } = cluster.world;
  store.subscribe(() => {
    if (isAway) return;
    if (done || journalOf(world)?.current?.state.phase !== phase) return;
    done = true;
    void (async () => {
      await sleep(cluster.clock, 500);
      isAway = true;
      const away = { type: 'unanswered', afterMs: 100 } as const;
      drops.stop();
      const fault = cluster.apiFaults.add({ fault: away });
      await sleep(cluster.clock, forMs);
      fault.stop();
      isAway = false;
    })();
  });
  return { wasAway: () => done };
}

async function play(strategy: StrategyName, candidate: Candidate, phase: string, forMs: number) {
  const world = await startWorld(scenario(strategy, candidate));
  const away = takeAway(world, phase, forMs);
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const ends = await tell(
    world,
    runPipeline(world, { id: 'first', tag: 'v2' }, () => ({ ...CALM, log })),
    HOUR_MS,
  );
  const leases = leasesLeft(world).length;
  world.stop();
  const codes =
    ends === 'endless'
      ? ends
      : Object.fromEntries(
          Object.entries(ends).map(([stage, end]) => [stage, end.kind === 'exited' && end.code]),
        );
  return {
    was: away.wasAway(),
    leases,
    codes,
    outcome: journalOf(world)?.history.map(({ outcome }) => outcome),
    lost: world.clients.traffic.lost.length,
    lines,
  };
}

describe('an API server that is away for five minutes', () => {
  test.each([
    ['blue-green', 'preparing'],
    ['blue-green', 'testing'],
    ['blue-green', 'confirming'],
    ['blue-green', 'monitoring'],
    ['blue-green', 'holding'],
    ['blue-green', 'draining'],
    ['blue-green', 'tidying'],
    ['canary', 'monitoring'],
    ['blue-green-with-canary', 'monitoring'],
    ['rolling', 'rolling'],
    ['rolling', 'monitoring'],
  ] as const)(
    'holds a good %s release in phase %s, which is promoted afterwards',
    async (strategy, phase) => {
      const { was, codes, outcome, lost, leases } = await play(
        strategy,
        'good',
        phase,
        5 * MINUTE_MS,
      );
      expect({ was, outcome, lost, leases }).toEqual({
        was: true,
        outcome: ['promoted'],
        lost: 0,
        leases: 0,
      });
      expect(codes).toEqual({ 'pre-validation': 0, deploy: 0, 'post-validation': 0, conclude: 0 });
    },
  );

  test.each([
    ['blue-green', 'monitoring'],
    ['blue-green', 'draining'],
    ['canary', 'monitoring'],
    ['rolling', 'rolling'],
  ] as const)('does not save a bad %s release, in phase %s', async (strategy, phase) => {
    const { was, codes, outcome, leases } = await play(strategy, 'failing', phase, 5 * MINUTE_MS);
    expect({ was, outcome, leases }).toEqual({ was: true, outcome: ['rolled-back'], leases: 0 });
    expect(codes).toEqual({ 'pre-validation': 0, deploy: 1, conclude: 0 });
  });
});

test('an API server that is away for longer than the limit ends the stage, and whoever concludes turns it back', async () => {
  const { codes, outcome, lost } = await play('blue-green', 'good', 'monitoring', 14 * MINUTE_MS);
  expect({ outcome, lost }).toEqual({ outcome: ['rolled-back'], lost: 0 });
  expect(codes).toEqual({ 'pre-validation': 0, deploy: 3, conclude: 0 });
});

test('a stage that is told to stop while the API is away ends within 25 s, and recover puts things right', async () => {
  const world = await startWorld(scenario('blue-green', 'good'));
  takeAway(world, 'monitoring', 5 * MINUTE_MS);
  const { clock } = world.cluster;
  let deploy: StageProcess | undefined;
  const story = async () => {
    const run = runPipeline(world, { id: 'first', tag: 'v2' }, (stage) => ({
      ...CALM,
      onStart: (process) => {
        if (stage === 'deploy') deploy = process;
        // Nobody concludes: the run was cancelled.
        if (stage === 'conclude') process.kill();
      },
    }));
    await sleep(clock, 2 * MINUTE_MS);
    const told = clock.now();
    deploy?.stop();
    await deploy?.ended;
    const tookMs = clock.now() - told;
    await run;
    await sleep(clock, 6 * MINUTE_MS);
    await runRecover(world, CALM);
    return tookMs;
  };
  const tookMs = await tell(world, story(), HOUR_MS);
  world.stop();
  expect(tookMs).toBeLessThan(25_000);
  expect(journalOf(world)?.history).toMatchObject([{ outcome: 'rolled-back' }]);
  expect(world.clients.traffic.lost).toEqual([]);
});
