// The API server is away before a stage has ever reached it. Whoever may have a release to look after
// waits for it, and says so; whoever has none says what it could not reach, and ends.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { journalOf } from '../../verification/world/journal.ts';
import { leasesLeft } from '../../verification/world/leases.ts';
import {
  CALM,
  runCommand,
  runRecover,
  runStage,
} from '../../verification/world/process/pipeline.ts';
import type { Ended, StageProcess } from '../../verification/world/process/process.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST = { id: 'first', tag: 'v2' };
const CUT_OFF = { 'pre-validation-status': 'Succeeded', 'deploy-status': 'Failed' };

let world: ProofWorld;
let lines: string[];
const running = () => ({ ...CALM, log: (line: string) => lines.push(line) });

beforeEach(async () => {
  lines = [];
  world = await startWorld(plainScenario('blue-green', 'good'));
});
afterEach(() => world.stop());

/** A new process of each stage, of a release that another process may have begun. */
const STAGES: Readonly<Record<string, () => Promise<Ended>>> = {
  'pre-validation': () => runStage(world, 'pre-validation', FIRST, {}, running()),
  deploy: () => runStage(world, 'deploy', FIRST, {}, running()),
  'post-validation': () => runStage(world, 'post-validation', FIRST, {}, running()),
  conclude: () => runStage(world, 'conclude', FIRST, CUT_OFF, running()),
  recover: () => runRecover(world, running()),
  'operate status': () => runCommand(world, 'status', 'asked', {}, running()),
  'operate abort': () => runCommand(world, 'abort', 'asked', {}, running()),
};

/** Starts a stage that nobody answers for so long; returns how it ended, and after how long. */
async function startInto(stage: string, awayMs: number) {
  const { clock, apiFaults } = world.cluster;
  const began = clock.now();
  const away = apiFaults.add({ fault: { type: 'unanswered', afterMs: 10 } });
  clock.after(awayMs, () => away.stop());
  const ended = await tell(world, STAGES[stage]?.() ?? Promise.reject(stage), HOUR_MS);
  const code = ended !== 'endless' && ended.kind === 'exited' ? ended.code : ended;
  return { code, tookMs: clock.now() - began };
}

/** A release whose process is gone while the stable and the candidate both run. */
async function leaveUnfinished(): Promise<void> {
  let deploy: StageProcess | undefined;
  const { store } = world.cluster.world;
  const unsubscribe = store.subscribe(() => {
    if (journalOf(world)?.current?.state.phase === 'monitoring') deploy?.kill();
  });
  const onStart = (process: StageProcess) => {
    deploy = process;
  };
  const ended = runStage(world, 'deploy', FIRST, { finish: 'conclude' }, { ...running(), onStart });
  await tell(world, ended, HOUR_MS);
  unsubscribe();
  expect(journalOf(world)?.current?.state.phase).toBe('monitoring');
}

describe('a stage that knows of no release', () => {
  test.each(['pre-validation', 'operate status', 'operate abort'])(
    '%s says what did not answer and ends with exit 3 within 45 s',
    async (stage) => {
      const { code, tookMs } = await startInto(stage, HOUR_MS);
      expect(code).toBe(3);
      expect(tookMs).toBeLessThan(45_000);
      expect(lines.join('\n')).toMatch(/error="GET \S+: no answer: /);
    },
  );
});

describe('a stage that may have a release to look after', () => {
  const GUARDIANS = ['deploy', 'conclude', 'recover'];

  test.each(GUARDIANS)(
    '%s waits for an API server that is away for five minutes, and says so within 15 s',
    async (stage) => {
      await leaveUnfinished();
      lines = [];
      // One look in between: it does not say so only at its end.
      world.cluster.clock.after(15_000, () => lines.push('15 s'));
      const { code } = await startInto(stage, 5 * MINUTE_MS);
      expect(lines.slice(0, lines.indexOf('15 s')).join('\n')).toMatch(
        /waiting="GET \S+: no answer: .*tried for 10m"/,
      );
      expect(code).not.toBe(3);
      expect(journalOf(world)?.history).toHaveLength(1);
      expect(leasesLeft(world)).toEqual([]);
      expect(world.clients.traffic.lost).toEqual([]);
    },
  );

  test('post-validation waits as well, and finds what deploy has left', async () => {
    await leaveUnfinished();
    const { code, tookMs } = await startInto('post-validation', 5 * MINUTE_MS);
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    expect(lines.join('\n')).toMatch(/stage=post-validation outcome=passed checked="/);
  });

  test.each([...GUARDIANS, 'post-validation'])('%s does not wait for ever', async (stage) => {
    const { code, tookMs } = await startInto(stage, HOUR_MS);
    expect(code).toBe(3);
    expect(tookMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(tookMs).toBeLessThan(11 * MINUTE_MS);
    // Neither silent nor a line for every try.
    expect(lines.filter((line) => line.includes('waiting=')).length).toBeLessThanOrEqual(10);
  });
});
