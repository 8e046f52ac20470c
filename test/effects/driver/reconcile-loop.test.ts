// Whatever was decided is in the journal before it is done; whoever may not write it down, has lost the
// Lease or sees what was goes no further; and whoever has to end leaves the service safe.
import { describe, expect, test } from '@jest/globals';
import { commandsData } from '../../../core/journal/commands/command.ts';
import { journalName } from '../../../core/journal/journal.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { reconcile } from '../../../effects/driver/reconcile.ts';
import { KubeError } from '../../../effects/kube/refusal.ts';
import { APP, deployment } from '../../core/support/objects.ts';
import { AT, BLUE, configMapOf, journalOf, RUN } from '../../core/support/releases.ts';
import { QUICK } from '../support/toy-service.ts';
import { type Driving, drive, ends, FOR_EVER, GREEN, last, watched } from './driven.ts';
import { driving } from './support.ts';

describe('a release that is driven', () => {
  test.each(['rolling', 'blue-green', 'canary'] as const)(
    '(%s) ends promoted, and every state of it was saved',
    async (strategy) => {
      const it = await driving(strategy);
      expect(await drive(it)).toEqual(ends({ outcome: 'promoted' }));
      expect(it.world.serves()).toEqual(['v2']);
      expect(last(it)).toMatchObject({ outcome: 'promoted', phase: 'done' });
    },
  );

  test('waits for somebody to conclude, where that is another stage’s to do', async () => {
    const it = await driving('blue-green');
    expect(await drive(it, 'handed-over')).toEqual(ends({ phase: 'holding', outcome: undefined }));
    expect(it.writes()).not.toContain(`PATCH deployments/${APP}-blue`);
  });

  test('and waited for that already is not concluded by who only drives it there', async () => {
    const it = await driving('blue-green');
    const held = await it.world.done(reconcile(it.owned, it.plan, it.state, 'handed-over'));
    const { length } = it.writes();
    const again = await it.world.cameOf(reconcile(it.owned, it.plan, held, 'handed-over'));
    expect(again).toEqual(ends({ phase: 'holding', outcome: undefined }));
    expect(it.writes()).toHaveLength(length);
  });

  test('asks the service no more once it has ended', async () => {
    let asked = 0;
    const openLane: StageContext['openLane'] = (_address, over) => ({
      ask: async () => {
        asked += 1;
        return { kind: 'answered', over, status: 200 };
      },
      renew: () => undefined,
    });
    const it = await driving('rolling', { config: { ...QUICK, prober: {} }, own: { openLane } });
    await drive(it);
    const atEnd = asked;
    expect(atEnd).toBeGreaterThan(10);
    await it.world.passes(5);
    expect(asked).toBe(atEnd);
  });

  test('asks for nothing more once it has ended', async () => {
    const it = await driving('blue-green');
    await drive(it);
    const { length } = it.world.api.asked;
    await it.world.passes(120);
    expect(it.world.api.asked).toHaveLength(length);
  });

  test('is about this service’s own pods, or nothing is done to them', async () => {
    const it = await driving('rolling');
    const { plan } = it;
    if (plan.strategy !== 'rolling') throw new Error('it is');
    it.world.api.put(deployment('ledger', 'v1', { app: 'ledger' }));
    const edited = { ...plan, workload: { ...plan.workload, name: 'ledger' } };
    const came = await it.world.cameOf(reconcile(it.owned, edited, it.state, 'ended'));
    expect(came).toMatchObject({ exitCode: 3, message: expect.stringContaining('ledger') });
    expect([it.writes(), it.saved]).toEqual([[], []]);
  });
});

describe('what was decided', () => {
  test.each([
    ['create the candidate', `POST deployments/${APP}-green`],
    ['move the traffic', `PATCH services/${APP}`],
    ['end the old pods', `PATCH deployments/${APP}-blue`],
  ])('(to %s) is in the journal before it is done', async (_what, write) => {
    const it = await driving('blue-green');
    let before: readonly string[] = [];
    it.world.api.meanwhile(write, () => {
      before = it.saved.at(-1)?.current?.actions.map(({ text }) => text) ?? [];
    });
    await drive(it);
    expect(it.writes()).toContain(write);
    expect(before.at(-1) ?? '').toMatch(/^(create|send|scale|delete) (deployment|service) /);
    expect(before.join()).toContain(write.split('/')[1]);
  });

  test('is not done as long as it cannot be written down', async () => {
    const it = await driving('blue-green');
    it.failSaving(new KubeError(503, 'PUT configmaps: status 503', 3));
    expect(await drive(it, 'ended', 15)).toBe('waits');
    expect(it.writes()).toEqual([]);
    it.failSaving();
    await it.world.passes(60);
    expect(it.world.serves()).toEqual(['v2']);
  });

  test('is done only by whoever holds the Lease, asked anew before each write', async () => {
    const it = await driving('blue-green');
    it.loseLease();
    expect(await drive(it)).toMatchObject({ exitCode: 4 });
    expect([it.writes(), it.saved]).toEqual([[], []]);
  });

  test('is not done by whoever loses the Lease between writing it down and doing it', async () => {
    const it = await driving('blue-green');
    const { save } = it.owned.journal;
    const journal: typeof it.owned.journal = {
      ...it.owned.journal,
      save: async (next) => {
        await save(next);
        if ((next.current?.actions.length ?? 0) > 0) it.loseLease();
      },
    };
    const came = await drive({ ...it, owned: { ...it.owned, journal } });
    expect(came).toMatchObject({ exitCode: 4 });
    expect(it.saved.length).toBeGreaterThan(0);
    expect(it.writes()).toEqual([]);
  });

  test('is not gone on with after a write that was refused: the world is looked at first', async () => {
    const it = await driving('blue-green');
    it.world.api.answers('POST deployments', { status: 409 });
    await drive(it);
    const calls = it.world.api.asked.map(({ call }) => call);
    const refused = calls.indexOf(`POST deployments/${APP}-green`);
    const next = calls
      .slice(refused + 1)
      .filter((call) => !/^(GET|WATCH) (?!deployments\/)/.test(call));
    expect(next[0]).toBe(`GET deployments/${APP}-green`);
    expect(next[1]).toBe(`POST deployments/${APP}-green`);
  });
});

describe('a process that has lost its Lease', () => {
  test('in the middle does nothing more, not even what would be safe: another one drives', async () => {
    const it = await watched();
    const { length } = it.writes();
    it.loseLease();
    it.stop.abort();
    expect(await it.world.cameOf(it.driven)).toMatchObject({ exitCode: 4 });
    expect(it.writes()).toHaveLength(length);
    expect(it.selector()).toEqual(GREEN);
  });

  test('and learns of it when it saves does nothing more either', async () => {
    const it = await watched();
    const { length } = it.writes();
    it.failSaving(Object.assign(new KubeError(409, 'another process drives', 3), { exitCode: 4 }));
    it.stop.abort();
    expect(await it.world.cameOf(it.driven)).toMatchObject({ exitCode: 4 });
    expect(it.writes()).toHaveLength(length);
  });
});

describe('a process that has to end', () => {
  test('while the candidate serves and nobody else watches it sends traffic back first', async () => {
    const it = await watched();
    expect(it.selector()).toEqual(GREEN);
    it.stop.abort();
    expect(await it.world.cameOf(it.driven, 20)).toEqual(
      ends({ direction: 'back', outcome: undefined }),
    );
    expect(it.selector()).toEqual(BLUE);
    expect(last(it)).toMatchObject({ direction: 'back' });
  });

  test('makes the service safe even where it cannot be written down, and says that it could not', async () => {
    const it = await watched();
    it.failSaving(new KubeError(500, 'PUT configmaps: status 500', 3));
    it.stop.abort();
    expect(await it.world.cameOf(it.driven, 20)).toMatchObject({ exitCode: 3 });
    expect(it.selector()).toEqual(BLUE);
  });

  test('before anything serves that is new has nothing to send back', async () => {
    const it = await driving('blue-green', { startsInMs: (tag) => (tag === 'v2' ? FOR_EVER : 0) });
    const driven = reconcile(it.owned, it.plan, it.state, 'ended');
    await it.world.passes(5);
    it.stop.abort();
    expect(await it.world.cameOf(driven, 20)).toEqual(ends({ outcome: undefined }));
    expect(it.writes()).not.toContain(`PATCH services/${APP}`);
  });
});

describe('an order that comes while a release is driven', () => {
  const orders = (it: Driving, order: 'abort' | 'promote', id = 'order-1') =>
    it.world.api.put({
      ...configMapOf(journalOf(it), {
        ...commandsData([{ id, release: RUN, by: 'ada', at: AT, order }]),
      }),
      metadata: { name: journalName(APP), namespace: 'default' },
    });

  test('to abort is taken up within a second, and answered in the journal', async () => {
    const it = await watched();
    orders(it, 'abort');
    await it.world.passes(1);
    expect(it.saved.at(-1)?.answers).toMatchObject([{ id: 'order-1', taken: 'heeded' }]);
    expect(await it.world.cameOf(it.driven)).toEqual(ends({ outcome: 'rolled-back' }));
    expect(it.saved.flatMap(({ answers }) => answers.map(({ id }) => id)).at(-1)).toBe('order-1');
    expect(it.saved.at(-1)?.answers).toHaveLength(1);
  });

  test('to promote ends the waiting', async () => {
    const it = await watched();
    orders(it, 'promote');
    expect(await it.world.cameOf(it.driven, 30)).toEqual(ends({ outcome: 'promoted' }));
  });

  test('was there before the process, and is taken up all the same', async () => {
    const it = await driving('blue-green');
    orders(it, 'abort');
    expect(await drive(it)).toEqual(ends({ outcome: 'rolled-back' }));
    expect(it.writes()).not.toContain(`PATCH services/${APP}`);
  });
});
