// What an API server, a candidate or the watches do wrong while a release is driven.
import { describe, expect, test } from '@jest/globals';
import { reconcile } from '../../../effects/driver/reconcile.ts';
import { APP } from '../../core/support/objects.ts';
import { QUICK } from '../support/toy-service.ts';
import { type Driving, drive, ends, FOR_EVER, GREEN, last, watched } from './driven.ts';
import { driving } from './support.ts';

describe('a candidate that is no good', () => {
  test('because it never gets ready is taken back, and leaves nothing behind', async () => {
    const it = await driving('blue-green', { startsInMs: (tag) => (tag === 'v2' ? FOR_EVER : 0) });
    expect(await drive(it)).toEqual(ends({ outcome: 'rolled-back' }));
    expect(it.world.serves()).toEqual(['v1']);
    expect(
      it.world.api.found({ apiVersion: 'apps/v1', kind: 'Deployment' }, `${APP}-green`),
    ).toBeUndefined();
  });

  test('because its smoke check fails never gets a request', async () => {
    const it = await driving('blue-green', {
      config: { ...QUICK, smoke: [{ name: 'smoke', path: '/smoke' }] },
      answers: (path, tag) => (path === '/smoke' && tag === 'v2' ? 500 : 200),
    });
    expect(await drive(it)).toEqual(ends({ outcome: 'rolled-back' }));
    expect(it.writes()).not.toContain(`PATCH services/${APP}`);
  });
});

describe('what the watches have kept to themselves', () => {
  const ageOfList = ({ world: { api, virtual } }: Driving): number => {
    const listed = api.asked.findLast(({ call }) => call === 'GET deployments');
    return virtual.now() - (listed?.atMs ?? 0);
  };

  test('is no reason to give a good candidate up: everything is listed first', async () => {
    const it = await driving('blue-green', { startsInMs: (tag) => (tag === 'v2' ? 3_000 : 0) });
    const driven = reconcile(it.owned, it.plan, it.state, 'ended');
    await it.world.passes(1);
    it.world.api.silence();
    expect(await it.world.cameOf(driven, 600)).toEqual(ends({ outcome: 'promoted' }));
  });

  test.each(['rolling', 'blue-green'] as const)(
    '(%s) is listed right before a release is called promoted: what was good may be gone',
    async (strategy) => {
      const it = await driving(strategy);
      const { save } = it.owned.journal;
      let ageMs: number | undefined;
      const journal: typeof it.owned.journal = {
        ...it.owned.journal,
        save: (next) => {
          if (next.current?.state.outcome === 'promoted') ageMs ??= ageOfList(it);
          return save(next);
        },
      };
      await drive({ ...it, owned: { ...it.owned, journal } });
      expect(ageMs).toBeLessThanOrEqual(2_000);
    },
  );

  test('is listed right before old pods are ended: they are taken away on nothing older', async () => {
    const it = await driving('blue-green');
    let ageMs: number | undefined;
    it.world.api.meanwhile(`PATCH deployments/${APP}-blue`, () => {
      ageMs = ageOfList(it);
    });
    await drive(it);
    expect(ageMs).toBeLessThanOrEqual(2_000);
  });
});

describe('an API server', () => {
  const goesAway = ({ world, silenceLease }: Driving): void => {
    world.api.answers('*', 'refused', FOR_EVER);
    world.api.cut();
    silenceLease();
  };

  test('that is away for a while turns nothing back: nobody else can act either', async () => {
    const it = await watched();
    goesAway(it);
    await it.world.passes(75);
    expect(it.selector()).toEqual(GREEN);
    expect(last(it)?.direction).toBe('forward');
    it.world.api.recovers();
    it.silenceLease(false);
    expect(await it.world.cameOf(it.driven, 300)).toEqual(ends({ outcome: 'promoted' }));
  });

  test.each([77, 81])(
    'that is back after %i s is asked for everything at once: each watch would tell its part in its own time',
    async (awaySeconds) => {
      const it = await watched();
      // They do not go away in step, and so would not come back in step.
      for (const call of ['GET services', 'GET pods', 'GET deployments']) {
        it.world.api.answers(call, 'refused', FOR_EVER);
        it.world.api.cut();
        await it.world.passes(1.7);
      }
      goesAway(it);
      await it.world.passes(awaySeconds);
      it.world.api.recovers();
      it.silenceLease(false);
      const { length } = it.world.api.asked;
      await it.world.passes(0.5);
      const listed = it.world.api.asked.slice(length).map(({ call }) => call);
      for (const plural of ['services', 'pods', 'deployments', 'replicasets', 'endpointslices']) {
        expect(listed).toContain(`GET ${plural}`);
      }
    },
  );

  test('that is away for longer than the config says is given up, with exit code 3', async () => {
    const it = await watched();
    goesAway(it);
    expect(await it.world.cameOf(it.driven, 200)).toMatchObject({ exitCode: 3 });
  });

  test('that refuses what is to be done for long makes the release turn back', async () => {
    const it = await driving('blue-green');
    it.world.api.answers(`PATCH services/${APP}`, { status: 403 }, FOR_EVER);
    expect(await drive(it)).toMatchObject({
      value: { outcome: 'rolled-back', cause: expect.stringContaining('the API refuses') },
    });
    expect(it.world.serves()).toEqual(['v1']);
  });

  test('that refuses it for a moment only does not', async () => {
    const it = await driving('blue-green');
    it.world.api.answers(`PATCH services/${APP}`, { status: 403 }, 5);
    expect(await drive(it)).toEqual(ends({ outcome: 'promoted' }));
  });
});

test('an API server that refuses now and then is not one that refuses for long', async () => {
  const steps = [{ weight: 50, duration: '30s' }];
  const it = await driving('canary', {
    config: { ...QUICK, strategy: { canary: { monitoring: '5s', steps } } },
  });
  const driven = reconcile(it.owned, it.plan, it.state, 'ended');
  for (const _ of [1, 2]) {
    it.world.api.answers(`PATCH services/${APP}`, { status: 403 }, 3);
    await it.world.passes(28);
  }
  expect(await it.world.cameOf(driven, 120)).toEqual(ends({ outcome: 'promoted' }));
});
