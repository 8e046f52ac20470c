// A run takes its turn: it waits for the release that is under way, or asks it to turn back, or goes.
import { describe, expect, test } from '@jest/globals';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { stage } from '../../../steps/operate/stage.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { endOf, staged, stagedIn } from '../support.ts';
import { journalIn } from './commands.ts';

const SLOW = { ...QUICK, strategy: { blueGreen: { monitoring: '2m' } } };
type Concurrency = 'queue' | 'supersede' | 'refuse';

/** run-1 is released, where it `begins`; `asks`: by a run that had asked for its turn. */
async function underWay({ asks, begins }: { asks: boolean; begins: boolean }) {
  const { world, start } = await staged(deploy, { config: SLOW });
  const operate = stagedIn(world, stage);
  const turn = (release: string, concurrency: Concurrency) =>
    operate.start({ command: 'turn', 'release-id': release, concurrency, limit: '15m' });
  if (asks) expect(endOf(await world.cameOf(turn('run-1', 'queue'), 60)).exitCode).toBe(0);
  const ended = begins ? start({ strategy: 'blue-green' }) : undefined;
  ended?.catch(() => undefined);
  await world.passes(30);
  return {
    world,
    turn: async (concurrency: Concurrency) =>
      endOf(await world.cameOf(turn('run-2', concurrency), 900)),
    released: async () =>
      ended ? endOf(await world.cameOf(ended, 300)).results?.outcome : undefined,
  };
}

describe('a turn', () => {
  test('in the queue comes when the release before has ended by itself', async () => {
    const { turn, released } = await underWay({ asks: true, begins: true });
    expect((await turn('queue')).results?.answer).toMatch(
      /waited for run-1, which ended promoted$/,
    );
    expect(await released()).toBe('promoted');
  });

  test('that supersedes asks the release before it to turn back, once', async () => {
    const { turn, released, world } = await underWay({ asks: true, begins: true });
    expect((await turn('supersede')).results?.answer).toMatch(
      /superseded run-1, which ended rolled-back$/,
    );
    expect(await released()).toBe('rolled-back');
    expect(journalIn(world).journal.answers).toMatchObject([{ id: 'run-2-supersedes' }]);
  });

  test('that supersedes leaves alone what somebody began by hand', async () => {
    const { turn, released } = await underWay({ asks: false, begins: true });
    expect((await turn('supersede')).results?.answer).toMatch(/waited for run-1, which ended/);
    expect(await released()).toBe('promoted');
  });

  test('that supersedes orders nothing of a run that has not begun: it gives way by itself', async () => {
    const { turn, world } = await underWay({ asks: true, begins: false });
    expect((await turn('supersede')).results?.answer).toMatch(/^after /);
    expect(journalIn(world).orders).toEqual([]);
  });

  test('that is refused ends with 4, and asks nobody for anything', async () => {
    const { turn, released } = await underWay({ asks: true, begins: true });
    expect((await turn('refuse')).exitCode).toBe(4);
    expect(await released()).toBe('promoted');
  });
});
