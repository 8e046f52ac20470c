/**
 * database-migration: brings the database to where the new version needs it and the old one can do with it,
 * before any request reaches the new one. The service is held from here on to the deploy of the same run.
 */
import type { Settings } from '../../core/config/settings.ts';
import { whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { type Journal, recordOf, unfinished } from '../../core/journal/journal.ts';
import type { Facts, SectionState } from '../../core/journal/stage-sections.ts';
import type { Job } from '../../core/kubernetes/workload-objects.ts';
import { BadInput, StageFailure } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import { saveSection } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { reserveService } from '../../effects/ownership/with-lease.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { planTool, runTool, type ToolEnd, waitForOthers } from './run-tool.ts';

const NAME = 'database-migration';

export const stage: Stage = {
  name: NAME,
  summary: 'brings the database to where the new version needs it, before it gets traffic',
  options: {
    ...REQUEST_OPTIONS,
    'validated-image': option('The image that pre-validation of the same run has resolved', ''),
  },
  results: ['verdict'],
  run: async (options, hasty) => {
    const context = patient(hasty);
    const { kube } = context;
    const subject = subjectOf(options);
    const { namespace, service, release } = subject;
    const settings = await loadSettings(kube, paramsOf(options));
    const { migration } = settings;
    if (!migration) return ended('skipped', { note: 'the release config names no migration' });
    const { journal, turns } = await peekQueue(kube, namespace, service);
    const late = whyToGiveWay(turns, journal, release);
    if (late !== undefined) return ended('skipped', { note: late });
    if (hasBegun(journal, subject)) {
      return ended('done', { note: 'the release has begun: what it needs was done before' });
    }
    refuseUnfinished(journal);
    const image = text(options, 'validated-image') || imageNamed(settings);
    const job = await planTool(context, subject, migration, image);
    let end: ToolEnd = { kind: 'stopped' };
    await reserveService(context, subject, async () => {
      refuseUnfinished((await peekQueue(kube, namespace, service)).journal);
      await waitForOthers(context, subject, job, migration.lockWaitMs);
      if (context.stop.aborted) return false;
      const say = (state: SectionState): Promise<void> =>
        section(context, subject, job, state, migration.job.rollback);
      await say('doing');
      end = await runTool(context, job, migration.timeoutMs);
      await say(end.kind === 'succeeded' ? 'done' : 'failed');
      return end.kind === 'succeeded';
    });
    return endOf(end, job);
  },
};

/** Only pre-validation finds out from which repository the running image is. */
function imageNamed({ image, migration }: Settings): string {
  if (image.repository !== undefined) return `${image.repository}:${image.tag}`;
  if (migration?.job.image !== 'released') return '';
  const why = 'migration.job.image is released, and the release config names no image.repository';
  throw new BadInput([`param validated-image: ${why}`]);
}

/** A retry after deploy has begun must not migrate under what is released by then. */
function hasBegun(journal: Journal, { release }: ReleaseSubject): boolean {
  return journal.current?.plan.release === release || recordOf(journal, release) !== undefined;
}

function refuseUnfinished(journal: Journal): void {
  const left = unfinished(journal);
  if (!left) return;
  throw new StageFailure(
    4,
    `release ${left.plan.release} was left unfinished in phase ${left.state.phase}: the database is not migrated under it`,
    'conclude it, or wait until recover has done so, then begin again; nothing was changed',
  );
}

function section(
  { kube, clock }: StageContext,
  subject: ReleaseSubject,
  { metadata, spec }: Job,
  state: SectionState,
  undo: string | undefined,
): Promise<void> {
  const images = spec.template.spec.containers.map(({ image = '' }) => image);
  const facts: Facts = { kind: 'job', job: metadata.name, images };
  return saveSection(kube, subject, NAME, {
    version: 1,
    run: subject.release,
    state,
    since: clock.now(),
    facts,
    ...(undo === undefined ? {} : { undo }),
  });
}

function endOf(end: ToolEnd, { metadata: { name } }: Job): StageEnd {
  switch (end.kind) {
    case 'succeeded':
      return ended('done', { job: name });
    case 'failed':
      return ended('failed', { job: name, reason: end.why }, 1);
    case 'stopped':
      return ended('stopped', { job: name, reason: 'stopped: its pod was ended' }, 143);
  }
}

function ended(
  outcome: 'done' | 'skipped' | 'failed' | 'stopped',
  fields: { readonly job?: string; readonly reason?: string; readonly note?: string },
  exitCode: StageEnd['exitCode'] = 0,
): StageEnd {
  return {
    exitCode,
    results: { verdict: outcome },
    summary: { event: 'stage-ended', stage: NAME, outcome, ...fields },
  };
}
