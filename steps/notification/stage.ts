/**
 * notification: runs beside conclude, waits for the end that it writes, and tells it, with whatever was left
 * untold before; or tells that there was no end, or that the run was refused. Reads the journal and marks what was told: nothing else.
 * Whatever becomes of it, a release and its run end as they would without it.
 */

import { parseDurationMs } from '../../core/base/duration.ts';
import { foreignText } from '../../core/base/foreign-text.ts';
import { instant } from '../../core/base/vocabulary.ts';
import { isMarked } from '../../core/channels/marks.ts';
import { type Journal, recordOf } from '../../core/journal/journal.ts';
import { type AnyEnd, knownEnd } from '../../core/report/ends/sentence.ts';
import type { Fields } from '../../core/report/log/log-events.ts';
import { ofNoEnd, ofRefusal } from '../../core/report/notification.ts';
import { newsFor } from '../../core/report/outbox.ts';
import { BadInput, messageOf } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { tellPending } from '../../effects/driver/notifier.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import {
  CONFIG_OPTIONS,
  paramsOf,
  SUBJECT_OPTIONS,
  subjectOf,
  text,
} from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { deliver } from '../../effects/tell/deliver.ts';
import { marksOf } from '../../effects/tell/marks.ts';
import { testChannels } from './test-channels.ts';

const LOOK_AGAIN_MS = 500;
/** Channels that do not answer are asked again for so long. */
const PATIENCE_MS = 30_000;

export const stage: Stage = {
  name: 'notification',
  summary: 'waits for the end of a release, and tells the channels of its config',
  options: {
    ...SUBJECT_OPTIONS,
    ...CONFIG_OPTIONS,
    'refusal-code': option('Why pre-validation refused the run, as it said; empty: it did not', ''),
    'refusal-reason': option('The same in full', ''),
    'deploy-status': option(
      'How deploy ended: where nothing was begun there is no end to wait for',
      'Succeeded',
    ),
    limit: option('How long the end is waited for', '8m'),
    test: option(
      'true: sends every channel one message that is marked as a test, and ends',
      'false',
    ),
  },
  results: ['left'],
  run: async (options, hasty) => {
    const limitMs = parseDurationMs(text(options, 'limit'));
    if (limitMs === undefined) {
      throw new BadInput([`param limit: "${text(options, 'limit')}" is not a duration: 8m, 90s`]);
    }
    const test = text(options, 'test');
    if (test !== 'true' && test !== 'false') {
      throw new BadInput([`param test: "${foreignText(test)}" must be one of true, false`]);
    }
    const context = patient(hasty);
    // Whoever asks for it wants to know: it fails where a channel does.
    if (test === 'true') return testChannels(context, options);
    try {
      const refusal = knownEnd(text(options, 'refusal-code'));
      if (refusal !== undefined) return await tellRefusal(context, options, refusal);
      return await tellEnd(context, subjectOf(options), text(options, 'deploy-status'), limitMs);
    } catch (thrown) {
      // A stage that fails fails its run, and no news is worth that.
      context.log.event({ event: 'error', error: messageOf(thrown) });
      return ended('failed', 'unknown', {
        note: 'what was not told is told by recover, or the next release',
      });
    }
  },
};

async function tellEnd(
  context: StageContext,
  subject: ReleaseSubject,
  deployStatus: string,
  limitMs: number,
): Promise<StageEnd> {
  const { clock, kube, stop } = context;
  const { release, namespace, service } = subject;
  const deadline = instant(clock.now() + limitMs);
  let journal = await peekJournal(kube, namespace, service);
  while (isUnderWay(journal, subject, deployStatus) && clock.now() < deadline && !stop.aborted) {
    await clock.sleep(LOOK_AGAIN_MS, stop);
    journal = await peekJournal(kube, namespace, service);
  }
  const left = await tellPending(context, subject, journal, PATIENCE_MS);
  const { current } = journal;
  if (current?.plan.release === release && !recordOf(journal, release)) {
    const news = newsFor(
      current.plan.settings.notifications,
      ofNoEnd(current.plan, current.state, clock.now()),
    );
    const later = instant(clock.now() + PATIENCE_MS);
    const untold = left + (await deliver(context, marksOf(kube, subject), news, later));
    return ended('failed', `${untold}`, { note: 'the release has not come to its end' });
  }
  return ended(left === 0 ? 'passed' : 'failed', `${left}`, {});
}

/** Of a run that has begun nothing there is nothing in a journal: its config says who is told. */
async function tellRefusal(
  context: StageContext,
  options: Readonly<Record<string, string>>,
  code: AnyEnd,
): Promise<StageEnd> {
  const { kube, clock } = context;
  const subject = subjectOf(options);
  const asked = { ...paramsOf(options), dryRun: 'false', deployTimeout: 'any' };
  const settings = await loadSettings(kube, asked);
  const refusal = { code, text: text(options, 'refusal-reason') };
  const tag = text(options, 'image-tag');
  const news = newsFor(
    settings.notifications,
    ofRefusal(subject, settings, tag, refusal, clock.now()),
  );
  const marks = marksOf(kube, subject);
  const told = await marks.read().catch(() => []);
  const untold = news.filter(({ notification: { id }, to }) => !isMarked(told, id, to));
  const left = await deliver(context, marks, untold, instant(clock.now() + PATIENCE_MS));
  return ended(left === 0 ? 'passed' : 'failed', `${left}`, { code });
}

/** Whether its end is still to come. */
function isUnderWay(journal: Journal, { release }: ReleaseSubject, deployStatus: string): boolean {
  if (recordOf(journal, release)) return false;
  // Where deploy did not run, nothing was begun, and there is nothing that conclude would end.
  return journal.current?.plan.release === release && deployStatus !== 'None';
}

function ended(
  outcome: 'passed' | 'failed',
  left: string,
  fields: Fields<'stage-ended'>,
): StageEnd {
  return {
    exitCode: 0,
    results: { left },
    summary: { event: 'stage-ended', stage: 'notification', outcome, ...fields },
  };
}
