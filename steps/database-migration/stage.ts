/**
 * database-migration: brings the database to where the new version needs it and the old one can do with it,
 * before any request reaches the new one. The service is held from here on to the deploy of the same run.
 */
import type { Settings } from '../../core/config/settings.ts';
import { whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { type Journal, recordOf, unfinished } from '../../core/journal/journal.ts';
import type { Facts, SectionState } from '../../core/journal/stage-sections.ts';
import { BadInput, StageFailure } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import { peekLast, saveSection } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { reserveService } from '../../effects/ownership/with-lease.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { COMMANDS, type Command, type Done, filesWork, toolWork, type Work } from './work.ts';

const NAME = 'database-migration';

export const stage: Stage = {
  name: NAME,
  summary: 'brings the database to where the new version needs it, before it gets traffic',
  options: {
    ...REQUEST_OPTIONS,
    'validated-image': option('The image that pre-validation of the same run has resolved', ''),
    command: option(
      'migrate: what the version needs; contract: removes what only older versions needed',
      'migrate',
    ),
    'migrations-dir': option('A folder with the SQL files, for migration.files', ''),
    'database-dir': option(
      'A folder with the credentials of the database; a tool then runs under its lock',
      '',
    ),
  },
  results: ['verdict'],
  run: async (options, hasty) => {
    const context = patient(hasty);
    const { kube } = context;
    const subject = subjectOf(options);
    const { namespace, service, release } = subject;
    const command = commandOf(text(options, 'command'));
    const settings = await loadSettings(kube, paramsOf(options));
    if (!settings.migration) {
      return ended('skipped', { note: 'the release config names no migration' });
    }
    const { journal, turns } = await peekQueue(kube, namespace, service);
    const late = whyToGiveWay(turns, journal, release);
    if (late !== undefined) return ended('skipped', { note: late });
    if (hasBegun(journal, subject)) {
      return ended('done', { note: 'the release has begun: what it needs was done before' });
    }
    refuseUnfinished(journal);
    const work = await workOf(context, subject, settings, command, options);
    const done = await carryOut(context, subject, work, command);
    if (!done) return ended('stopped', { reason: 'stopped before anything was begun' }, 143);
    return ended(done.verdict, done.said, done.exitCode);
  },
};

function commandOf(given: string): Command {
  const command = COMMANDS.find((each) => each === given);
  if (command) return command;
  throw new BadInput([`param command: must be one of ${COMMANDS.join(', ')}`]);
}

async function workOf(
  context: StageContext,
  subject: ReleaseSubject,
  settings: Settings,
  command: Command,
  options: Readonly<Record<string, string>>,
): Promise<Work> {
  const { migration } = settings;
  const validated = text(options, 'validated-image');
  const folders = {
    migrations: text(options, 'migrations-dir'),
    database: text(options, 'database-dir'),
  };
  if (migration?.kind === 'files') {
    const image = validated || named(settings) || settings.image.tag;
    const last = await peekLast(context.kube, subject, NAME);
    return filesWork(context, subject, migration, folders, { command, image, last });
  }
  if (!migration || command === 'contract') {
    throw new BadInput(['param command: contract is for migration.files: a tool has its own']);
  }
  const image = validated || named(settings);
  if (image === '' && migration.job.image === 'released') {
    // Only pre-validation finds out from which repository the running image is.
    const why = 'migration.job.image is released, and the release config names no image.repository';
    throw new BadInput([`param validated-image: ${why}`]);
  }
  return toolWork(context, subject, migration, image, folders.database);
}

function named({ image }: Settings): string {
  return image.repository === undefined ? '' : `${image.repository}:${image.tag}`;
}

/** Undefined where the stage was stopped before it began. What a contract has done is no one's to go on with. */
async function carryOut(
  context: StageContext,
  subject: ReleaseSubject,
  work: Work,
  command: Command,
): Promise<Done | undefined> {
  const { kube, clock } = context;
  const say = (state: SectionState, facts: Facts): Promise<void> =>
    saveSection(kube, subject, NAME, {
      version: 1,
      run: subject.release,
      state,
      since: clock.now(),
      facts,
      ...(work.undo === undefined ? {} : { undo: work.undo }),
    });
  let done: Done | undefined;
  await reserveService(context, subject, async () => {
    refuseUnfinished((await peekQueue(kube, subject.namespace, subject.service)).journal);
    try {
      await work.wait();
      if (context.stop.aborted) return false;
      await say('doing', work.facts);
      done = await work.run();
      await say(done.verdict === 'done' ? 'done' : 'failed', done.facts);
      return done.verdict === 'done' && command === 'migrate';
    } finally {
      await work.letGo();
    }
  });
  return done;
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

function ended(
  outcome: 'skipped' | Done['verdict'],
  said: Done['said'],
  exitCode: StageEnd['exitCode'] = 0,
): StageEnd {
  return {
    exitCode,
    results: { verdict: outcome },
    summary: { event: 'stage-ended', stage: NAME, outcome, ...said },
  };
}
