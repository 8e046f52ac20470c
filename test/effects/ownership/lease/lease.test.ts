// Who may drive is decided by what is seen of a Lease, not by the times that another clock has written.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import type { Lease } from '../../../../core/kubernetes/objects.ts';
import { type HeldLease, takeLease } from '../../../../effects/ownership/lease/lease.ts';
import { LEASE, LEASE_NAME, leaseOf, SUBJECT } from '../../support/leases.ts';
import { clockOver } from '../../support/virtual.ts';
import { type FakeWorld, fakeWorld } from '../../support/world.ts';

const RIVAL = { ...SUBJECT, release: releaseId('second') };
const unchanged = () => Promise.resolve();

/** A process whose clock is wrong. */
function skewed(world: FakeWorld, name: string, skewMs: number) {
  return world.process(name, { clock: clockOver(world.virtual, skewMs) });
}

function holderIn({ api }: FakeWorld): string | undefined {
  return api.found<Lease>(LEASE, LEASE_NAME)?.spec?.holderIdentity;
}

async function held(world: FakeWorld, name = 'p1'): Promise<HeldLease> {
  return world.done(takeLease(world.process(name), SUBJECT));
}

describe('a Lease that its process renews', () => {
  test.each([-300_000, -60_000, -20_000, 0, 9_000, 12_000, 20_000, 300_000])(
    'is not taken by a rival whose clock is off by %i ms, who is told who holds it',
    async (skewMs) => {
      const world = fakeWorld();
      const lease = await held(world);
      await world.passes(22);
      const rival = takeLease(skewed(world, 'p2', skewMs), RIVAL);
      expect(await world.cameOf(rival)).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('process p1 of release first is at work'),
      });
      await lease.ensureHeld(unchanged);
    },
  );

  test('is left alone by a recoverer of the same release', async () => {
    const world = fakeWorld();
    await held(world);
    await world.passes(22);
    const other = takeLease(skewed(world, 'r', 20_000), SUBJECT, 'is-left-alone');
    expect(await world.cameOf(other)).toMatchObject({ exitCode: 4 });
  });

  test('is waited for by the next process of the same release, which drives only then', async () => {
    const world = fakeWorld();
    const lease = await held(world);
    const next = takeLease(world.process('p2'), SUBJECT);
    expect(await world.cameOf(next, 40)).toBe('waits');
    await lease.handOver(60_000);
    expect(await world.done(next, 5)).toMatchObject({ predecessor: 'handed-over' });
  });

  test('is waited for no longer than until its process has to end', async () => {
    const world = fakeWorld();
    await held(world);
    const stop = new AbortController();
    const next = takeLease(world.process('p2', { stop: stop.signal }), SUBJECT);
    await world.passes(3);
    stop.abort();
    expect(await world.cameOf(next, 2)).toMatchObject({ exitCode: 143 });
    expect(holderIn(world)).toBe('first/p1');
  });
});

describe('a Lease whose process is gone', () => {
  test.each([-60_000, 0, 20_000, 300_000])(
    'is taken by a rival whose clock is off by %i ms',
    async (skewMs) => {
      const world = fakeWorld();
      world.api.put(leaseOf('first/p1'));
      await world.passes(120);
      const rival = takeLease(skewed(world, 'p2', skewMs), RIVAL);
      expect(await world.cameOf(rival, 20)).toMatchObject({ value: { predecessor: 'gone' } });
    },
  );

  test('is not taken before it was watched for as long as it lasts', async () => {
    const world = fakeWorld();
    world.api.put(leaseOf('first/p1', { renewedMsAgo: 600_000 }));
    const rival = takeLease(world.process('p2'), RIVAL);
    expect(await world.cameOf(rival, 14)).toBe('waits');
    expect(await world.cameOf(rival, 3)).toMatchObject({ value: { predecessor: 'gone' } });
  });

  test('is not taken by whoever has asked for it only in the moment that another one took it', async () => {
    const world = fakeWorld();
    world.api.meanwhile('POST leases', () => world.api.put(leaseOf('second/p9')));
    const taking = takeLease(world.process('p1'), SUBJECT);
    expect(await world.cameOf(taking)).toMatchObject({ exitCode: 4 });
    expect(holderIn(world)).toBe('second/p9');
  });
});

describe('a Lease that is kept for the next stage', () => {
  test('keeps every other release out for as long as it was kept', async () => {
    const world = fakeWorld();
    await (await held(world)).handOver(60_000);
    expect(await world.cameOf(takeLease(world.process('p2'), RIVAL))).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('release first is between two stages'),
    });
    await world.passes(60);
    expect(await world.cameOf(takeLease(world.process('p2'), RIVAL), 2)).toHaveProperty('value');
  });

  test('says of whoever kept it that it was handed over, of nobody that there was nobody', async () => {
    const world = fakeWorld();
    const first = await held(world);
    expect(first.predecessor).toBe('none');
    await first.handOver(60_000);
    expect(await held(world, 'p2')).toMatchObject({ predecessor: 'handed-over' });
  });
});

describe('a Lease that is given back', () => {
  test('is gone at once, and taken at once', async () => {
    const world = fakeWorld();
    await world.done((await held(world)).release());
    expect(holderIn(world)).toBeUndefined();
    expect(await world.cameOf(takeLease(world.process('p2'), RIVAL), 0)).toHaveProperty('value');
  });

  test('is not taken from whoever has made it anew meanwhile', async () => {
    const world = fakeWorld();
    const lease = await held(world);
    world.api.drop(LEASE, LEASE_NAME);
    const others = leaseOf('second/p9');
    world.api.put({ ...others, metadata: { ...others.metadata, uid: 'another' } });
    await world.done(lease.release());
    expect(holderIn(world)).toBe('second/p9');
  });

  test('is renewed no more', async () => {
    const world = fakeWorld();
    await world.done((await held(world)).handOver(60_000));
    const { length } = world.api.writes;
    await world.passes(30);
    expect(world.api.writes).toHaveLength(length);
  });

  test('that was lost is not touched again', async () => {
    const world = fakeWorld();
    const lease = await held(world);
    world.api.put(leaseOf('second/p9'));
    await world.passes(6);
    await world.done(lease.handOver(60_000));
    await world.done(lease.release());
    expect(holderIn(world)).toBe('second/p9');
    world.api.drop(LEASE, LEASE_NAME);
    await world.done(lease.handOver(60_000));
    expect(holderIn(world)).toBeUndefined();
  });
});

describe('a process that has not renewed its Lease for as long as it lasts', () => {
  /** Its renewals fail, all others are answered. */
  const neglected = async (seconds: number) => {
    const world = fakeWorld();
    const lease = await held(world);
    world.api.answers('PUT leases', { status: 500 }, Number.POSITIVE_INFINITY);
    await world.passes(seconds);
    return { world, lease };
  };

  test('is still sure of it a moment before, without asking', async () => {
    const { world, lease } = await neglected(14);
    const { length } = world.api.asked;
    await lease.ensureHeld(unchanged);
    expect(world.api.asked).toHaveLength(length);
  });

  test('does nothing more before the API has confirmed it', async () => {
    const { world, lease } = await neglected(15);
    expect(await world.cameOf(lease.ensureHeld(unchanged), 10)).toMatchObject({ exitCode: 3 });
    world.api.recovers();
    expect(await world.cameOf(lease.ensureHeld(unchanged), 10)).toHaveProperty('value');
  });
});

describe('while the API is away', () => {
  const away = async () => {
    const world = fakeWorld();
    const lease = await held(world);
    world.api.answers('*', 'refused', Number.POSITIVE_INFINITY);
    await world.passes(300);
    return { world, lease };
  };

  test('nobody is sure that it is held, and that is not the same as lost', async () => {
    const { world, lease } = await away();
    expect(await world.cameOf(lease.ensureHeld(unchanged), 30)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('no answer'),
    });
  });

  test('and back, it is renewed and goes on being held', async () => {
    const { world, lease } = await away();
    world.api.recovers();
    const asked = () => Promise.reject(new Error('nobody could have driven meanwhile'));
    expect(await world.cameOf(lease.ensureHeld(asked), 10)).toHaveProperty('value');
  });

  test('and somebody else has taken it, it is lost', async () => {
    const { world, lease } = await away();
    world.api.recovers();
    world.api.put(leaseOf('second/p2', { renewedMsAgo: -300_000 }));
    expect(await world.cameOf(lease.ensureHeld(unchanged), 10)).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('process p2 of release second'),
    });
  });

  test('and it is gone, it is taken anew only where nobody else has driven meanwhile', async () => {
    const { world, lease } = await away();
    world.api.drop(LEASE, LEASE_NAME);
    world.api.recovers();
    const changed = () =>
      Promise.reject(Object.assign(new Error('the journal has changed'), { exitCode: 4 }));
    expect(await world.cameOf(lease.ensureHeld(changed), 10)).toMatchObject({ exitCode: 4 });
    expect(await world.cameOf(lease.ensureHeld(unchanged), 10)).toHaveProperty('value');
    expect(holderIn(world)).toBe('first/p1');
    // Nobody has to be asked a second time.
    expect(await world.cameOf(lease.ensureHeld(changed), 0)).toHaveProperty('value');
  });
});

test('of two processes that ask in the same moment one has it, and the other knows', async () => {
  const world = fakeWorld();
  const both = [SUBJECT, RIVAL].map((subject, at) =>
    world.cameOf(takeLease(world.process(`p${at}`), subject), 20),
  );
  const came = await Promise.all(both);
  expect(came.filter((one) => one !== 'waits' && 'value' in one)).toHaveLength(1);
  expect(came.filter((one) => one !== 'waits' && 'exitCode' in one)).toMatchObject([
    { exitCode: 4 },
  ]);
});
