// A journal that an earlier version has written is read, and its release carried on.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL, journalData, withTransition } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { APP } from '../support/objects.ts';
import { planFor, play } from '../support/play.ts';
import { clusterOf, httpRoute, led, REF, settingsOf, virtualService } from './routes-support.ts';

describe('the journal of an earlier version', () => {
  const istio = {
    virtualService: { apiVersion: 'networking.istio.io/v1', name: APP },
    entry: 0,
    entryName: 'web',
    before: [led()],
    destination: led().destination,
  };
  const gateway = {
    httpRoute: { apiVersion: 'gateway.networking.k8s.io/v1', name: APP },
    rule: 0,
    before: [REF],
  };
  test.each([
    ['istio', virtualService([{ name: 'web', route: [led()] }]), istio],
    ['gateway-api', httpRoute([{ backendRefs: [REF] }]), gateway],
  ] as const)('is read, and its release through %s carried on', (router, route, earlier) => {
    const cluster = clusterOf(route);
    const plan = planFor(cluster, settingsOf(router));
    if (plan.strategy === 'rolling') throw new Error('of two sides');
    const { routes: _, hosts: _h, ...rest } = plan.routing as unknown as Record<string, unknown>; // as it was written then
    const written = { ...plan, routing: { ...rest, ...earlier } } as unknown as typeof plan; // likewise
    const begun = strategyOf(plan).begin(plan, instant(cluster.nowMs()));
    const journal = withTransition(EMPTY_JOURNAL, written, begun, [], instant(cluster.nowMs()));
    const read = readJournal(journalData(journal));
    if (typeof read === 'string' || !read.current) throw new Error('not read');
    const { state } = play(cluster, read.current.plan);
    expect(state.outcome).toBe('promoted');
    expect(cluster.lost()).toBe(0);
  });
});
