// Going back to an earlier version: a release of its own, of what the journal knows.
import { describe, expect, test } from '@jest/globals';
import { EMPTY_JOURNAL } from '../../../core/journal/journal.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { stage } from '../../../steps/operate/stage.ts';
import { journalOf, RUN, recordFor } from '../../core/support/releases.ts';
import { leaseOf } from '../../effects/support/leases.ts';
import { endOf, staged, stagedIn } from '../support.ts';
import { driven, found, journalIn, left, OWN } from './commands.ts';

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
