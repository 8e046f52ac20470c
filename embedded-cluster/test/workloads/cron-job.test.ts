// CronJobs by a stepped clock.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { cronJobs, events, jobs, pods } from '../../kubernetes/collection.ts';
import { parseSchedule } from '../../kubernetes/kinds/workloads/schedule.ts';
import { podTemplate, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(() => {
  cluster = simulate({ startMs: Date.parse('2026-11-21T10:00:30Z') });
});

function createCronJob(
  spec: object,
  env: Record<string, string | number> = { EXITS_AFTER_MS: 1000 },
) {
  cronJobs(cluster.world).create({
    metadata: { name: 'recover', namespace: 'default' },
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: { spec: { template: podTemplate({}, env, { restartPolicy: 'Never' }) } },
      ...spec,
    },
  });
}

const jobNames = (): string[] =>
  jobs(cluster.world)
    .list('default')
    .map(({ metadata }) => metadata.name);
const minute = (time: string): number => Date.parse(time) / 60_000;

describe('a CronJob', () => {
  test('makes a Job at each of its times, and names it after the time', async () => {
    createCronJob({});
    await seconds(cluster, 4 * 60);
    expect(jobNames()).toEqual([]);
    await seconds(cluster, 6 * 60);
    expect(jobNames()).toEqual([
      `recover-${minute('2026-11-21T10:05:00Z')}`,
      `recover-${minute('2026-11-21T10:10:00Z')}`,
    ]);
    const { status } = cronJobs(cluster.world).get('default', 'recover') ?? {};
    expect(status?.lastScheduleTime).toBe('2026-11-21T10:10:00Z');
    expect(status?.active).toBeUndefined();
    expect(status?.lastSuccessfulTime).toBe('2026-11-21T10:10:01Z');
  });

  test('keeps as many Jobs as it is told to, of those that succeeded and those that failed', async () => {
    createCronJob({ successfulJobsHistoryLimit: 2 });
    await seconds(cluster, 30 * 60);
    expect(jobNames()).toHaveLength(2);
    expect(jobNames().at(-1)).toBe(`recover-${minute('2026-11-21T10:30:00Z')}`);
    expect(pods(cluster.world).list('default')).toHaveLength(2);
  });

  test('does nothing while it is suspended, and misses what it missed', async () => {
    createCronJob({ suspend: true });
    await seconds(cluster, 11 * 60);
    expect(jobNames()).toEqual([]);
    const current = cronJobs(cluster.world).get('default', 'recover');
    if (current) {
      cronJobs(cluster.world).update({
        ...current,
        spec: { ...current.spec, suspend: false, startingDeadlineSeconds: 60 },
      });
    }
    await seconds(cluster, 60);
    expect(jobNames()).toEqual([]);
    await seconds(cluster, 3 * 60);
    expect(jobNames()).toEqual([`recover-${minute('2026-11-21T10:15:00Z')}`]);
  });

  test('of @every counts from when it was made, whatever the clock says', async () => {
    createCronJob({ schedule: '@every 2m' });
    await seconds(cluster, 119);
    expect(jobNames()).toEqual([]);
    await seconds(cluster, 2);
    expect(jobNames()).toEqual([`recover-${minute('2026-11-21T10:02:00Z')}`]);
    expect(cronJobs(cluster.world).get('default', 'recover')?.status?.lastScheduleTime).toBe(
      '2026-11-21T10:02:30Z',
    );
  });

  test('of a schedule that Kubernetes cannot read is refused', () => {
    expect(() => createCronJob({ schedule: '0 0 * * 7' })).toThrow(/spec.schedule.*five fields/);
  });

  test.each([
    ['Allow', 2],
    ['Forbid', 1],
    ['Replace', 1],
  ])('with %s has %i at a time', async (concurrencyPolicy, count) => {
    createCronJob({ concurrencyPolicy }, { EXITS_AFTER_MS: 30 * 60_000 });
    await seconds(cluster, 10 * 60);
    const active = jobs(cluster.world)
      .list('default')
      .filter(({ status }) => status?.active);
    expect(active).toHaveLength(count);
    const last = concurrencyPolicy === 'Forbid' ? '10:05' : '10:10';
    expect(jobNames().at(-1)).toBe(`recover-${minute(`2026-11-21T${last}:00Z`)}`);
    const reasons = events(cluster.world)
      .list('default')
      .map(({ reason }) => reason);
    expect(reasons.includes('JobAlreadyActive')).toBe(concurrencyPolicy === 'Forbid');
  });
});

describe('a schedule', () => {
  const after = (schedule: string, from: string): string | undefined => {
    const atMs = parseSchedule(schedule)?.next(Date.parse(from));
    return atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 16);
  };

  test.each([
    ['*/15 * * * *', '2026-11-21T10:07:30Z', '2026-11-21T10:15'],
    ['0 0 * * *', '2026-11-21T10:07:30Z', '2026-11-22T00:00'],
    ['@hourly', '2026-11-21T10:00:00Z', '2026-11-21T11:00'],
    ['30 9 * * MON-FRI', '2026-11-21T10:00:00Z', '2026-11-23T09:30'],
    ['0 12 1 JAN *', '2026-11-21T10:00:00Z', '2027-01-01T12:00'],
    ['0 0 13 * 5', '2026-11-21T10:00:00Z', '2026-11-27T00:00'],
    ['5,10 8-9 * * *', '2026-11-21T09:07:00Z', '2026-11-21T09:10'],
    ['0 0 29 2 *', '2026-11-21T10:00:00Z', '2028-02-29T00:00'],
    ['@every 1h', '2026-11-21T10:07:30Z', '2026-11-21T11:07'],
    ['@every 1h30m', '2026-11-21T10:07:30Z', '2026-11-21T11:37'],
    ['@every  90.9s', '2026-11-21T10:07:30.900Z', '2026-11-21T10:09'],
    ['0/20 * ? * ?', '2026-11-21T10:20:00Z', '2026-11-21T10:40'],
    ['7-59/20 * * * *', '2026-11-21T10:50:00Z', '2026-11-21T11:07'],
    ['0 0 * JAN,MAR *', '2026-11-21T10:00:00Z', '2027-01-01T00:00'],
    ['0 0 * * FRI-6', '2026-11-22T10:00:00Z', '2026-11-27T00:00'],
    ['*/90 10 * * *', '2026-11-21T10:00:00Z', '2026-11-22T10:00'],
    ['0 0 */1 * MON', '2026-11-21T10:00:00Z', '2026-11-23T00:00'],
    // With a step, every third day is a limit as any other: one of both will do.
    ['0 0 */3 * SUN', '2026-11-21T10:00:00Z', '2026-11-22T00:00'],
    ['0 0 */3 * SUN', '2026-11-22T10:00:00Z', '2026-11-25T00:00'],
    ['@midnight', '2026-11-21T10:00:00Z', '2026-11-22T00:00'],
    ['0 0 30 2 *', '2026-11-21T10:00:00Z', undefined],
  ])('%s is next due after %s at %s', (schedule, from, next) => {
    expect(after(schedule, from)).toBe(next);
  });

  test.each([
    ...['* * * *', '60 * * * *', 'x * * * *', '*/0 * * * *', '5-1 * * * *'],
    // What other crons know.
    ...['0 0 L * *', '0 0 1W * *', '0 0 * * FRI#2', '0 0 * * FRI-SUN', '0 0 * * FRIL'],
    ...['0 0 0 * * *', '0 0 +13 * 5', '@reboot', '', '0 0 * * MONTH', '0 0 0 * *', '0 0 * 13 *'],
    ...['0 0 * * 8/6', '0 0 * * 1,*/0'],
    // Sunday is 0 or SUN to Kubernetes, however other crons count.
    ...['0 0 * * 7', '0 0 * * SAT-7', '0 0 * * 0,7'],
    ...['@every', '@every 1', '@every 1d', '@every 1h 2m'],
  ])('%s is none', (text) => {
    expect(parseSchedule(text)).toBeUndefined();
  });
});
