// What an operator asks for: every command, what becomes of it, and its exit code. What is refused has changed
// nothing; what is heeded is done, by whoever drives the release or, where nobody does, here and now.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL, withResponses } from '../../../core/journal/journal.ts';
import { COMMANDS } from '../../../steps/operate/command.ts';
import { stage } from '../../../steps/operate/stage.ts';
import { AT, journalOf, RUN, recordFor } from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { endOf } from '../support.ts';
import { driven, found, left, OWN } from './commands.ts';

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
