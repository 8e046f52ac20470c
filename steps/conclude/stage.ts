/** conclude: runs whatever happened before it, finishes or undoes what was left, and says how it ended. */
import type { Options } from 'yargs';
import { parseImage } from '../../core/base/image.ts';
import { saidOf, whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { type Entry, type ReleaseRecord, recordOf, withNote } from '../../core/journal/journal.ts';
import {
  recordedStages,
  type StageEnds,
  type StageKind,
  stagesBeforeConclude,
  statusOf,
} from '../../core/journal/stages.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { takeOverToConclude } from '../../core/strategies/takeover.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { tellPending } from '../../effects/driver/notifier.ts';
import { driveToCompletion } from '../../effects/driver/run-release.ts';
import {
  type JournalFile,
  openJournal,
  peekJournal,
} from '../../effects/ownership/journal/journal.ts';
import { findTraces, finishLostRelease } from '../../effects/ownership/journal/lost-journal.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import { peekFound, peekLeft } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { isLeftHeld } from '../../effects/ownership/lease/lease-object.ts';
import type { OwnedRelease } from '../../effects/ownership/owned-release.ts';
import { withLease } from '../../effects/ownership/with-lease.ts';
import { SUBJECT_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { endOf, lost, nothing, whyNothing } from './end.ts';
import { refusalOf } from './refusal.ts';
import { writeReport } from './report.ts';

/** By stage: what nothing undoes by itself. */
type Left = Readonly<Record<string, string>>;

export const stage: Stage = {
  name: 'conclude',
  summary: 'finishes or undoes a release, tells everybody, and writes the record',
  options: {
    ...SUBJECT_OPTIONS,
    ...Object.fromEntries(stagesBeforeConclude().flatMap(endOptions)),
    'report-dir': option('A folder for the record as a page; empty: none is written', ''),
    'dry-run': option('true: nothing was to be changed', 'false'),
    run: option('The name of the PipelineRun: the stage that said no is asked why', ''),
    tell: option('false: a stage notification runs beside it, and tells', 'true'),
    'secrets-dir': option('Where the files named as urlFile are', ''),
  },
  results: [
    'outcome',
    'code',
    'sentence',
    'next',
    'reason',
    'turn',
    'release-id',
    'image-digest',
    'failed-requests',
  ],
  run: async (options, hasty) => {
    const context = patient(hasty);
    const subject = subjectOf(options);
    const ends = endsOf(options);
    const entry = await bringToEnd(context, subject, ends);
    const { namespace, service, release } = subject;
    const { journal, turns } = await peekQueue(context.kube, namespace, service);
    const turn = saidOf(turns, release);
    const left = await peekLeft(context.kube, subject, release);
    const say = (end: StageEnd): StageEnd => ({ ...end, results: { ...end.results, turn } });
    if (typeof entry === 'string') return say(lost(subject, entry));
    if (!entry) {
      const earlier = recordOf(journal, release);
      // Others have begun since: of this one no more than its record is left.
      if (earlier) return say(endOf(earlier, service, parseImage(earlier.to)?.digest));
      const gaveWay = whyToGiveWay(turns, journal, release);
      tellLeft(context, left);
      const isDryRun = text(options, 'dry-run') === 'true';
      const refusal = await refusalOf(context, ends, {
        namespace: text(options, 'run-namespace'),
        run: text(options, 'run'),
      });
      return say(nothing(subject, whyNothing(ends, { gaveWay, isDryRun, left, refusal })));
    }
    const file = await openJournal(context.kube, namespace, service);
    const found = await peekFound(context.kube, subject, release);
    const record = await writeRecord(file, subject, ends, { left, found });
    if (record.left) tellLeft(context, record.left);
    if (text(options, 'tell') === 'true') {
      await tellPending(context, entry.plan, file.journal());
    }
    await writeReport(context, subject, text(options, 'report-dir'));
    return say(endOf(record, service, entry.plan.image.digest));
  },
};

/** Brings the release to its end, if this run began one; undefined if it did not. A text says what was lost. */
async function bringToEnd(
  context: StageContext,
  subject: ReleaseSubject,
  ends: StageEnds,
): Promise<Entry | string | undefined> {
  const { kube } = context;
  const { release, service, namespace } = subject;
  const found = await peekJournal(kube, namespace, service);
  const first = takeOverToConclude(found, release, ends);
  // The process that drove it may have been killed before giving the service free.
  const leftHeld = await isLeftHeld(kube, namespace, service, release);
  // Its marks on workloads tell of a release whose journal is gone.
  const isUnknown = first.kind === 'nothing' && !recordOf(found, release);
  const hasTraces = isUnknown && (await findTraces(kube, subject)).kind !== 'none';
  if (first.kind === 'nothing' && !leftHeld && !hasTraces) return undefined;
  if (first.kind === 'report' && !leftHeld) return first.entry;
  const conclude = async (owned: OwnedRelease): Promise<Entry | string | undefined> => {
    // The process that drove it until now may have gone on while the Lease was waited for.
    const arrival = takeOverToConclude(owned.journal.journal(), subject.release, ends);
    switch (arrival.kind) {
      case 'nothing':
        return finishLostRelease(owned, subject);
      case 'report':
        return arrival.entry;
      case 'finish':
        return driveToCompletion(owned, arrival.entry, (state) => state);
      case 'undo':
        return driveToCompletion(owned, arrival.entry, (state, at) =>
          strategyOf(arrival.entry.plan).turnBack(state, at, arrival.cause),
        );
    }
  };
  // No stage of this run comes after it.
  return withLease(context, subject, conclude, 'anybody');
}

/** Adds to the audit record how the stages of the run ended. */
async function writeRecord(
  file: JournalFile,
  { service, release }: ReleaseSubject,
  ends: StageEnds,
  { left, found }: { readonly left: Left; readonly found: Left },
): Promise<ReleaseRecord> {
  const record = recordOf(file.journal(), release);
  if (!record) throw new StageFailure(3, `the journal of ${service} has no record of ${release}`);
  const stages = Object.fromEntries(
    recordedStages().map((each) => [each.name, statusOf(ends, each)]),
  );
  const isKept = record.outcome !== 'promoted' && Object.keys(left).length > 0;
  const hasFound = Object.keys(found).length > 0;
  const note = { stages, ...(hasFound ? { found } : {}), ...(isKept ? { left } : {}) };
  await file.save(withNote(file.journal(), release, note));
  return { ...record, ...note };
}

function tellLeft({ log }: StageContext, left: Left): void {
  for (const [stage, text] of Object.entries(left)) {
    log.event({ event: 'left-behind', stage, left: text });
  }
}

/** `deploy-status`, and of a stage that releases `deploy-reason` as well. */
function endOptions({ name, role }: StageKind): [string, Options][] {
  const status = option(`How ${name} ended`, 'None');
  return role === 'releases'
    ? [
        [`${name}-status`, status],
        [`${name}-reason`, option("Tekton's reason for it", '')],
      ]
    : [[`${name}-status`, status]];
}

function endsOf(options: Readonly<Record<string, string>>): StageEnds {
  return new Map(
    stagesBeforeConclude().map(({ name }) => {
      const status = text(options, `${name}-status`);
      return [name, { status, reason: text(options, `${name}-reason`) }];
    }),
  );
}
