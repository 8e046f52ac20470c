// The Lease is left as the release is left: free where it has ended, kept where somebody has to go on,
// and a dead process's late writes are shut out before anything is done.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import { journalName } from '../../../core/journal/journal.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import { StageFailure } from '../../../effects/base/failure.ts';
import type { OwnedRelease } from '../../../effects/ownership/owned-release.ts';
import { type Handoff, reserveService, withLease } from '../../../effects/ownership/with-lease.ts';
import { APP } from '../../core/support/objects.ts';
import { configMapOf, endedAs, journalOf, releaseIn } from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf, SUBJECT } from '../support/leases.ts';
import { fakeWorld } from '../support/world.ts';

const MINUTES = 60;
const own = releaseIn('blue-green', 'monitoring', { release: SUBJECT.release });
const OURS = journalOf(own);
const ENDED = journalOf(endedAs('promoted', own));
const OTHERS = journalOf(releaseIn('rolling', 'rolling', { release: releaseId('second') }));
const SPOILT = configMapOf(OURS, { 'journal.json': 'x' });

/** A world in which the release is left like this, by a process that is gone without a word or not. */
function left(journal?: Journal, predecessor: 'gone' | 'none' | 'handed-over' = 'none') {
  const world = fakeWorld();
  const stop = new AbortController();
  for (const each of [...own.cluster.services.values(), ...own.cluster.deployments.values()]) {
    world.api.put(each);
  }
  if (journal) world.api.put(configMapOf(journal));
  if (predecessor === 'gone') world.api.put(leaseOf('first/dead', { renewedMsAgo: 60_000 }));
  if (predecessor === 'handed-over') world.api.put(leaseOf('first/', { seconds: 600 }));
  const context = world.process('p1', { stop: stop.signal });
  const lease = () => world.api.found<Lease>(LEASE, LEASE_NAME)?.spec;
  const holds = <T>(work: (owned: OwnedRelease) => Promise<T>, heir?: Handoff) =>
    world.cameOf(withLease(context, SUBJECT, work, heir), 10 * MINUTES);
  const isFenced = () => world.api.writes.some(({ call }) => call === `PATCH services/${APP}`);
  return { world, context, lease, holds, isFenced, stop };
}

const nothing = () => Promise.resolve('done');

describe('once something was done with a release', () => {
  test('that has ended, the service is free for others at once', async () => {
    const { holds, lease } = left(ENDED);
    expect(await holds(nothing)).toEqual({ value: 'done' });
    expect(lease()).toBeUndefined();
  });

  test('that has not ended, the service is kept long enough for the next stage to start', async () => {
    const { holds, lease } = left(OURS);
    await holds(nothing);
    expect(lease()).toMatchObject({ holderIdentity: 'first/', leaseDurationSeconds: 600 });
  });

  test('that nobody of the run comes after, the service is kept for a minute only', async () => {
    const { holds, lease } = left(OURS);
    await holds(nothing, 'anybody');
    expect(lease()).toMatchObject({ holderIdentity: 'first/', leaseDurationSeconds: 60 });
  });

  test('whose stage was stopped, the service is kept for a minute only', async () => {
    const { holds, lease, stop } = left(OURS);
    await holds(async () => stop.abort());
    expect(lease()).toMatchObject({ leaseDurationSeconds: 60 });
  });

  test('that is another one, the service is not kept for this one', async () => {
    const { holds, lease } = left(OTHERS);
    await holds(nothing);
    expect(lease()).toBeUndefined();
  });

  test('that has failed half way, the service is kept all the same, and the failure is told', async () => {
    const { holds, lease } = left(OURS);
    const failing = () => Promise.reject(new StageFailure(1, 'it failed'));
    expect(await holds(failing)).toEqual({ exitCode: 1, message: 'it failed' });
    expect(lease()?.holderIdentity).toBe('first/');
  });

  test('what was done counts, though the Lease cannot be given back', async () => {
    const { holds, world, lease } = left(ENDED);
    const came = await holds(async () => {
      world.api.answers('DELETE leases', { status: 403 });
      return 'done';
    });
    expect(came).toEqual({ value: 'done' });
    expect(lease()?.holderIdentity).toBe('first/p1');
    expect(world.lines).toHaveLength(1);
  });
});

describe('a process that takes over', () => {
  test('from one that is gone without a word shuts its late writes out before it does anything', async () => {
    const { holds, isFenced } = left(OURS, 'gone');
    let wasFenced = false;
    await holds(async () => {
      wasFenced = isFenced();
    });
    expect(wasFenced).toBe(true);
  });

  test.each(['none', 'handed-over'] as const)(
    'from %s has nobody to shut out, and writes nothing to what serves',
    async (predecessor) => {
      const { holds, isFenced } = left(OURS, predecessor);
      await holds(nothing);
      expect(isFenced()).toBe(false);
    },
  );

  test('does nothing where what is late cannot be shut out', async () => {
    const { holds, world } = left(OURS, 'gone');
    world.api.answers('PATCH services', { status: 403 });
    let isDone = false;
    expect(
      await holds(async () => {
        isDone = true;
      }),
    ).toMatchObject({ exitCode: 3 });
    expect(isDone).toBe(false);
  });

  test('gives the service free where the journal cannot be read: nobody else is kept from looking', async () => {
    const { holds, world, lease } = left();
    world.api.put(SPOILT);
    expect(await holds(nothing)).toMatchObject({ exitCode: 3 });
    expect(lease()).toBeUndefined();
  });
});

describe('a journal that is spoilt while it is held', () => {
  const spoils = async (meanwhile: (world: ReturnType<typeof left>) => void) => {
    const setting = left(OURS);
    const { world, holds } = setting;
    const came = await holds(async ({ journal, clock }) => {
      world.api.put(SPOILT);
      meanwhile(setting);
      await clock.sleep(6_000);
      await journal.save(ENDED);
    });
    const stored = world.api.found({ apiVersion: 'v1', kind: 'ConfigMap' }, journalName(APP));
    return { came, stored };
  };

  test('is written anew', async () => {
    const { came, stored } = await spoils(() => undefined);
    expect(came).toEqual({ value: undefined });
    expect(stored).toMatchObject({ data: configMapOf(ENDED).data });
  });

  test('is left where the Lease was away for a while: another one may have written before', async () => {
    const { came, stored } = await spoils(({ world }) => world.api.drop(LEASE, LEASE_NAME));
    expect(came).toMatchObject({ exitCode: 4 });
    expect(stored).toMatchObject({ data: SPOILT.data });
  });
});

describe('a service that is kept for a release to come', () => {
  const reserved = async (isWanted: boolean, ...given: Parameters<typeof left>) => {
    const setting = left(...given);
    const { world, context } = setting;
    const asked = reserveService(context, SUBJECT, async () => isWanted);
    return { ...setting, came: await world.cameOf(asked, 10 * MINUTES) };
  };

  test('is kept until its next stage has started', async () => {
    const { came, lease } = await reserved(true);
    expect(came).toEqual({ value: true });
    expect(lease()).toMatchObject({ holderIdentity: 'first/', leaseDurationSeconds: 600 });
  });

  test('is free where it is not wanted any more', async () => {
    const { came, lease } = await reserved(false);
    expect(came).toEqual({ value: false });
    expect(lease()).toBeUndefined();
  });

  test('has shut out whoever is gone: the next stage is told that it was handed over', async () => {
    expect((await reserved(true, OTHERS, 'gone')).isFenced()).toBe(true);
    expect((await reserved(true, ENDED, 'gone')).isFenced()).toBe(false);
  });

  test('is given back where it cannot be told whether it is wanted', async () => {
    const { world, context, lease } = left();
    const unknown = () => Promise.reject(new StageFailure(3, 'nobody knows'));
    expect(await world.cameOf(reserveService(context, SUBJECT, unknown))).toMatchObject({
      exitCode: 3,
    });
    expect(lease()).toBeUndefined();
  });
});

test('what a service selects is as it was after all of this', async () => {
  const { holds, world } = left(OURS, 'gone');
  const before = world.api.found<Service>({ apiVersion: 'v1', kind: 'Service' }, APP)?.spec;
  await holds(nothing);
  expect(world.api.found({ apiVersion: 'v1', kind: 'Service' }, APP)).toMatchObject({
    spec: before,
  });
});
