// Pods with names that stay, one after the other.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { pods, statefulSets } from '../../kubernetes/collection.ts';
import type { StatefulSet } from '../../kubernetes/shapes.ts';
import { podTemplate, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(() => {
  cluster = simulate();
});

const LABELS = { app: 'ledger' };

function create(spec: Partial<StatefulSet['spec']> = {}): void {
  statefulSets(cluster.world).create({
    metadata: { name: 'ledger', namespace: 'default' },
    spec: {
      serviceName: 'ledger',
      replicas: 3,
      selector: { matchLabels: LABELS },
      template: podTemplate(LABELS, { VERSION: 'v1', LISTENS_AFTER_MS: 500 }),
      ...spec,
    },
  });
}

function change(spec: Partial<StatefulSet['spec']>): void {
  const current = statefulSets(cluster.world).get('default', 'ledger');
  if (current)
    statefulSets(cluster.world).update({ ...current, spec: { ...current.spec, ...spec } });
}

/** `ledger-0 v1`, for each pod. */
function versions(): string[] {
  return pods(cluster.world)
    .list('default')
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.env?.[0]?.value}`);
}

const status = () => statefulSets(cluster.world).get('default', 'ledger')?.status;

describe('a StatefulSet', () => {
  test('makes each pod once the one before is ready', async () => {
    create();
    await seconds(cluster, 0.9);
    expect(versions()).toEqual(['ledger-0 v1']);
    await seconds(cluster, 10);
    expect(versions()).toEqual(['ledger-0 v1', 'ledger-1 v1', 'ledger-2 v1']);
    expect(status()).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3 });
  });

  test('that is parallel makes all at once', async () => {
    create({ podManagementPolicy: 'Parallel' });
    await seconds(cluster, 0.5);
    expect(versions()).toHaveLength(3);
  });

  test('updates from the last pod down to the partition, and the rest when that is lowered', async () => {
    create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    await seconds(cluster, 10);
    change({ template: podTemplate(LABELS, { VERSION: 'v2' }) });
    await seconds(cluster, 10);
    expect(versions()).toEqual(['ledger-0 v1', 'ledger-1 v1', 'ledger-2 v2']);
    expect(status()).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });

    pods(cluster.world).delete('default', 'ledger-0');
    await seconds(cluster, 10);
    expect(versions()[0]).toBe('ledger-0 v1');

    change({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
    await seconds(cluster, 20);
    expect(versions()).toEqual(['ledger-0 v2', 'ledger-1 v2', 'ledger-2 v2']);
    expect(status()?.currentRevision).toBe(status()?.updateRevision);
  });

  test('goes no further while a new pod is not ready', async () => {
    create();
    await seconds(cluster, 10);
    change({ template: podTemplate(LABELS, { VERSION: 'v2', READY: 'never' }) });
    await seconds(cluster, 20);
    expect(versions()).toEqual(['ledger-0 v1', 'ledger-1 v1', 'ledger-2 v2']);
  });

  test('is scaled down from the last pod on', async () => {
    create();
    await seconds(cluster, 10);
    change({ replicas: 1 });
    await seconds(cluster, 5);
    expect(versions()).toEqual(['ledger-0 v1']);
  });
});
