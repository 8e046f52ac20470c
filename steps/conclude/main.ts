/** conclude: runs whatever happened before it, finishes or undoes what was left, and says how it ended. */
import { arriveToConclude, type StageStatuses } from '../../core/release/arrival.ts';
import {
  type Entry,
  type ReleaseRecord,
  recordOf,
  withStages,
} from '../../core/release/journal.ts';
import { summaryLine } from '../../core/release/report.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { type Driving, drive } from '../../effects/drive.ts';
import { StageFailure } from '../../effects/failure.ts';
import { holdRelease, type ReleaseSubject } from '../../effects/hold.ts';
import { lookIntoJournal, openJournal } from '../../effects/journal.ts';
import { SUBJECT_OPTIONS, subjectOf, text } from '../../effects/options.ts';
import { option, runStep, type Step, type StepContext, type StepEnd } from '../../effects/step.ts';
import { notify } from './notify.ts';

const step: Step = {
  name: 'conclude',
  summary: 'finishes or undoes a release, tells everybody, and writes the record',
  options: {
    ...SUBJECT_OPTIONS,
    'pre-validation-status': option('How pre-validation ended', 'None'),
    'deploy-status': option('How deploy ended', 'None'),
    'deploy-reason': option("Tekton's reason for it", ''),
    'post-validation-status': option('How post-validation ended', 'None'),
    'secrets-dir': option('Where the files named as urlFile are', ''),
  },
  results: ['outcome', 'reason', 'release-id', 'image-digest'],
  run: async (options, context) => {
    const subject = subjectOf(options);
    const statuses: StageStatuses = {
      preValidation: text(options, 'pre-validation-status'),
      deploy: text(options, 'deploy-status'),
      deployReason: text(options, 'deploy-reason'),
      postValidation: text(options, 'post-validation-status'),
    };
    const entry = await settle(context, subject, statuses);
    if (!entry) return nothing(subject, statuses);
    const record = await writeRecord(context, subject, statuses);
    await notify(context, entry.plan, record, text(options, 'secrets-dir'));
    return endOf(entry, record);
  },
};

/** Brings the release to its end, if this run began one; undefined if it did not. */
async function settle(
  context: StepContext,
  subject: ReleaseSubject,
  statuses: StageStatuses,
): Promise<Entry | undefined> {
  const { kube } = context;
  const first = arriveToConclude(
    await lookIntoJournal(kube, subject.namespace, subject.service),
    subject.release,
    statuses,
  );
  if (first.kind === 'nothing') return undefined;
  if (first.kind === 'report') return first.entry;
  return holdRelease(context, subject, async (driving) => {
    // Whoever drove it until now may have gone on while the Lease was waited for.
    const arrival = arriveToConclude(driving.journal.journal(), subject.release, statuses);
    switch (arrival.kind) {
      case 'nothing':
        return undefined;
      case 'report':
        return arrival.entry;
      case 'finish':
        return end(driving, arrival.entry, (state, at) =>
          strategyOf(arrival.entry.plan).conclude(state, at),
        );
      case 'undo':
        return end(driving, arrival.entry, (state, at) =>
          strategyOf(arrival.entry.plan).turnBack(state, at, arrival.cause),
        );
    }
  });
}

async function end(
  driving: Driving,
  { plan, state, actions }: Entry,
  turn: (state: ReleaseState, at: ReleaseState['since']) => ReleaseState,
): Promise<Entry> {
  const ended = await drive(driving, plan, turn(state, driving.clock.now()), 'ended');
  if (ended.outcome === undefined) {
    throw new StageFailure(
      143,
      `stopped in phase ${ended.phase}, before the release had ended`,
      'the next release of this service, or a retry, goes on with it',
    );
  }
  return { plan, state: ended, actions };
}

/** Adds to the audit record how the stages of the run ended. */
async function writeRecord(
  { kube }: StepContext,
  { namespace, service, release }: ReleaseSubject,
  statuses: StageStatuses,
): Promise<ReleaseRecord> {
  const file = await openJournal(kube, namespace, service);
  const record = recordOf(file.journal(), release);
  if (!record) throw new StageFailure(3, `the journal of ${service} has no record of ${release}`);
  const stages = {
    'pre-validation': statuses.preValidation,
    deploy: statuses.deploy,
    'post-validation': statuses.postValidation,
  };
  await file.save(withStages(file.journal(), release, stages));
  return { ...record, stages };
}

function nothing({ service, release }: ReleaseSubject, statuses: StageStatuses): StepEnd {
  const stage = statuses.preValidation === 'Succeeded' ? 'deploy' : 'pre-validation';
  const reason = `${stage} ended before anything was changed`;
  return {
    exitCode: 0,
    results: { outcome: 'unchanged', reason, 'release-id': release, 'image-digest': '' },
    summary: `outcome=unchanged service=${service} reason="${reason}"`,
  };
}

function endOf({ plan }: Entry, record: ReleaseRecord): StepEnd {
  return {
    exitCode: record.outcome === 'failed' ? 1 : 0,
    results: {
      outcome: record.outcome,
      reason: record.cause ?? '',
      'release-id': record.release,
      'image-digest': plan.image.digest ?? '',
    },
    summary: summaryLine(record, plan.service),
  };
}

void runStep(step);
