// What an operator asks of a release is heard by who drives it, or carried out here and now.
import { describe, expect, test } from '@jest/globals';
import { withResponses } from '../../../core/journal/journal.ts';
import { AT, configMapOf, endedAs, journalOf, RUN } from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { endOf } from '../support.ts';
import { driven, found, journalIn, left, ORDERS, OWN, waiting } from './commands.ts';

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
