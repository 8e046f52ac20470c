// Jobs that succeed, fail, wait and expire.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { jobs, pods } from '../../kubernetes/collection.ts';
import { podTemplate, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(() => {
  cluster = simulate();
});

function create(spec: object, env: Record<string, number>, restartPolicy = 'Never'): void {
  jobs(cluster.world).create({
    metadata: { name: 'migrate', namespace: 'default' },
    spec: { template: podTemplate({}, env, { restartPolicy }), ...spec },
  });
}

const status = () => jobs(cluster.world).get('default', 'migrate')?.status;
const ends = (): string[] =>
  (status()?.conditions ?? []).map(({ type, reason }) => `${type} ${reason}`);

describe('a Job', () => {
  test('runs as many pods as it wants successes, so many at a time', async () => {
    create({ completions: 3, parallelism: 2 }, { EXITS_AFTER_MS: 2000 });
    await seconds(cluster, 1);
    expect(status()).toMatchObject({ active: 2 });
    await seconds(cluster, 5);
    expect(status()).toMatchObject({ succeeded: 3 });
    expect(ends()).toEqual([
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ]);
    expect(pods(cluster.world).list('default')).toHaveLength(3);
  });

  test('makes a new pod for one that failed, later each time, until it gives up', async () => {
    create({ backoffLimit: 2 }, { EXITS_AFTER_MS: 100, EXIT_CODE: 1 });
    await seconds(cluster, 9);
    expect(status()).toMatchObject({ failed: 1 });
    await seconds(cluster, 10);
    expect(status()).toMatchObject({ failed: 2 });
    await seconds(cluster, 25);
    expect(status()).toMatchObject({ failed: 3 });
    expect(ends()).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
  });

  test('lets a pod restart its own container where the pod may', async () => {
    create({ backoffLimit: 1 }, { EXITS_AFTER_MS: 100, EXIT_CODE: 1 }, 'OnFailure');
    await seconds(cluster, 20);
    expect(pods(cluster.world).list('default')).toEqual([]);
    expect(ends().at(-1)).toBe('Failed BackoffLimitExceeded');
  });

  test('ends what runs when its deadline has passed', async () => {
    create({ activeDeadlineSeconds: 5 }, { EXITS_AFTER_MS: 60_000 });
    await seconds(cluster, 4);
    expect(ends()).toEqual([]);
    await seconds(cluster, 5);
    expect(ends().at(-1)).toBe('Failed DeadlineExceeded');
    expect(pods(cluster.world).list('default')).toEqual([]);
  });

  test('is deleted some time after it finished, if it says so', async () => {
    create({ ttlSecondsAfterFinished: 10 }, { EXITS_AFTER_MS: 100 });
    await seconds(cluster, 5);
    expect(ends()).toHaveLength(2);
    await seconds(cluster, 10);
    expect(status()).toBeUndefined();
    expect(pods(cluster.world).list('default')).toEqual([]);
  });

  test('that is suspended has no pods', async () => {
    create({ suspend: true }, { EXITS_AFTER_MS: 100 });
    await seconds(cluster, 2);
    expect(pods(cluster.world).list('default')).toEqual([]);
  });

  test('counts a pod before it lets it go', async () => {
    create({}, { EXITS_AFTER_MS: 100 });
    await seconds(cluster, 5);
    const [pod] = pods(cluster.world).list('default');
    expect(pod?.status?.phase).toBe('Succeeded');
    expect(pod?.metadata.finalizers).toBeUndefined();
  });
});
