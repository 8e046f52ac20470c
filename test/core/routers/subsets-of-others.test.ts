// Subsets of a DestinationRule that somebody else has written are theirs: a release adds its own beside them and
// takes away no other, whether it is promoted or turned back.
import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { APP } from '../support/objects.ts';
import { planFor, turnIn } from '../support/play.ts';
import {
  clusterOf,
  led,
  object,
  settingsOf,
  specOf,
  virtualService,
  watched,
} from './routes-support.ts';

const RULE = `DestinationRule/${APP}`;
const MINE = { name: 'mine', labels: { version: 'blue' } };
const OTHER = { name: 'other', labels: { tier: 'gold' } };
/** As an earlier release has left it. */
const RELEASED = { name: 'release-blue-v1', labels: { version: 'blue' } };

function ruleOf(...subsets: object[]): KubernetesObject {
  return object('DestinationRule', APP, { host: APP, ...(subsets.length > 0 ? { subsets } : {}) });
}

function routeTo(subset?: string): KubernetesObject {
  const to = led(subset === undefined ? {} : { destination: { host: APP, subset } });
  return virtualService([{ route: [to] }]);
}

function subsetsAfter(routes: KubernetesObject[], end: 'promoted' | 'rolled-back') {
  const cluster = clusterOf(...routes);
  const turning = turnIn(planFor(clusterOf(...routes), settingsOf('istio')), 'monitoring');
  const { state } = watched(cluster, 'istio', {}, end === 'promoted' ? {} : turning);
  expect(state.outcome).toBe(end);
  return specOf(cluster, RULE)?.subsets;
}

describe('after a promotion', () => {
  const candidate = { name: 'release-green-v2', labels: { version: 'green' } };

  test('a subset of somebody else stays, though the route led to it', () => {
    const left = subsetsAfter([routeTo('mine'), ruleOf(MINE, OTHER)], 'promoted');
    expect(left).toEqual([MINE, OTHER, candidate]);
  });

  test('the one of the release before goes, and those beside it stay', () => {
    const left = subsetsAfter([routeTo(RELEASED.name), ruleOf(OTHER, RELEASED)], 'promoted');
    expect(left).toEqual([OTHER, candidate]);
  });

  test('the one that stood in for a route without any goes', () => {
    expect(subsetsAfter([routeTo(), ruleOf(OTHER)], 'promoted')).toEqual([OTHER, candidate]);
  });
});

describe('after a rollback', () => {
  test.each([
    ['of somebody else', 'mine', [MINE, OTHER]],
    ['of the release before', RELEASED.name, [OTHER, RELEASED]],
    ['of nobody', undefined, [OTHER]],
  ])('subsets are as they were, where the route led to one %s', (_whose, led, before) => {
    expect(subsetsAfter([routeTo(led), ruleOf(...before)], 'rolled-back')).toEqual(before);
  });

  test('a DestinationRule that had none has none', () => {
    expect(subsetsAfter([routeTo(), ruleOf()], 'rolled-back')).toBeUndefined();
  });

  test('one that was not there is gone', () => {
    const cluster = clusterOf(routeTo());
    watched(cluster, 'istio', {}, turnIn(planFor(cluster, settingsOf('istio')), 'monitoring'));
    expect(cluster.others.has(RULE)).toBe(false);
  });
});

describe('a DestinationRule of the wanted name for another host', () => {
  const foreign = object('DestinationRule', APP, { host: 'checkout', subsets: [OTHER] });

  test('is refused before anything is written into it', () => {
    expect(() => planFor(clusterOf(routeTo(), foreign), settingsOf('istio'))).toThrow(
      `DestinationRule ${APP} is for host checkout, not for the service`,
    );
  });

  test.each([APP, `${APP}.default`, `${APP}.default.svc`, `${APP}.default.svc.cluster.local`])(
    'is none where it says %s',
    (host) => {
      const own = object('DestinationRule', APP, { host });
      expect(() => planFor(clusterOf(routeTo(), own), settingsOf('istio'))).not.toThrow();
    },
  );
});
