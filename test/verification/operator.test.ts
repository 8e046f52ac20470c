// An operator beside a release, both as production runs them: what is asked while a process drives the
// release, between two of its stages, and after its process has died.
import { describe, expect, test } from '@jest/globals';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { LEASES } from '../../embedded-cluster/kubernetes/kinds/coordination.ts';
import { CONFIG_MAPS } from '../../embedded-cluster/kubernetes/kinds/core.ts';
import type { Command } from '../../steps/operate/command.ts';
import { checkStanding, lookBefore } from '../../verification/invariants/standing.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  runCommand,
  runPipeline,
  runRecover,
  runStage,
  type StageOptions,
} from '../../verification/world/pipeline.ts';
import type { Ended, StageProcess } from '../../verification/world/process.ts';
import { type Candidate, plainScenario } from '../../verification/world/scenario.ts';
import { NAMESPACE, SERVICE } from '../../verification/world/service.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const RELEASE = { id: 'run-1', tag: 'v2' };
const AN_HOUR_MS = 3_600_000;

interface Told {
  readonly world: ProofWorld;
  readonly lines: string[];
  readonly calm: StageOptions;
  /** Runs a command to its end; its exit code and its answer. */
  command(
    name: Command,
    more?: Readonly<Record<string, string>>,
  ): Promise<readonly [number, string]>;
  /** Resolves when the release is in that phase. */
  reached(phase: string): Promise<void>;
}

let commands = 0;

async function play(candidate: Candidate, story: (told: Told) => Promise<unknown>) {
  const world = await startWorld(plainScenario('blue-green', candidate));
  const { cluster } = world;
  const before = lookBefore(world);
  const lines: string[] = [];
  const calm: StageOptions = { latencyMs: () => 3, log: (line) => lines.push(line) };
  const command: Told['command'] = async (name, more = {}) => {
    commands += 1;
    const given = { by: 'ada', ...more };
    return answerOf(await runCommand(world, name, `${name}-${commands}`, given, calm));
  };
  const reached = async (phase: string): Promise<void> => {
    while (journalOf(world)?.current?.state.phase !== phase) await sleep(cluster.clock, 100);
  };
  const told = await tell(world, story({ world, lines, calm, command, reached }), AN_HOUR_MS);
  const wrong: string[] = [];
  checkStanding(world, before, 3, (_invariant, seen) => wrong.push(seen));
  const journal = journalOf(world);
  const lost = world.clients.traffic.lost.length;
  world.stop();
  const history = journal?.history.map(({ outcome, cause }) => cause ?? outcome);
  return { told, history, answers: journal?.answers, lost, wrong, lines };
}

function answerOf(ended: Ended): readonly [number, string] {
  return ended.kind === 'exited' ? [ended.code, ended.results.answer ?? ''] : [-1, ended.kind];
}

/** Deploys up to the hand-over, or to its death in a phase. */
function deploy({ world, calm }: Told, killIn?: string): Promise<Ended> {
  let process: StageProcess | undefined;
  const unwatch = world.cluster.world.store.subscribe(() => {
    const { phase } = journalOf(world)?.current?.state ?? {};
    if (killIn !== undefined && phase === killIn) process?.kill();
  });
  const onStart = (started: StageProcess): void => {
    process = started;
  };
  const options = { ...calm, onStart };
  return runStage(world, 'deploy', RELEASE, { finish: 'conclude' }, options).finally(unwatch);
}

const CLEAN = { lost: 0, wrong: [] };

describe('while a process drives the release', () => {
  test('orders are answered by it, each once, and the journal is not overwritten by them', async () => {
    const played = await play('good', async (told) => {
      const run = runPipeline(told.world, RELEASE, () => told.calm);
      await told.reached('monitoring');
      const answers = [
        await told.command('pause', { limit: '30m' }),
        await told.command('status'),
        await sleep(told.world.cluster.clock, 60_000),
        await told.command('resume'),
        await told.command('promote'),
      ];
      await run;
      return answers;
    });
    expect(played).toMatchObject({ ...CLEAN, history: ['promoted'] });
    const [paused, status, , resumed, promoted] = played.told as (readonly [number, string])[];
    expect(paused?.[1]).toMatch(/^accepted: stays in phase monitoring.* within 30m$/);
    expect(status?.[1]).toMatch(
      /^release=run-1 strategy=blue-green phase=monitoring .*wait=paused/,
    );
    expect(resumed).toEqual([0, 'accepted: goes on in phase monitoring']);
    expect(promoted).toEqual([0, 'accepted: waits no longer in phase monitoring']);
    expect(played.answers?.map(({ order }) => order)).toEqual(['pause', 'resume', 'promote']);
  });

  test('the same order that comes twice is answered once', async () => {
    const played = await play('good', async (told) => {
      const run = runPipeline(told.world, RELEASE, () => told.calm);
      await told.reached('monitoring');
      const twice = { 'release-id': 'the-same' };
      const answers = [await told.command('abort', twice), await told.command('abort', twice)];
      await run;
      return answers;
    });
    expect(played).toMatchObject({ ...CLEAN, history: ['aborted by ada'] });
    expect(played.told).toEqual([
      [0, 'accepted: turns back from phase monitoring'],
      [0, 'accepted: turns back from phase monitoring'],
    ]);
    expect(played.answers).toHaveLength(1);
  });

  test('a pause between two stages is kept by the stage that takes over', async () => {
    const played = await play('good', async (told) => {
      await deploy(told);
      const paused = await told.command('pause', { limit: '10m' });
      const concluding = runStage(told.world, 'conclude', RELEASE, GOOD, told.calm);
      await sleep(told.world.cluster.clock, 60_000);
      const phase = journalOf(told.world)?.current?.state.phase;
      const resumed = await told.command('resume');
      await concluding;
      return [paused[0], phase, resumed];
    });
    expect(played).toMatchObject({
      ...CLEAN,
      told: [0, 'holding', [0, 'accepted: goes on in phase holding']],
      history: ['promoted'],
    });
  });
});

const GOOD = { 'deploy-status': 'Succeeded', 'post-validation-status': 'Succeeded' };

describe('while no process drives the release', () => {
  test('promote between two stages validates it, and concludes it', async () => {
    const played = await play('good', async (told) => {
      await deploy(told);
      return told.command('promote');
    });
    expect(played).toMatchObject({
      ...CLEAN,
      told: [0, 'accepted: promoted'],
      history: ['promoted'],
    });
    expect(played.lines.join('\n')).toMatch(/validation=passed checked="\d+ checks of 4 targets"/);
  });

  test.each([
    ['abort', 'aborted by ada'],
    ['drain', 'drained by ada: no traffic to the candidate any more'],
    ['rollback', 'aborted by ada'],
  ] as const)('%s undoes what a killed process has left', async (name, cause) => {
    const played = await play('good', async (told) => {
      await deploy(told, 'monitoring');
      return told.command(name);
    });
    expect(played).toMatchObject({
      ...CLEAN,
      told: [0, 'accepted: rolled-back'],
      history: [cause],
    });
  });

  test.each(['abort', 'drain'] as const)(
    '%s finishes what was turning back when it was cut off',
    async (name) => {
      const played = await play('failing', async (told) => {
        await deploy(told, 'draining');
        const direction = journalOf(told.world)?.current?.state.direction;
        return [direction, await told.command(name)];
      });
      expect(played).toMatchObject({ ...CLEAN, told: ['back', [0, 'accepted: rolled-back']] });
    },
  );

  test('what is dead cannot be paused, and is left to recover', async () => {
    const played = await play('good', async (told) => {
      await deploy(told, 'monitoring');
      const answer = await told.command('pause');
      // For so long an order that was refused has kept the service.
      await sleep(told.world.cluster.clock, 900_000);
      return [answer[1], await recovered(told)];
    });
    expect(played).toMatchObject({
      ...CLEAN,
      told: [expect.stringMatching(/^refused: no process drives it any more/), 0],
      history: ['its run was gone in phase monitoring'],
    });
  });

  test.each(['promote', 'pause', 'resume', 'abort', 'drain'] as const)(
    '%s is refused where no release is under way',
    async (name) => {
      const played = await play('good', ({ command }) => command(name));
      expect(played.told).toEqual([1, `refused: no release of service ${SERVICE} is under way`]);
    },
  );
});

describe('after a release', () => {
  test('rollback goes back and forth, as releases in their own right', async () => {
    const played = await play('good', async (told) => {
      await runPipeline(told.world, RELEASE, () => told.calm);
      return [await told.command('rollback'), await told.command('rollback')];
    });
    expect(played).toMatchObject({
      ...CLEAN,
      told: [
        [0, 'promoted'],
        [0, 'promoted'],
      ],
      history: ['promoted', 'promoted', 'promoted'],
    });
    expect(played.lines.join('\n')).toContain(
      'which="what release run-1 replaced, as its pods were"',
    );
  });

  test('rollback-to-version says where it takes the version from', async () => {
    const played = await play('good', async (told) => {
      await runPipeline(told.world, RELEASE, () => told.calm);
      const back = await told.command('rollback-to-version', { 'image-tag': 'v1' });
      const same = await told.command('rollback-to-version', { 'image-tag': 'v1' });
      return [back, same[0], (await told.command('history'))[1]];
    });
    expect(played).toMatchObject({ ...CLEAN, history: ['promoted', 'promoted'] });
    expect(played.told).toMatchObject([[0, 'promoted'], 0, expect.stringMatching(/^ENDED/)]);
    expect(played.lines.join('\n')).toContain('rollback to=shop:v1');
  });

  test('without a promoted release there is nothing to go back to', async () => {
    const played = await play('failing', async (told) => {
      await runPipeline(told.world, RELEASE, () => told.calm);
      return (await told.command('rollback'))[0];
    });
    expect(played).toMatchObject({ lost: 0, wrong: [], told: 2 });
  });
});

describe('recover', () => {
  test('leaves alone what somebody drives, and a release between two stages', async () => {
    const played = await play('good', async (told) => {
      const run = runPipeline(told.world, RELEASE, () => told.calm);
      await told.reached('monitoring');
      const during = await recovered(told);
      await run;
      return during;
    });
    expect(played).toMatchObject({ ...CLEAN, told: 0, history: ['promoted'] });
    expect(played.lines.join('\n')).toContain('orphans=1 recovered=0 taken-up=0 held=1');
    expect(played.lines.join('\n')).toMatch(/held="process deploy-\d+ of release .* is at work/);
  });

  test('takes away a Lease whose process died before it had begun', async () => {
    const played = await play('good', async (told) => {
      const { objects } = told.world.cluster.world;
      const labels = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
      objects.create(LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: `${SERVICE}-release`, namespace: NAMESPACE, labels },
        spec: {
          holderIdentity: 'run-0/gone',
          leaseDurationSeconds: 15,
          renewTime: '2025-01-01T00:00:00.000000Z',
        },
      });
      return recovered(told);
    });
    expect(played).toMatchObject({ ...CLEAN, told: 0 });
    expect(played.lines.join('\n')).toContain('orphans=1 recovered=1');
  });

  test('says that a journal cannot be read, and changes nothing', async () => {
    const played = await play('good', async (told) => {
      const { cluster } = told.world;
      const labels = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
      cluster.world.objects.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'other-release-journal', namespace: NAMESPACE, labels },
        data: { 'journal.json': '{' },
      });
      return recovered(told);
    });
    expect(played).toMatchObject({ ...CLEAN, told: 3 });
    expect(played.lines.join('\n')).toContain(
      'service=other undecided="its journal cannot be read',
    );
  });
});

async function recovered({ world, calm }: Told): Promise<number> {
  const ended = await runRecover(world, calm);
  return ended.kind === 'exited' ? ended.code : -1;
}
