// The Job of a migration tool is the user's own template under a name of the release's: run once, for a time.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../../core/base/vocabulary.ts';
import { resolveMigration } from '../../../../core/config/sections/stages/migration.ts';
import type { CronJob, Job } from '../../../../core/kubernetes/workload-objects.ts';
import { endOfJob, migrationJob, otherAtWork } from '../../../../core/migration/tool/job.ts';

const CRON_JOB: CronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'migrations' },
  spec: {
    jobTemplate: {
      metadata: { labels: { team: 'pay' } },
      spec: {
        backoffLimit: 6,
        template: {
          metadata: { labels: { app: 'migrate' } },
          spec: {
            restartPolicy: 'OnFailure',
            containers: [
              { name: 'migrate', image: 'tool:1', args: ['up'] },
              { name: 'proxy', image: 'proxy:1' },
            ],
          },
        },
      },
    },
  },
};
const AT = instant(Date.UTC(2026, 0, 1, 0, 1));

interface Asked {
  readonly job?: object;
  readonly service?: string;
  readonly cronJob?: CronJob | 'none';
}

function made({ job = {}, service = 'payment-service', cronJob = CRON_JOB }: Asked = {}) {
  const settings = resolveMigration({ job: { cronJob: 'migrations', ...job }, timeout: '90s' });
  if (settings?.kind !== 'job') throw new Error('there are settings');
  const release = releaseId('deploy-x-1');
  const wanted = { settings, release, namespace: 'default', service, image: 'pay:2' };
  return migrationJob(cronJob === 'none' ? undefined : cronJob, wanted);
}

function madeJob(asked: Asked = {}): Job {
  const found = made(asked);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const ended = (type: string, more: object = {}): Job => {
  const conditions = [{ type, status: 'True' as const, ...more }];
  return { ...madeJob(), status: { conditions } };
};

describe('the Job', () => {
  test('is the template, tried once and for a time, and can be told from others', () => {
    const { metadata, spec } = madeJob();
    expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 90 });
    expect(spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.template.spec.containers).toEqual(
      CRON_JOB.spec.jobTemplate.spec.template.spec.containers,
    );
    expect(metadata.labels).toEqual({
      team: 'pay',
      'release.zero-downtime.dev/migration-of': 'payment-service',
    });
  });

  test('has the same name whenever the same release asks, and one that is not too long', () => {
    expect(madeJob().metadata.name).toBe(madeJob().metadata.name);
    expect(madeJob({ service: 's'.repeat(63) }).metadata.name.length).toBeLessThan(64);
  });

  test('runs the released image where the config says so, in the tool’s container alone', () => {
    const { containers } = madeJob({ job: { image: 'released', args: ['down'] } }).spec.template
      .spec;
    expect(containers).toEqual([
      { name: 'migrate', image: 'pay:2', args: ['down'] },
      { name: 'proxy', image: 'proxy:1' },
    ]);
  });

  test.each([
    ['no CronJob', made({ cronJob: 'none' }), 'there is no CronJob migrations in namespace'],
    ['no such container', made({ job: { container: 'flyway' } }), 'has no container flyway'],
  ])('is not made where there is %s', (_what, found, fault) => {
    expect(found).toContain(fault);
  });
});

test.each([
  ['is at work', madeJob(), { kind: 'running' }],
  ['is suspended', ended('Suspended'), { kind: 'running' }],
  ['is complete', ended('Complete'), { kind: 'succeeded' }],
  [
    'is out of time',
    ended('Failed', { reason: 'DeadlineExceeded', message: 'too long' }),
    { kind: 'failed', why: 'DeadlineExceeded: too long' },
  ],
])('a Job that %s is known as such', (_what, job, end) => {
  expect(endOfJob(job)).toEqual(end);
});

test('of other migrations one that is at work is waited for, by name, release and age', () => {
  const own = madeJob().metadata.name;
  const metadata = {
    ...madeJob().metadata,
    name: 'other',
    creationTimestamp: '2026-01-01T00:00:10Z',
  };
  expect(otherAtWork([madeJob()], own, AT)).toBeUndefined();
  expect(otherAtWork([{ ...ended('Complete'), metadata }], own, AT)).toBeUndefined();
  expect(otherAtWork([{ ...madeJob(), metadata }], own, AT)?.text).toBe(
    'Job other of release deploy-x-1, at work for 50s',
  );
});
