// However a run ends, in whatever phase its release is: what becomes of the release. The table in
// docs/failure-handling.md says the same in words. Tekton's ways of ending a run are three to the
// process of a stage: SIGTERM with conclude after it, SIGTERM with nobody after it, and its ordinary
// end with conclude after it; the fourth way to go is SIGKILL.
import { describe, expect, test } from '@jest/globals';
import type { RouterName, StrategyName } from '../../core/base/vocabulary.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { checkStanding, lookBefore } from '../../verification/invariants/standing.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  CALM,
  runRecover,
  runStage,
  type StageName,
} from '../../verification/world/process/pipeline.ts';
import type { Ended, StageProcess } from '../../verification/world/process/process.ts';
import { plainScenario, type Shape } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const RELEASE = { id: 'run-1', tag: 'v2' };
const AN_HOUR_MS = 3_600_000;
/** Longer than the Lease of a process that is gone lasts, and of one that was stopped. */
const GONE_MS = 90_000;
/** Longer than a release is kept for its next stage. */
const NEVER_CAME_MS = 900_000;

interface Way {
  readonly strategy: StrategyName;
  readonly router: RouterName;
  readonly shape: Shape;
}

/** The phases of the deploy stage, and then those of the conclude stage, which are only ever finished. */
interface Phases {
  readonly deploy: readonly string[];
  readonly conclude: readonly string[];
}

const BEFORE = ['routing', 'preparing', 'testing'];
const MOVING = ['switching', 'confirming', 'monitoring'];
const AFTER = ['draining', 'retiring', 'tidying'];

const WAYS: readonly (Way & Phases)[] = [
  {
    strategy: 'rolling',
    router: 'service',
    shape: 'coloured',
    deploy: ['rolling', 'monitoring'],
    conclude: ['settling'],
  },
  // Its partition is at its own zero by then: there is nothing to settle.
  {
    strategy: 'rolling',
    router: 'service',
    shape: 'stateful-set',
    deploy: ['rolling', 'monitoring'],
    conclude: [],
  },
  // No phase landing: where the plain Service routes, there is nothing to do in it.
  {
    strategy: 'blue-green',
    router: 'service',
    shape: 'coloured',
    deploy: [...BEFORE, ...MOVING],
    conclude: AFTER,
  },
  { strategy: 'canary', router: 'service', shape: 'coloured', deploy: MOVING, conclude: AFTER },
  {
    strategy: 'canary',
    router: 'gateway-api',
    shape: 'coloured',
    deploy: [...BEFORE, ...MOVING],
    conclude: ['landing', ...AFTER],
  },
  {
    strategy: 'blue-green-with-canary',
    router: 'istio',
    shape: 'coloured',
    deploy: [...BEFORE, ...MOVING],
    conclude: AFTER,
  },
];

type Cut = 'SIGTERM' | 'SIGKILL';

const GOOD = {
  'pre-validation-status': 'Succeeded',
  'deploy-status': 'Succeeded',
  'deploy-reason': 'Succeeded',
  'post-validation-status': 'Succeeded',
};
const CUT_OFF = { ...GOOD, 'deploy-status': 'Failed', 'post-validation-status': 'None' };

/** Runs a stage and, once the journal shows that phase, does that to its process. */
async function cutOff(
  world: ProofWorld,
  stage: StageName,
  phase: string,
  how: Cut,
): Promise<Ended> {
  let process: StageProcess | undefined;
  const unwatch = world.cluster.world.store.subscribe(() => {
    if (journalOf(world)?.current?.state.phase !== phase) return;
    if (how === 'SIGTERM') process?.stop();
    else process?.kill();
  });
  const more = stage === 'deploy' ? { finish: 'conclude' } : GOOD;
  const ended = await runStage(world, stage, RELEASE, more, {
    ...CALM,
    onStart: (started) => {
      process = started;
    },
  });
  unwatch();
  return ended;
}

async function recovered(world: ProofWorld, afterMs = GONE_MS): Promise<Ended> {
  await sleep(world.cluster.clock, afterMs);
  return runRecover(world, CALM);
}

/** Plays a story in a fresh world: how its stages ended, what is left, and who was not answered. */
async function play(
  { strategy, router, shape }: Way,
  story: (world: ProofWorld) => Promise<unknown>,
) {
  const world = await startWorld({ ...plainScenario(strategy, 'good', router), shape });
  const before = lookBefore(world);
  const told = await tell(world, story(world), AN_HOUR_MS);
  const wrong: string[] = [];
  checkStanding(world, before, 3, (_invariant, seen) => wrong.push(seen));
  const history = journalOf(world)?.history.map(({ outcome, cause }) => ({ outcome, cause }));
  const lost = world.clients.traffic.lost.length;
  world.stop();
  return { told, history, lost, wrong };
}

const DEPLOYING = WAYS.flatMap((way) => way.deploy.map((phase) => ({ ...way, phase })));
const CONCLUDING = WAYS.flatMap((way) => way.conclude.map((phase) => ({ ...way, phase })));
const WATCHING = DEPLOYING.filter(({ phase }) => phase === 'monitoring');
const STOPPED = { kind: 'exited', code: 143 };
const DONE = { kind: 'exited', code: 0 };

describe('cut off in deploy', () => {
  test.each(DEPLOYING)(
    '$strategy by $router of $shape in phase $phase, with finally: conclude undoes it',
    async ({ phase, ...way }) => {
      const played = await play(way, async (world) => {
        const deploy = await cutOff(world, 'deploy', phase, 'SIGTERM');
        return [deploy, await runStage(world, 'conclude', RELEASE, CUT_OFF, CALM)];
      });
      expect(played).toMatchObject({ told: [STOPPED, DONE], lost: 0, wrong: [] });
      expect(played.history).toMatchObject([{ outcome: 'rolled-back' }]);
    },
  );

  test.each(DEPLOYING)(
    '$strategy by $router of $shape in phase $phase, without finally: recover undoes it',
    async ({ phase, ...way }) => {
      const played = await play(way, async (world) => {
        const deploy = await cutOff(world, 'deploy', phase, 'SIGTERM');
        return [deploy, await recovered(world)];
      });
      expect(played).toMatchObject({ told: [STOPPED, DONE], lost: 0, wrong: [] });
      expect(played.history).toMatchObject([{ outcome: 'rolled-back' }]);
    },
  );

  // Kills at every single write are `npm run check:crash`.
  test.each(WATCHING)(
    '$strategy by $router of $shape in phase $phase, killed: recover undoes it',
    async ({ phase, ...way }) => {
      const played = await play(way, async (world) => {
        const deploy = await cutOff(world, 'deploy', phase, 'SIGKILL');
        return [deploy, await recovered(world)];
      });
      expect(played).toMatchObject({ told: [{ kind: 'killed' }, DONE], lost: 0, wrong: [] });
      expect(played.history).toEqual([
        { outcome: 'rolled-back', cause: `its run was gone in phase ${phase}` },
      ]);
    },
  );
});

describe('cut off between deploy and post-validation', () => {
  test.each(WAYS)(
    '$strategy by $router of $shape, StoppedRunFinally: conclude undoes what nobody validated',
    async (way) => {
      const played = await play(way, async (world) => {
        const deploy = await runStage(world, 'deploy', RELEASE, { finish: 'conclude' }, CALM);
        const statuses = { ...GOOD, 'post-validation-status': 'None' };
        return [deploy, await runStage(world, 'conclude', RELEASE, statuses, CALM)];
      });
      expect(played).toMatchObject({ told: [DONE, DONE], lost: 0, wrong: [] });
      expect(played.history).toEqual([
        { outcome: 'rolled-back', cause: 'the run was stopped before post-validation' },
      ]);
    },
  );

  test.each(WAYS)(
    '$strategy by $router of $shape, without finally: recover undoes it',
    async (way) => {
      const played = await play(way, async (world) => [
        await runStage(world, 'deploy', RELEASE, { finish: 'conclude' }, CALM),
        await recovered(world, NEVER_CAME_MS),
      ]);
      expect(played).toMatchObject({ told: [DONE, DONE], lost: 0, wrong: [] });
      expect(played.history).toMatchObject([{ outcome: 'rolled-back' }]);
    },
  );
});

describe('cut off in conclude', () => {
  test.each(
    CONCLUDING.flatMap((row) => (['SIGTERM', 'SIGKILL'] as const).map((how) => ({ ...row, how }))),
  )(
    '$strategy by $router of $shape in phase $phase, $how: recover finishes it',
    async ({ phase, how, ...way }) => {
      const played = await play(way, async (world) => {
        await runStage(world, 'deploy', RELEASE, { finish: 'conclude' }, CALM);
        const conclude = await cutOff(world, 'conclude', phase, how);
        return [conclude, await recovered(world)];
      });
      const cut = how === 'SIGTERM' ? STOPPED : { kind: 'killed' };
      expect(played).toMatchObject({ told: [cut, DONE], lost: 0, wrong: [] });
      expect(played.history).toEqual([{ outcome: 'promoted', cause: undefined }]);
    },
  );
});

describe('told to stop while the API does not answer', () => {
  const plain = DEPLOYING.filter(
    ({ router, strategy }) => router === 'service' && strategy !== 'canary',
  );

  test.each(plain)(
    '$strategy by $router of $shape in phase $phase: the stage ends in time',
    async ({ phase, ...way }) => {
      let stoppedAtMs = 0;
      let tookMs = 0;
      const played = await play(way, async (world) => {
        const { clock, apiFaults } = world.cluster;
        let fault: { stop(): void } | undefined;
        const unwatch = world.cluster.world.store.subscribe(() => {
          if (fault || journalOf(world)?.current?.state.phase !== phase) return;
          fault = apiFaults.add({ fault: { type: 'unanswered', afterMs: 120_000 } });
          stoppedAtMs = clock.now();
        });
        const deploy = await cutOff(world, 'deploy', phase, 'SIGTERM');
        tookMs = clock.now() - stoppedAtMs;
        unwatch();
        fault?.stop();
        return [deploy, await recovered(world)];
      });
      expect(played).toMatchObject({ told: [STOPPED, DONE], lost: 0, wrong: [] });
      expect(played.history).toMatchObject([{ outcome: 'rolled-back' }]);
      expect(stoppedAtMs).toBeGreaterThan(0);
      // Of virtual time: Tekton kills after 30 s.
      expect(tookMs).toBeLessThanOrEqual(25_000);
    },
  );
});
