// What an operator asks for: every command, what becomes of it, and its exit code. What is refused has changed
// nothing; what is heeded is done, by whoever drives the release or, where nobody does, here and now.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { readCommands } from '../../../core/journal/commands/command.ts';
import {
  EMPTY_JOURNAL,
  journalName,
  readJournal,
  withResponses,
} from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { COMMANDS } from '../../../steps/operate/command.ts';
import { stage } from '../../../steps/operate/stage.ts';
import { APP } from '../../core/support/objects.ts';
import {
  AT,
  configMapOf,
  endedAs,
  journalOf,
  RUN,
  recordFor,
  releaseIn,
} from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { QUICK, type ToyOptions } from '../../effects/support/toy-service.ts';
import { endOf, staged, stagedIn } from '../support.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const OWN = { 'release-id': 'operate-1', by: 'ada' };
const SLOW = { ...QUICK, strategy: { blueGreen: { monitoring: '2m' } } };
const ORDERS = ['promote', 'pause', 'resume', 'abort', 'drain'] as const;
const left = releaseIn('blue-green', 'preparing', { config: QUICK });
type World = Awaited<ReturnType<typeof staged>>['world'];

const journalIn = ({ api }: World) => {
  const stored = api.found<ConfigMap>(CONFIG_MAP, journalName(APP));
  const journal = readJournal(stored?.data);
  if (typeof journal === 'string') throw new Error(journal);
  return { journal, orders: readCommands(stored?.data) };
};

/** A release that another process drives, while the candidate is watched. */
async function driven() {
  const made = await staged(deploy, { config: SLOW });
  const ended = made.start({ strategy: 'blue-green' });
  ended.catch(() => undefined);
  await made.world.passes(30);
  expect(made.world.serves()).toEqual(['v2']);
  const { run, start, writes } = stagedIn(made.world, stage);
  const command = (name: string, given = {}) => run({ ...OWN, command: name, ...given });
  const deployed = async () => endOf(await made.world.cameOf(ended, 300));
  return { world: made.world, command, start, writes, deployed };
}

/** A release that waits to be concluded, and nobody drives it. */
async function waiting(options: ToyOptions = {}) {
  const made = await staged(deploy, options);
  await made.run({ strategy: 'blue-green', finish: 'conclude' });
  const { run, writes } = stagedIn(made.world, stage);
  const command = (name: string, given = {}) => run({ ...OWN, command: name, ...given });
  return { world: made.world, command, writes };
}

async function found(setting: Parameters<typeof staged>[1] = {}) {
  const { run, ...made } = await staged(stage, setting);
  return {
    ...made,
    command: (name: string, given = {}) => run({ ...OWN, command: name, ...given }),
  };
}

describe('bad input ends with 2, and nothing is touched', () => {
  test.each<[string, Record<string, string>]>([
    ['a command that is none', { command: 'yolo' }],
    ['a limit that is no duration', { command: 'pause', limit: 'soon' }],
    ['a limit of nothing', { command: 'pause', limit: '0s' }],
    ['a concurrency that is none', { command: 'turn', concurrency: 'yolo' }],
    ['a version that is no tag', { command: 'rollback-to-version', 'image-tag': '' }],
    ['a service that is not there', { command: 'status', service: 'other' }],
  ])('%s', async (_what, given) => {
    const { command, world } = await found({ journal: journalOf(left) });
    expect(await command('', given)).toMatchObject({ exitCode: 2 });
    expect(world.api.writes).toEqual([]);
  });

  test('all that is wrong is told at once', async () => {
    const { command } = await found();
    const { message = '' } = await command('yolo', { limit: 'soon', concurrency: 'yolo' });
    expect(message.split('\n')).toHaveLength(3);
  });
});

describe('status and history', () => {
  test.each(['status', 'history'])('%s only looks, while a release is driven', async (name) => {
    const { command, world } = await driven();
    const seen = world.api.writes.length;
    const { exitCode, results } = await command(name);
    expect([exitCode, results?.answer === '']).toEqual([0, false]);
    const own = world.api.asked.filter(({ call }) => /^(POST|PUT|PATCH|DELETE)/.test(call));
    expect(own.length - seen).toBeLessThanOrEqual(1);
  });

  test('status tells what is under way, and history how others have ended', async () => {
    const journal = {
      ...journalOf(left),
      history: [recordFor('run-0', { outcome: 'rolled-back' })],
    };
    const { command, world } = await found({ journal });
    expect((await command('status')).results?.answer).toContain(RUN);
    expect((await command('history')).results?.answer).toContain('rolled-back');
    expect(world.api.writes).toEqual([]);
  });

  test.each(['status', 'history'])('%s ends with 0 where no release ever was', async (name) => {
    const { command } = await found();
    expect(await command(name)).toMatchObject({ exitCode: 0 });
  });

  test('status ends with 3 where the journal cannot be read', async () => {
    const { command } = await found({ journal: EMPTY_JOURNAL, data: { 'journal.json': 'x' } });
    expect(await command('status')).toMatchObject({ exitCode: 3 });
  });
});

describe('an order', () => {
  test.each(ORDERS)('to %s ends with 1 where no release is under way', async (name) => {
    const { command, writes } = await found({ journal: journalOf(endedAs('promoted', left)) });
    expect(await command(name)).toMatchObject({
      exitCode: 1,
      results: { answer: expect.stringContaining('refused: no release') },
    });
    expect(writes()).toEqual([]);
  });

  test('to abort is answered by the process that drives the release, which turns back', async () => {
    const { command, world, deployed } = await driven();
    expect(await command('abort')).toMatchObject({
      exitCode: 0,
      results: { answer: expect.stringMatching(/^accepted: /) },
    });
    expect(await deployed()).toMatchObject({ exitCode: 1, results: { outcome: 'rolled-back' } });
    expect(world.serves()).toEqual(['v1']);
    expect(journalIn(world).journal.answers).toMatchObject([{ by: 'ada', id: 'operate-1' }]);
  });

  test('to promote ends the watching', async () => {
    const { command, deployed } = await driven();
    expect(await command('promote')).toMatchObject({ exitCode: 0 });
    expect(await deployed()).toMatchObject({ exitCode: 0, results: { outcome: 'promoted' } });
  });

  test('to pause holds it until its limit, and to resume lets it go on', async () => {
    const { command, world } = await driven();
    expect(await command('pause', { limit: '30m' })).toMatchObject({ exitCode: 0 });
    await world.passes(250);
    expect(journalIn(world).journal.current?.state).toMatchObject({
      phase: 'monitoring',
      wait: { kind: 'paused' },
    });
    expect(await command('resume', { 'release-id': 'operate-2' })).toMatchObject({ exitCode: 0 });
    await world.passes(150);
    expect(journalIn(world).journal.current?.state.outcome).toBe('promoted');
  });

  test('that is refused by whoever drives the release ends with 1', async () => {
    const { command } = await driven();
    expect(await command('resume')).toMatchObject({
      exitCode: 1,
      results: { answer: expect.stringMatching(/^refused: /) },
    });
  });

  test('that was answered before is not given again, when its pod is made anew', async () => {
    const answer = { id: 'operate-1', order: 'abort', by: 'ada', at: AT, taken: 'heeded' } as const;
    const journal = withResponses(journalOf(left), [{ ...answer, text: 'it turns back' }]);
    const { command } = await found({ journal });
    expect(await command('abort')).toMatchObject({
      exitCode: 0,
      results: { answer: 'accepted: it turns back' },
    });
  });

  test('ends with 3 where whoever has the Lease does not take it up within a minute, and is left', async () => {
    const { command, world } = await found({ journal: journalOf(left) });
    world.api.put(leaseOf(`${RUN}/hangs`, { seconds: 600 }));
    expect(await command('abort')).toMatchObject({ exitCode: 3 });
    expect(journalIn(world).orders).toMatchObject([{ order: 'abort', release: RUN, by: 'ada' }]);
  });

  test('ends with 1 where the release has ended before it saw it', async () => {
    const { start, world } = await found({ journal: journalOf(left) });
    world.api.put(leaseOf(`${RUN}/p0`, { seconds: 600 }));
    const asked = start({ ...OWN, command: 'abort' });
    await world.passes(3);
    world.api.put(configMapOf(journalOf(endedAs('promoted', left))));
    expect(endOf(await world.cameOf(asked))).toMatchObject({
      exitCode: 1,
      results: { answer: expect.stringContaining('ended before it saw the order') },
    });
  });

  test('ends with 143 where it is stopped while it waits, and is left for the release', async () => {
    const { start, world } = await found({ journal: journalOf(left) });
    world.api.put(leaseOf(`${RUN}/p0`, { seconds: 600 }));
    const stop = new AbortController();
    const asked = start({ ...OWN, command: 'abort' }, { stop: stop.signal });
    await world.passes(3);
    stop.abort();
    expect(endOf(await world.cameOf(asked, 5))).toMatchObject({ exitCode: 143 });
    expect(journalIn(world).orders).toHaveLength(1);
  });

  test('says whom the API server saw, beside what was said', async () => {
    const { command, world } = await found({ journal: journalOf(left) });
    world.api.texts.set(
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      JSON.stringify({ status: { userInfo: { username: 'system:serviceaccount:ci:operate' } } }),
    );
    world.api.put(leaseOf(`${RUN}/p0`, { seconds: 600 }));
    await command('abort');
    expect(journalIn(world).orders).toMatchObject([
      { by: 'ada', as: { user: 'system:serviceaccount:ci:operate' } },
    ]);
  });
});

describe('an order to a release that nobody drives is carried out here and now', () => {
  test('to promote, where it is good', async () => {
    const { command, world } = await waiting();
    expect(await command('promote')).toMatchObject({
      exitCode: 0,
      results: { answer: 'accepted: promoted' },
    });
    expect(world.serves()).toEqual(['v2']);
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test('to promote ends with 1 where its validation fails: it is taken back', async () => {
    let isOn = false;
    const { command, world } = await waiting({
      config: { ...QUICK, smoke: [{ name: 'pay', path: '/pay' }] },
      answers: (path, tag) => (isOn && path === '/pay' && tag === 'v2' ? 500 : 200),
    });
    isOn = true;
    expect(await command('promote')).toMatchObject({
      exitCode: 1,
      results: { answer: 'accepted: rolled-back' },
    });
    expect(world.serves()).toEqual(['v1']);
  });

  test.each(['abort', 'drain'])('to %s', async (name) => {
    const { command, world } = await waiting();
    expect(await command(name)).toMatchObject({
      exitCode: 0,
      results: { answer: 'accepted: rolled-back' },
    });
    expect(world.serves()).toEqual(['v1']);
  });

  test('to abort, where it was cut off in the middle', async () => {
    const { command, world } = await found({ journal: journalOf(left) });
    expect(await command('abort')).toMatchObject({ exitCode: 0 });
    expect(journalIn(world).journal.history[0]).toMatchObject({ outcome: 'rolled-back' });
  });

  test.each(['pause', 'resume'])(
    'to %s is refused where it was cut off: nobody would heed it',
    async (name) => {
      const { command, world } = await found({ journal: journalOf(left) });
      expect(await command(name)).toMatchObject({
        exitCode: 1,
        results: { answer: expect.stringContaining('refused: no process drives it any more') },
      });
      expect(journalIn(world).journal.answers).toHaveLength(1);
    },
  );
});

describe('rollback', () => {
  test('is a release of its own to what was before, and ends with 0', async () => {
    const { run, world } = await staged(deploy);
    await run({ strategy: 'blue-green' });
    expect(world.serves()).toEqual(['v2']);
    const ended = await stagedIn(world, stage).run({ ...OWN, command: 'rollback' });
    expect(ended).toMatchObject({ exitCode: 0, results: { answer: 'promoted' } });
    expect(world.serves()).toEqual(['v1']);
    expect(journalIn(world).journal.history[0]).toMatchObject({ release: 'operate-1' });
  });

  test('of a release that is under way is an order to abort it', async () => {
    const { command, world, deployed } = await driven();
    expect(await command('rollback')).toMatchObject({ exitCode: 0 });
    expect(await deployed()).toMatchObject({ results: { outcome: 'rolled-back' } });
    expect(world.serves()).toEqual(['v1']);
  });

  test('ends with 2 where nothing was ever promoted, and nothing is changed', async () => {
    const { command, writes } = await found();
    expect(await command('rollback')).toMatchObject({ exitCode: 2 });
    expect(writes()).toEqual([]);
  });

  test('ends with 4 where another release holds the service', async () => {
    const { command, world, writes } = await found();
    world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
    expect(await command('rollback')).toMatchObject({ exitCode: 4 });
    expect(writes()).toEqual([]);
  });

  test('ends with 1 where the old version does not get ready any more', async () => {
    let isOld = false;
    const { run, world } = await staged(deploy, {
      startsInMs: (tag) => (isOld && tag === 'v1' ? Number.POSITIVE_INFINITY : 500),
    });
    await run({ strategy: 'blue-green' });
    isOld = true;
    const ended = await stagedIn(world, stage).run({ ...OWN, command: 'rollback' });
    expect(ended).toMatchObject({ exitCode: 1, results: { answer: 'rolled-back' } });
    expect(world.serves()).toEqual(['v2']);
  });

  test('that is asked for once more says how it ended, and is not done again', async () => {
    const history = [recordFor('operate-1')];
    const { command, writes } = await found({ journal: { ...EMPTY_JOURNAL, history } });
    expect(await command('rollback')).toMatchObject({
      exitCode: 0,
      results: { answer: 'promoted' },
    });
    expect(writes()).toEqual([]);
  });
});

describe('rollback to a version', () => {
  test('releases what the registry has under it', async () => {
    const { command, world } = await found();
    expect(await command('rollback-to-version', { 'image-tag': 'v0' })).toMatchObject({
      exitCode: 0,
    });
    expect(world.serves()).toEqual(['v0']);
  });

  test('ends with 2 where there is no such version', async () => {
    const { command, writes } = await found({ registry: () => 404 });
    expect(await command('rollback-to-version', { 'image-tag': 'v0' })).toMatchObject({
      exitCode: 2,
    });
    expect(writes()).toEqual([]);
  });

  test('ends with 0 and unchanged where it runs already', async () => {
    const { start, world, writes } = await found({ registry: () => 500 });
    const again = start({ ...OWN, command: 'rollback-to-version', 'image-tag': 'v1' });
    expect(endOf(await world.cameOf(again))).toMatchObject({
      exitCode: 0,
      results: { answer: expect.stringContaining('unchanged') },
    });
    expect(writes()).toEqual([]);
  });

  test('is refused while a release is under way: it is not clear which of them is meant', async () => {
    const { command, world } = await found({ journal: journalOf(left) });
    expect(await command('rollback-to-version', { 'image-tag': 'v0' })).toMatchObject({
      exitCode: 1,
      results: { answer: expect.stringContaining(`release ${RUN} is under way`) },
    });
    expect(world.api.writes).toEqual([]);
  });
});

describe('turn', () => {
  test('ends with 0 and keeps the service for its run', async () => {
    const { command, world } = await found();
    expect(await command('turn')).toMatchObject({ exitCode: 0 });
    expect(world.api.found(LEASE, LEASE_NAME)).toMatchObject({
      spec: { holderIdentity: 'operate-1/' },
    });
  });

  test('ends with 4 where it has waited for its limit in vain, or is to wait for nobody', async () => {
    for (const given of [{ limit: '30s' }, { concurrency: 'refuse' }]) {
      const { command, world } = await found();
      world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
      expect(await command('turn', given)).toMatchObject({ exitCode: 4 });
      expect(world.api.found(LEASE, LEASE_NAME)).toMatchObject({
        spec: { holderIdentity: 'run-0/p0' },
      });
    }
  });

  test('ends with 143 where it is stopped while it waits', async () => {
    const { start, world } = await found();
    world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
    const stop = new AbortController();
    const asked = start({ ...OWN, command: 'turn' }, { stop: stop.signal });
    await world.passes(3);
    stop.abort();
    expect(endOf(await world.cameOf(asked, 5))).toMatchObject({ exitCode: 143 });
  });
});

test.each(COMMANDS)('%s writes the result that the stage names', async (name) => {
  const { command } = await found({ journal: { ...EMPTY_JOURNAL, history: [recordFor('run-0')] } });
  const { results } = await command(name, { 'image-tag': 'v0' });
  if (results) expect(Object.keys(results)).toEqual(stage.results);
});

test('an order of another release’s id is not taken for an answer to this one', async () => {
  const answer = { id: 'operate-0', order: 'abort', by: 'bob', at: AT, taken: 'heeded' } as const;
  const journal = withResponses(journalOf(left), [{ ...answer, text: 'theirs' }]);
  const { command, world } = await found({ journal });
  world.api.put(leaseOf(`${releaseId('run-1')}/p0`, { seconds: 600 }));
  expect(await command('abort')).toMatchObject({ exitCode: 3 });
});
