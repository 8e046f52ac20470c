// A release that ended for a person to see to is looked at a while longer: whoever broke it may have broken the
// Service as well, and the record says who lost something by it.
import { describe, expect, test } from '@jest/globals';
import { NO_PROBES } from '../../../core/cluster/prober.ts';
import { EMPTY_JOURNAL } from '../../../core/journal/journal.ts';
import { watchAftermath } from '../../../effects/driver/aftermath.ts';
import { endedAs, journalOf, releaseIn } from '../../core/support/releases.ts';
import { ownedBy } from '../support/owned.ts';
import { fakeWorld } from '../support/world.ts';

function scene(stopped = false) {
  const world = fakeWorld();
  const stop = new AbortController();
  if (stopped) stop.abort();
  const released = releaseIn('blue-green', 'monitoring');
  const { plan, state } = endedAs('failed', released, 'somebody broke it');
  const journal = journalOf({ plan, state }, EMPTY_JOURNAL);
  const context = { ...world.process('deploy'), stop: stop.signal };
  const own = ownedBy(context, journal);
  let looks = 0;
  const look = () => {
    looks += 1;
    const at = context.clock.now();
    const fresh = { sent: 10 * looks, lost: looks };
    return { ...released.cluster.observe([]), at, probes: { ...NO_PROBES, fresh } };
  };
  const watched = (probed = plan) => world.done(watchAftermath(own.owned, probed, state, look));
  return { ...own, watched, plan, looks: () => looks };
}

describe('after a release that failed', () => {
  test('clients are looked at for four seconds more, and the record tells of them', async () => {
    const { watched, saved, asked, looks } = scene();
    await watched();
    expect(looks()).toBe(8);
    expect(asked).toEqual(['ensureHeld', 'save']);
    expect(saved.at(-1)?.history[0]?.evidence.availability?.probes.fresh.sent).toBeGreaterThan(0);
  });

  test('nobody is kept waiting once the process has to end', async () => {
    const { watched, looks } = scene(true);
    await watched();
    expect(looks()).toBe(0);
  });

  test('nothing is looked at where nobody asks', async () => {
    const { watched, plan, saved, looks } = scene();
    const { probe: _, ...unprobed } = plan;
    await watched(unprobed as typeof plan);
    expect([looks(), saved]).toEqual([0, []]);
  });

  test.each(['loseLease', 'failSaving'] as const)(
    'a record that cannot be written stays as it is, and the stage ends as it would (%s)',
    async (how) => {
      const own = scene();
      if (how === 'loseLease') own.loseLease();
      else own.failSaving(new Error('no answer'));
      await expect(own.watched()).resolves.toBeUndefined();
      expect(own.saved).toEqual([]);
    },
  );
});
