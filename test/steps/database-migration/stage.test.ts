// The database is migrated once, before anything is released on it, and what came of it is known to the stages
// after it: however the tool ends, and whoever else is at work.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import { EMPTY_JOURNAL, journalName } from '../../../core/journal/journal.ts';
import { readSection } from '../../../core/journal/stage-sections.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import type { CronJob, Job } from '../../../core/kubernetes/workload-objects.ts';
import { MIGRATION_OF } from '../../../core/migration/tool/job.ts';
import { stage as conclude } from '../../../steps/conclude/stage.ts';
import { stage } from '../../../steps/database-migration/stage.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { stage as preValidation } from '../../../steps/pre-validation/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { endedAs, journalOf, RUN, releaseIn } from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME } from '../../effects/support/leases.ts';
import { QUICK, type ToyService } from '../../effects/support/toy-service.ts';
import { NODE, staged, stagedIn } from '../support.ts';

const JOB = { apiVersion: 'batch/v1', kind: 'Job' } as const;
const CRON_JOB: CronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'migrations', namespace: 'default' },
  spec: {
    jobTemplate: {
      spec: { template: { spec: { containers: [{ name: 'migrate', image: 'tool:1' }] } } },
    },
  },
};
const CONFIG: Partial<ReleaseConfig> = {
  ...QUICK,
  migration: { job: { cronJob: 'migrations', rollback: 'migrate down 1' }, lockWait: '30s' },
};

type Condition = 'Complete' | 'Failed';
const NONE: object = { status: {} };

/** The Jobs of a cluster end by themselves after ten seconds. */
function jobsEnd({ api, virtual }: ToyService, as: Condition): void {
  api.onChange(() => {
    for (const job of api.all<Job>(JOB).filter(({ status }) => status === undefined)) {
      api.put({ ...job, ...NONE });
      virtual.after(10_000, () => {
        const left = api.found<Job>(JOB, job.metadata.name);
        const conditions = [{ type: as, status: 'True' as const, reason: 'BackoffLimitExceeded' }];
        if (left) api.put({ ...left, status: { conditions } } as Job);
      });
    }
  });
}

/** With a node that has room for the candidate. */
const CLUSTER = [CRON_JOB, NODE];

async function migrating(as: Condition | 'never' = 'Complete', more: object = {}) {
  const setting = { config: CONFIG, objects: CLUSTER, journal: EMPTY_JOURNAL, ...more };
  const { world, ...rest } = await staged(stage, setting);
  if (as !== 'never') jobsEnd(world, as);
  const section = (run = RUN) => {
    const stored = world.api.found<ConfigMap>(
      { apiVersion: 'v1', kind: 'ConfigMap' },
      journalName(APP),
    );
    return readSection(stored?.data, 'database-migration', run);
  };
  const jobs = () => world.api.all<Job>(JOB).map(({ metadata }) => metadata.name);
  const holder = () =>
    world.api.found<{ spec: { holderIdentity?: string } } & Job>(LEASE, LEASE_NAME);
  return { world, section, jobs, holder, ...rest };
}

describe('database-migration', () => {
  test('runs the tool, says so before and after, and keeps the service for the deploy of the same run', async () => {
    const { run, section, jobs, holder, writes } = await migrating();
    expect(await run()).toMatchObject({ exitCode: 0, results: { verdict: 'done' } });
    expect(section()).toMatchObject({ section: { state: 'done', undo: 'migrate down 1' } });
    expect(jobs()).toHaveLength(1);
    expect(writes().map((call) => call.replace(/\/.*/, ''))).toEqual([
      'PATCH configmaps',
      'POST jobs',
      'PATCH configmaps',
    ]);
    expect(JSON.stringify(holder())).toContain(`"${RUN}/"`);
  });

  test('that is started again finds its Job, and starts no second one', async () => {
    const { world, run, jobs } = await migrating();
    await run();
    expect(await stagedIn(world, stage).run()).toMatchObject({ exitCode: 0 });
    expect(jobs()).toHaveLength(1);
  });

  test('whose tool fails says so, and gives the service free', async () => {
    const { run, section, holder } = await migrating('Failed');
    expect(await run()).toMatchObject({ exitCode: 1, results: { verdict: 'failed' } });
    expect(section()).toMatchObject({ section: { state: 'failed' } });
    expect(holder()).toBeUndefined();
  });

  test('that is stopped ends the Job, and leaves no one at work', async () => {
    const { world, start, section, jobs } = await migrating('never');
    const stop = new AbortController();
    world.virtual.after(5_000, () => stop.abort());
    const came = await world.cameOf(start({}, { stop: stop.signal }), 60);
    expect(came).toMatchObject({ value: { exitCode: 143, results: { verdict: 'stopped' } } });
    expect(jobs()).toEqual([]);
    expect(section()).toMatchObject({ section: { state: 'failed' } });
  });

  test('waits for another migration of the service, names it, and gives up in time', async () => {
    const other: Job = {
      ...JOB,
      metadata: { name: 'other', namespace: 'default', labels: { [MIGRATION_OF]: APP } },
      spec: CRON_JOB.spec.jobTemplate.spec,
    };
    const { run, world, jobs } = await migrating('never', { objects: [CRON_JOB, other] });
    expect(await run()).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('another migration of service payment-service is at work'),
    });
    expect(world.lines.join('\n')).toContain('waiting-for="Job other"');
    expect(jobs()).toEqual(['other']);
  });

  test.each([
    ['no CronJob is there', { objects: [] }, 2, 'there is no CronJob migrations'],
    [
      'another release was left unfinished',
      { journal: journalOf(releaseIn('rolling', 'rolling', { release: releaseId('run-0') })) },
      4,
      'release run-0 was left unfinished in phase rolling',
    ],
  ])('touches nothing where %s', async (_what, more, exitCode, message) => {
    const { run, writes } = await migrating('Complete', more);
    expect(await run()).toMatchObject({ exitCode, message: expect.stringContaining(message) });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['the config names no migration', { config: QUICK }, 'skipped'],
    ['the release has begun', { journal: journalOf(releaseIn('rolling', 'rolling')) }, 'done'],
    [
      'the release has ended',
      { journal: journalOf(endedAs('promoted', releaseIn('rolling', 'rolling'))) },
      'done',
    ],
  ])('does nothing where %s', async (_what, more, verdict) => {
    const { run, writes } = await migrating('Complete', more);
    expect(await run()).toMatchObject({ exitCode: 0, results: { verdict } });
    expect(writes()).toEqual([]);
  });

  test('gives a tool that comes with the release the released image', async () => {
    const migration = { job: { cronJob: 'migrations', image: 'released' as const } };
    const { run, world } = await migrating('Complete', { config: { ...CONFIG, migration } });
    expect(await run()).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('param validated-image'),
    });
    await run({ 'validated-image': 'pay@sha256:1' });
    const [job] = world.api.all<Job>(JOB);
    expect(job?.spec.template.spec.containers[0]?.image).toBe('pay@sha256:1');
  });
});

describe('deploy', () => {
  test('begins nothing before the migration of its own run is done', async () => {
    const { world, writes } = await migrating('never');
    const { run } = stagedIn(world, deploy);
    expect(await run()).toMatchObject({
      exitCode: 1,
      message: `the release does not begin: the journal has no section of database-migration`,
    });
    expect(writes()).toEqual([]);
  });

  test('begins after it, and not after that of another run', async () => {
    const { world, run } = await migrating();
    await run({ 'release-id': 'run-0' });
    expect(await stagedIn(world, deploy).run()).toMatchObject({ exitCode: 4 });
    await stagedIn(world, conclude).run({ 'release-id': 'run-0' });
    expect(await stagedIn(world, deploy).run()).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('is of another run, run-0'),
    });
    await stagedIn(world, stage).run();
    expect(await stagedIn(world, deploy).run()).toMatchObject({
      exitCode: 0,
      results: { outcome: 'promoted' },
    });
  });
});

describe('conclude', () => {
  test('of a run whose migration failed says what is left, and how it is undone', async () => {
    const { world, run } = await migrating('Failed');
    await run();
    const ends = {
      'pre-validation-status': 'Succeeded',
      'database-migration-status': 'Failed',
      'deploy-status': 'None',
    };
    const { results } = await stagedIn(world, conclude).run(ends);
    expect(results).toMatchObject({
      outcome: 'unchanged',
      reason:
        'database-migration ended before the release had begun: database-migration has left a schema that both versions can do with, as far as it came (it stays; undone on request only: migrate down 1)',
    });
    expect(world.lines.join('\n')).toContain('stage=database-migration left="a schema that both');
  });
});

describe('pre-validation', () => {
  test.each([
    ['a migration', CONFIG, {}, 'pending'],
    ['none', QUICK, {}, 'none'],
    ['a migration, in a dry run', CONFIG, { 'dry-run': 'true' }, 'none'],
  ])('of a config with %s tells the Pipeline', async (_what, config, options, migration) => {
    const { world } = await migrating('never', { config });
    const { run } = stagedIn(world, preValidation);
    expect(await run(options)).toMatchObject({ exitCode: 0, results: { migration } });
  });

  test('refuses a migration that no CronJob is there for', async () => {
    const { world } = await migrating('never', { objects: [NODE] });
    expect(await stagedIn(world, preValidation).run()).toMatchObject({ exitCode: 2 });
  });
});
