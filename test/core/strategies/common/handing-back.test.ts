// The fields of others are theirs again at the end: an owner's next apply is not refused.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { OWN_MANAGER } from '../../../../core/kubernetes/field-managers.ts';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import { handingBack } from '../../../../core/strategies/common/handing-back.ts';
import { strategyOf } from '../../../../core/strategies/registry.ts';
import { APP, deployment, service } from '../../support/objects.ts';
import { planFor, play, settingsFor } from '../../support/play.ts';
import { type ToyCluster, toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const OURS = { manager: OWN_MANAGER };
const TEAM = { manager: 'kubectl' };
const STATUS = { manager: 'kube-controller-manager', subresource: 'status' };

type Managers = NonNullable<Service['metadata']['managedFields']>;

function clusterWith(managedFields: Managers): ToyCluster {
  const plain = service(BLUE);
  const owned = { ...plain, metadata: { ...plain.metadata, managedFields } };
  return toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], owned);
}

function actionsFor(managedFields: Managers, waitedMs = 0) {
  const cluster = clusterWith(managedFields);
  const plan = planFor(cluster, settingsFor('blue-green'));
  const at = instant(cluster.nowMs());
  const state = { ...strategyOf(plan).begin(plan, at), handingBackSince: instant(at - waitedMs) };
  return handingBack(plan, state, cluster.observe([]))?.actions ?? [];
}

describe('the fields of others', () => {
  test.each<[string, Managers, string[]]>([
    ['its own note, and nothing else', [TEAM, OURS, STATUS], ['1']],
    ['every note of its own', [OURS, TEAM, OURS], ['2', '0']],
  ])('a release takes out %s', (_what, managers, places) => {
    const [action] = actionsFor(managers);
    expect(action?.effect).toMatchObject({
      kind: 'patch',
      optional: true,
      operations: [
        { path: '/metadata/resourceVersion' },
        ...places.map((at) => ({ op: 'remove', path: `/metadata/managedFields/${at}` })),
      ],
    });
  });

  test.each<[string, Managers]>([
    ['nobody else owns anything', [OURS]],
    ['only a controller writes the status', [OURS, STATUS]],
    ['nothing is its own', [TEAM]],
    ['nobody is known', []],
  ])('are left as they are where %s', (_what, managers) => {
    expect(actionsFor(managers)).toEqual([]);
  });

  test('of a further Service are given back as well', () => {
    const cluster = clusterWith([]);
    const planned = planFor(cluster, settingsFor('blue-green'));
    if (planned.strategy === 'rolling') throw new Error('of two sides');
    const { selectors } = planned;
    const plan = { ...planned, furtherServices: [{ name: 'front', selectors }] };
    const at = instant(cluster.nowMs());
    const plain = service(BLUE);
    const metadata = { ...plain.metadata, name: 'front', managedFields: [TEAM, OURS] };
    const furtherServices = new Map([['front', { service: { ...plain, metadata }, slices: [] }]]);
    const seen = { ...cluster.observe([]), furtherServices };
    const given = handingBack(plan, strategyOf(plan).begin(plan, at), seen);
    expect(given?.actions.map(({ text }) => text)).toEqual([
      'leave the fields of Service front to their owners',
    ]);
  });

  test('are not fought over with whatever notes a release anew', () => {
    expect(actionsFor([TEAM, OURS], 4_999)).toHaveLength(1);
    expect(actionsFor([TEAM, OURS], 5_000)).toEqual([]);
  });

  test.each(['blue-green', 'canary', 'rolling'] as const)(
    'are given back before a %s release is called promoted',
    (strategy) => {
      const config = {
        strategy: {
          rolling: { monitoring: '5s' },
          blueGreen: { monitoring: '5s' },
          canary: { steps: [{ weight: 50, duration: '5s' }], monitoring: '5s' },
        },
        drain: { maxDuration: '10s' },
      };
      const cluster = clusterWith([TEAM, OURS]);
      const { state } = play(cluster, planFor(cluster, settingsFor(strategy, config)));
      expect(state).toMatchObject({ outcome: 'promoted' });
      expect(cluster.services.get(APP)?.metadata.managedFields).toEqual([TEAM]);
    },
  );
});
