// Every way in which post-validation can end: it is asked by whoever decides whether a release may stand, so
// that it could not ask is never good news.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL } from '../../../core/journal/journal.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { stage } from '../../../steps/post-validation/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { journalOf, releaseIn } from '../../core/support/releases.ts';
import { QUICK, type ToyOptions } from '../../effects/support/toy-service.ts';
import { staged, stagedIn } from '../support.ts';

const CHECKED = { ...QUICK, smoke: [{ name: 'pay', path: '/pay' }] };

/** After a deploy that has handed the release over. */
async function handedOver(options: ToyOptions = {}) {
  const { world, run } = await staged(deploy, { config: CHECKED, ...options });
  const { exitCode } = await run({ strategy: 'blue-green', finish: 'conclude' });
  if (exitCode !== 0) throw new Error('it is handed over');
  return stagedIn(world, stage);
}

describe('post-validation ends with 0', () => {
  test('where every new pod and the service answer as they should, and has asked all of them', async () => {
    const { run, world, writes } = await handedOver();
    const { length } = world.requests;
    expect(await run()).toMatchObject({ exitCode: 0, results: { verdict: 'passed' } });
    const asked = world.requests.slice(length).map(({ url }) => new URL(url));
    const ofChecks = asked.filter(({ pathname }) => pathname === '/pay');
    expect(new Set(ofChecks.map(({ hostname }) => hostname)).size).toBe(3 + 1);
    expect(writes()).toEqual([]);
  });

  test.each([
    ['this run has released nothing', EMPTY_JOURNAL],
    [
      'another release was the last',
      journalOf(releaseIn('rolling', 'rolling', { release: releaseId('run-0') })),
    ],
  ])('where %s: there is nothing to ask', async (_what, journal) => {
    const { run, world } = await staged(stage, { journal });
    expect(await run()).toMatchObject({ exitCode: 0, results: { verdict: 'passed' } });
    expect(world.requests).toEqual([]);
  });
});

describe('post-validation ends with 1', () => {
  test('where a check fails, and was tried more than once', async () => {
    let asked = 0;
    let isOn = false;
    const { run, world } = await handedOver({
      answers: (path) => {
        if (path !== '/pay' || !isOn) return 200;
        asked += 1;
        return 500;
      },
    });
    isOn = true;
    expect(await run()).toMatchObject({ exitCode: 1, results: { verdict: 'failed' } });
    expect(asked).toBeGreaterThan(4);
    expect(world.lines.filter((line) => line.includes('/pay')).length).toBeGreaterThan(0);
  });

  test('where no new pod is ready any more', async () => {
    const { run, world } = await handedOver();
    for (const { metadata } of world.api.all({ apiVersion: 'v1', kind: 'Pod' })) {
      if (metadata.name.includes('green'))
        world.api.drop({ apiVersion: 'v1', kind: 'Pod' }, metadata.name);
    }
    expect(await run()).toMatchObject({ exitCode: 1, message: 'no pod of the candidate is ready' });
  });

  test('where the service is gone', async () => {
    const { run, world } = await handedOver();
    world.api.drop({ apiVersion: 'v1', kind: 'Service' }, APP);
    expect(await run()).toMatchObject({ exitCode: 1, message: expect.stringContaining('is gone') });
  });
});

describe('post-validation ends with 3', () => {
  test.each(['configmaps', 'pods', 'services'])('where it may not look at %s', async (plural) => {
    const { run, world } = await handedOver();
    world.api.answers(`GET ${plural}`, { status: 403 }, Number.POSITIVE_INFINITY);
    expect(await run()).toMatchObject({ exitCode: 3 });
  });

  test('where the API does not answer, but not before it was waited for: a good release is not turned back', async () => {
    const { start, world } = await handedOver();
    world.api.answers('*', 'refused', Number.POSITIVE_INFINITY);
    const asked = start();
    expect(await world.cameOf(asked, 300)).toBe('waits');
    world.api.recovers();
    expect(await world.cameOf(asked, 60)).toMatchObject({ value: { exitCode: 0 } });
  });
});
