/** Whether the database has to be migrated first, and whether that can be done: told before anything is. */
import type { MigrationChoice } from '../../core/config/sections/stages/migration.ts';
import type { Settings } from '../../core/config/settings.ts';
import { runAlready } from '../../core/journal/database/schema-knowledge.ts';
import type { SectionFound } from '../../core/journal/stage-sections.ts';
import type { CronJob } from '../../core/kubernetes/workload-objects.ts';
import { migrationJob } from '../../core/migration/tool/job.ts';
import type { Planned } from '../../core/plan/planning.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { askLinter } from '../../effects/migration/lint/ask-linter.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';

/** The result `migration`, by which the Pipeline skips the stage. */
export type MigrationNeed = 'none' | 'pending';

/** Throws BadInput where the tool that the release config names cannot be run. */
export async function checkMigration(
  { kube, log }: StageContext,
  { namespace, service, release }: ReleaseSubject,
  { migration }: Settings,
  image: string,
  planned: Planned['kind'],
): Promise<MigrationNeed> {
  if (!migration || planned !== 'planned') return 'none';
  if (migration.kind === 'files') {
    log.event({ event: 'check', check: 'migration', note: 'SQL files are run before deploy' });
    return 'pending';
  }
  const { items } = await kube.list<CronJob>({ kind: 'batch/v1/CronJob', namespace });
  const cronJob = items.find(({ metadata }) => metadata.name === migration.job.cronJob);
  const job = migrationJob(cronJob, { settings: migration, release, namespace, service, image });
  if (typeof job === 'string') throw new BadInput([job]);
  const note = `Job ${job.metadata.name} runs before deploy, from CronJob ${migration.job.cronJob}`;
  log.event({ event: 'check', check: 'migration', note });
  return 'pending';
}

/** What the linter refuses of the SQL files that this release would run. Throws BadInput where they cannot be read. */
export async function migrationFindings(
  { migration }: { readonly migration?: MigrationChoice | undefined },
  folder: string,
  found: SectionFound,
): Promise<readonly Finding[]> {
  if (migration?.kind !== 'files' || migration.files.lint === 'off' || folder === '') return [];
  const { lint, contract, baseline } = migration.files;
  const last = runAlready(found, baseline);
  const phases =
    contract === 'next-run' ? (['expand', 'contract'] as const) : (['expand'] as const);
  const problems = await askLinter(folder, lint, last, phases);
  return problems.map(({ message, advice = '' }) => ({
    check: 'unsafe-migration',
    severity: 'refuse',
    message,
    advice,
  }));
}
