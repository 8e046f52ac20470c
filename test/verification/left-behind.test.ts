// What a process leaves that is killed at the wrong moment, and what becomes of it. Each of these
// was found by `npm run check:simulation` or `npm run check:crash`, and lost a release then.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../core/base/vocabulary.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Broken } from '../../verification/invariants/broken.ts';
import { checkStanding, lookBefore } from '../../verification/invariants/standing.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  CALM,
  type RunEnd,
  runPipeline,
  runStage,
  statusesOf,
} from '../../verification/world/process/pipeline.ts';
import type { StageProcess } from '../../verification/world/process/process.ts';
import { type Candidate, plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const FIRST = { id: 'first', tag: 'v2' };
const TEN_MINUTES_MS = 600_000;

/** Plays a story in a fresh world, and says what it left that it should not have left. */
async function play(
  strategy: StrategyName,
  candidate: Candidate,
  story: (world: ProofWorld) => Promise<unknown>,
) {
  const world = await startWorld(plainScenario(strategy, candidate));
  const before = lookBefore(world);
  const told = await tell(
    world,
    story(world).then(() => 'told'),
    TEN_MINUTES_MS,
  );
  const broken: Broken[] = [];
  checkStanding(world, before, 3, (invariant, seen) => broken.push({ invariant, atMs: 0, seen }));
  const outcomes = journalOf(world)?.history.map(({ release, outcome }) => `${release} ${outcome}`);
  const lost = world.clients.traffic.lost.length;
  world.stop();
  return { told, outcomes, lost, broken: broken.map(({ seen }) => seen) };
}

/** Runs the pipeline and kills the process that is at work once the journal shows that phase. */
async function killIn(world: ProofWorld, phase: string): Promise<RunEnd> {
  let process: StageProcess | undefined;
  const unwatch = world.cluster.world.store.subscribe(() => {
    const { state } = journalOf(world)?.current ?? {};
    if (state?.phase === phase || (phase === 'ended' && state?.outcome)) process?.kill();
  });
  const ends = await runPipeline(world, FIRST, () => ({
    ...CALM,
    onStart: (started) => {
      process = started;
    },
  }));
  unwatch();
  return ends;
}

const CLEAN = { told: 'told', lost: 0, broken: [] };

describe('a release whose process was killed', () => {
  test('a bad candidate is not promoted because its watching time passed while nobody watched', async () => {
    const played = await play('blue-green', 'failing', async (world) => {
      await killIn(world, 'monitoring');
      await sleep(world.cluster.clock, 60_000);
      await runPipeline(world, FIRST, () => CALM, 'deploy');
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['first rolled-back'] });
  });

  test('the way back is not given up because its patience ran out while nobody went it', async () => {
    const played = await play('rolling', 'good', async (world) => {
      const ends = await killIn(world, 'monitoring');
      await runStage(world, 'conclude', FIRST, statusesOf(ends), {
        ...CALM,
        killAt: (write) => (write === 2 ? 'before' : undefined),
      });
      await sleep(world.cluster.clock, 120_000);
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['first rolled-back'] });
  });

  test('its Lease goes with conclude, though it had ended before it could give it back', async () => {
    const played = await play('blue-green', 'broken', async (world) => {
      const ends = await killIn(world, 'ended');
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['first rolled-back'] });
  });

  test('its Lease goes with conclude, though it had begun nothing yet', async () => {
    const played = await play('rolling', 'good', async (world) => {
      const ends = await runPipeline(world, FIRST, () => ({
        ...CALM,
        killAt: (write) => (write === 0 ? 'after' : undefined),
      }));
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
    });
    expect(played).toEqual({ ...CLEAN, outcomes: undefined });
  });

  test('the half rollout it left does not keep away the release that puts it back', async () => {
    const played = await play('rolling', 'never-ready', async (world) => {
      await runPipeline(world, FIRST, () => ({
        ...CALM,
        killAt: (_, { path }) => (path.includes('/deployments/') ? 'after' : undefined),
      }));
      await sleep(world.cluster.clock, 30_000);
      await runPipeline(world, { id: 'second', tag: 'v3' }, () => CALM);
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['second promoted', 'first rolled-back'] });
  });

  test('a write of it that arrives late does not send traffic to pods that are gone', async () => {
    const played = await play('blue-green', 'good', async (world) => {
      const ends = await runPipeline(world, FIRST, () => ({
        ...CALM,
        killAt: (_, { path }) => (path.includes('/services/shop?') ? 'late' : undefined),
      }));
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
      await sleep(world.cluster.clock, 30_000);
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['first rolled-back'] });
  });

  test('coming back late, it does not undo what was released after it had ended', async () => {
    const played = await play('blue-green', 'good', async (world) => {
      const ends = await killIn(world, 'monitoring');
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
      await runPipeline(world, { id: 'second', tag: 'v3' }, () => CALM);
      await runPipeline(world, FIRST, () => CALM, 'deploy');
    });
    expect(played).toEqual({ ...CLEAN, outcomes: ['second promoted', 'first rolled-back'] });
  });

  test('a conclude that failed does not keep the next release waiting for a stage that never comes', async () => {
    const played = await play('blue-green', 'good', async (world) => {
      const ends = await killIn(world, 'monitoring');
      const { apiFaults, clock } = world.cluster;
      const refused = apiFaults.add({
        verbs: ['patch'],
        resources: ['services'],
        fault: { type: 'refused', reason: 'Forbidden' },
      });
      await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
      refused.stop();
      await sleep(clock, 61_000);
      await runPipeline(world, { id: 'second', tag: 'v3' }, () => CALM);
    });
    expect(played.outcomes).toEqual(['second promoted', 'first rolled-back']);
  });
});
