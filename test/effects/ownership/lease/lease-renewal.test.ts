// A Lease is renewed for as long as it is this process's, and never once it is somebody else's.
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../../core/kubernetes/objects.ts';
import { leaseTarget, writeLease } from '../../../../effects/ownership/lease/lease-object.ts';
import { DURATION_MS, startRenewal } from '../../../../effects/ownership/lease/lease-renewal.ts';
import { LEASE, LEASE_NAME, leaseOf, SUBJECT } from '../../support/leases.ts';
import { fakeWorld } from '../../support/world.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

/** A process that has the Lease since just now. */
async function renewed() {
  const world = fakeWorld();
  const { kube, clock } = world.process('p1');
  const target = leaseTarget(SUBJECT.namespace, SUBJECT.service);
  const at = clock.now();
  const holding = { holder: 'first/p1', durationMs: DURATION_MS, at };
  const lease = await writeLease(kube, target, undefined, holding);
  if (!lease) throw new Error('nobody else wants it');
  const me = { release: SUBJECT.release, process: 'p1' };
  const begun = { kind: 'held', lease, renewedAt: at } as const;
  const renewal = startRenewal(kube, clock, target, me, begun);
  const stored = () => world.api.found<Lease>(LEASE, LEASE_NAME);
  const puts = () => world.api.writes.filter(({ call }) => call === `PUT leases/${LEASE_NAME}`);
  return { world, renewal, stored, puts };
}

describe('a Lease that is held', () => {
  test('is renewed three times before it would run out, so that one lost renewal loses nothing', async () => {
    const { world, puts } = await renewed();
    await world.passes(DURATION_MS / 1000);
    expect(puts()).toHaveLength(3);
  });

  test('keeps the time since which it is held, and counts no new holder', async () => {
    const { world, stored } = await renewed();
    const before = stored()?.spec;
    await world.passes(6);
    expect(stored()?.spec?.renewTime).not.toBe(before?.renewTime);
    expect(stored()?.spec).toMatchObject({
      holderIdentity: 'first/p1',
      acquireTime: before?.acquireTime,
      leaseTransitions: before?.leaseTransitions,
      leaseDurationSeconds: 15,
    });
  });

  test('is sure since the renewal was asked for, not since it was answered', async () => {
    const { world, renewal } = await renewed();
    world.api.answers('PUT leases', { lateMs: 1_500 });
    const askedAt = world.clock.now();
    await world.done(renewal.renew());
    expect(renewal.standing()).toMatchObject({ kind: 'held', renewedAt: askedAt });
    expect(renewal.answeredAt()).toBe(askedAt + 1_500);
  });

  test('whose renewal was done and not answered is still held, by the version that it has now', async () => {
    const { world, renewal, puts } = await renewed();
    world.api.answers('PUT leases', 'lost');
    await world.passes(6);
    expect(renewal.standing()).toMatchObject({ kind: 'held' });
    expect(puts()).toHaveLength(2);
    await world.passes(5);
    expect(renewal.standing()).toMatchObject({ kind: 'held' });
  });

  test('that somebody has touched without taking it is renewed with its new version', async () => {
    const { world, renewal, stored, puts } = await renewed();
    const touched = stored();
    if (touched)
      world.api.put({ ...touched, metadata: { ...touched.metadata, labels: { a: 'b' } } });
    await world.passes(6);
    expect(renewal.standing()).toMatchObject({ kind: 'held' });
    expect(puts()).toHaveLength(1);
    expect(stored()?.metadata.labels).toEqual({ a: 'b' });
  });

  test('and is refused again and again is asked for no longer than a few tries', async () => {
    const { world, renewal } = await renewed();
    world.api.answers('PUT leases', { status: 409 }, FOR_EVER);
    const { length } = world.api.asked;
    await world.done(renewal.renew());
    expect(world.api.asked.length - length).toBe(10);
    expect(renewal.standing()).toMatchObject({ kind: 'held', renewedAt: world.clock.now() });
  });
});

describe('a Lease that another process has taken meanwhile', () => {
  test.each(['second/p9', 'first/p2', 'first/p1x'])('(%s) is not renewed', async (holder) => {
    const { world, renewal, stored } = await renewed();
    world.api.put(leaseOf(holder));
    await world.passes(60);
    expect(renewal.standing()).toMatchObject({ kind: 'lost' });
    expect(stored()?.spec?.holderIdentity).toBe(holder);
  });

  test('is lost for good: it is not taken back when the other one is gone', async () => {
    const { world, renewal, stored } = await renewed();
    world.api.put(leaseOf('second/p9'));
    await world.passes(6);
    world.api.drop(LEASE, LEASE_NAME);
    await world.passes(60);
    await world.done(renewal.renew());
    expect(renewal.standing()).toMatchObject({ kind: 'lost' });
    expect(stored()).toBeUndefined();
  });

  test('and may be of a clock that is wrong is lost all the same', async () => {
    const { world, renewal } = await renewed();
    world.api.put(leaseOf('second/p9', { renewedMsAgo: 600_000 }));
    await world.passes(6);
    expect(renewal.standing()).toMatchObject({ kind: 'lost' });
  });
});

describe('a Lease that somebody has deleted', () => {
  test('is taken anew, and not called held before somebody has looked who drove meanwhile', async () => {
    const { world, renewal, stored } = await renewed();
    world.api.drop(LEASE, LEASE_NAME);
    await world.passes(6);
    expect(renewal.standing()).toMatchObject({ kind: 'regained' });
    expect(stored()?.spec?.holderIdentity).toBe('first/p1');
    await world.passes(20);
    expect(renewal.standing()).toMatchObject({ kind: 'regained' });
    renewal.confirm();
    expect(renewal.standing()).toMatchObject({ kind: 'held' });
  });

  test('and that another process is faster to take is lost', async () => {
    const { world, renewal } = await renewed();
    world.api.drop(LEASE, LEASE_NAME);
    world.api.meanwhile('POST leases', () => world.api.put(leaseOf('second/p9')));
    await world.passes(6);
    expect(renewal.standing()).toMatchObject({ kind: 'lost' });
  });
});

describe('while the API does not answer', () => {
  test('the Lease is neither held longer nor lost, and is renewed once it does', async () => {
    const { world, renewal } = await renewed();
    const { renewedAt } = { renewedAt: world.clock.now() };
    world.api.answers('*', 'never', FOR_EVER);
    await world.passes(60);
    expect(renewal.standing()).toMatchObject({ kind: 'held', renewedAt });
    expect(renewal.answeredAt()).toBe(renewedAt);
    world.api.recovers();
    await world.passes(25);
    expect(renewal.answeredAt()).toBeGreaterThan(renewedAt + 60_000);
  });

  test('whoever asks now hears of it: nobody takes it for held', async () => {
    const { world, renewal } = await renewed();
    world.api.answers('PUT leases', { status: 503 }, FOR_EVER);
    expect(await world.cameOf(renewal.renew(), 10)).toMatchObject({ exitCode: 3 });
  });

  test('two that ask at once ask the API once', async () => {
    const { world, renewal, puts } = await renewed();
    await world.done(Promise.all([renewal.renew(), renewal.renew()]));
    expect(puts()).toHaveLength(1);
  });
});

describe('a renewal that has ended', () => {
  test('hands out what was held last, by the version that the API knows', async () => {
    const { world, renewal, stored } = await renewed();
    await world.passes(6);
    expect(await world.done(renewal.end())).toEqual(stored());
  });

  test('hands out nothing of a Lease that was lost', async () => {
    const { world, renewal } = await renewed();
    world.api.put(leaseOf('second/p9'));
    await world.passes(6);
    expect(await world.done(renewal.end())).toBeUndefined();
  });

  test('waits for the renewal under way: what is handed out is not changed behind the back', async () => {
    const { world, renewal, stored } = await renewed();
    world.api.answers('PUT leases', { lateMs: 1_000 });
    const asking = renewal.renew();
    const ended = renewal.end();
    expect(await world.cameOf(ended, 0.5)).toBe('waits');
    await world.done(asking);
    expect(await world.done(ended)).toEqual(stored());
  });

  test('is renewed no more', async () => {
    const { world, renewal, puts } = await renewed();
    await world.done(renewal.end());
    await world.passes(60);
    expect(puts()).toEqual([]);
  });
});
