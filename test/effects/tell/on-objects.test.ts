// Events are news about a release: whatever the API says to them, it goes on, and each is there once.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ClusterEvent } from '../../../core/kubernetes/objects.ts';
import type { Interference, ReleaseState } from '../../../core/state/state.ts';
import { noting } from '../../../core/state/transitions.ts';
import { createStoryTeller } from '../../../effects/tell/on-objects.ts';
import { AT, endedAs, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const released = releaseIn('blue-green', 'monitoring');
const { plan, state, cluster } = released;
const seen = cluster.observe([]);
const EVENT = { apiVersion: 'v1', kind: 'Event' };

function telling(world = fakeWorld(), name = 'deploy') {
  const teller = createStoryTeller(world.process(name), plan);
  const reasons = () => world.api.all<ClusterEvent>(EVENT).map(({ reason }) => reason);
  const asked = () => world.api.asked.filter(({ call }) => call.startsWith('POST events')).length;
  return { world, teller, reasons, asked };
}

const changes = (count: number): ReleaseState =>
  noting(state, {
    interferences: Array.from(
      { length: count },
      (_, at): Interference => ({
        at: instant(AT + at),
        object: 'service shop',
        what: 'its selector',
        by: 'kubectl',
        response: 'repaired',
      }),
    ),
  });

describe('what becomes of a release', () => {
  test('is written once, however often it is looked at', async () => {
    const { world, teller, asked, reasons } = telling();
    for (let looks = 0; looks < 5; looks += 1) teller.tell(state, seen);
    await world.done(teller.told());
    expect(reasons()).toEqual([...Array(3).fill('ReleaseBegun'), 'ReleaseStep']);
    expect(asked()).toBe(4);
  });

  test('is written no second time by the process that takes over, which tells the rest', async () => {
    const { world, teller, reasons } = telling();
    teller.tell(state, seen);
    await world.done(teller.told());
    const next = telling(world, 'conclude');
    next.teller.tell(endedAs('promoted', released).state, seen);
    await world.done(next.teller.told());
    expect(reasons()).toEqual([
      ...Array(3).fill('ReleaseBegun'),
      'ReleaseStep',
      ...Array(3).fill('ReleasePromoted'),
    ]);
  });

  test('is bounded in number, and the end is among it', async () => {
    const { world, teller, reasons } = telling();
    teller.tell(changes(500), seen);
    teller.tell(endedAs('rolled-back', { ...released, state: changes(500) }).state, seen);
    await world.done(teller.told());
    expect(reasons().length).toBeLessThanOrEqual(100);
    expect(reasons()).toContain('ReleaseRolledBack');
  });
});

describe('an API that does not take Events', () => {
  test('is asked once where the right is missing, and the log has one line', async () => {
    const { world, teller, asked } = telling();
    world.api.answers('POST events', { status: 403 }, 100);
    for (let looks = 0; looks < 20; looks += 1) {
      teller.tell(changes(looks), seen);
      await world.passes(1);
    }
    expect(asked()).toBe(1);
    expect(world.lines).toHaveLength(1);
    expect(world.lines[0]).toMatch(/story=.*403/);
  });

  test('is asked again after a while, and then has all of it', async () => {
    const { world, teller, reasons } = telling();
    world.api.answers('POST events', 'refused', 5);
    for (let looks = 0; looks < 10; looks += 1) {
      teller.tell(state, seen);
      await world.passes(3);
    }
    expect(reasons().sort()).toEqual([...Array(3).fill('ReleaseBegun'), 'ReleaseStep']);
  });

  test('is not asked for ever', async () => {
    const { world, teller, asked } = telling();
    world.api.answers('POST events', { status: 422 }, 10_000);
    for (let looks = 0; looks < 100; looks += 1) {
      teller.tell(state, seen);
      await world.passes(1);
    }
    expect(asked()).toBe(10);
    expect(world.lines).toHaveLength(1);
  });

  test('is waited for no longer than 2 s at the end', async () => {
    const { world, teller } = telling();
    world.api.answers('POST events', 'never', 100);
    teller.tell(state, seen);
    expect(await world.cameOf(teller.told(), 1.9)).toBe('waits');
    expect(await world.cameOf(teller.told(), 2.1)).toEqual({ value: undefined });
  });
});
