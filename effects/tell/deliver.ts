/**
 * Delivers news: to each target in the order of what happened, again where that may help, and marks what was
 * told. What cannot be told in the time given stays in the outbox, for the next process.
 */

import type { Instant } from '../../core/base/vocabulary.ts';
import { fateOf } from '../../core/channels/answer.ts';
import type { ToldHow } from '../../core/channels/marks.ts';
import { isQuiet } from '../../core/channels/wanted/routing.ts';
import type { News } from '../../core/report/outbox.ts';
import type { StageContext } from '../context/stage-context.ts';
import { localTime } from '../expressions/local-time.ts';
import type { Marks } from './marks.ts';
import { send } from './send.ts';

/** Who has not answered by then is asked again. */
const TIMEOUT_MS = 10_000;

/** Resolves with how many could not be told, and are told later; what quiet hours hold is none of them. Never throws. */
export async function deliver(
  context: StageContext,
  marks: Marks,
  news: readonly News[],
  deadline: Instant,
): Promise<number> {
  const waiting = news.filter((one) => mayWait(context, one));
  for (const one of waiting) say(context, one, 'held', heldFor(one));
  const loud = news.filter((one) => !waiting.includes(one));
  const targets = [...new Set(loud.map(({ to }) => to))];
  const left = await Promise.all(
    targets.map(async (target) => {
      const mine = loud.filter(({ to }) => to === target);
      for (const [at, one] of mine.entries()) {
        // No one is told the end before the beginning.
        if (!(await deliverOne(context, marks, one, deadline))) return mine.length - at;
      }
      return 0;
    }),
  );
  return left.reduce((sum, each) => sum + each, 0);
}

/** A run that was refused is in no journal, so that nobody can tell of it later. */
function heldFor({ notification: { event } }: News): string {
  return event === 'refused'
    ? 'quiet hours: it is told here alone'
    : 'quiet hours: told once they are over, by recover or the next release';
}

function mayWait({ clock }: StageContext, { target, notification }: News): boolean {
  return isQuiet(target, notification.event, clock.now(), localTime);
}

/** True once nothing is left to be done about it. */
async function deliverOne(
  context: StageContext,
  marks: Marks,
  news: News,
  deadline: Instant,
): Promise<boolean> {
  const { clock, stop } = context;
  const { target, notification } = news;
  for (let attempt = 0; ; attempt += 1) {
    const leftMs = deadline - clock.now();
    if (leftMs <= 0 || stop.aborted) return false;
    const ms = Math.min(TIMEOUT_MS, leftMs);
    const answered = await inTime(context, send(context, target, notification, ms), ms);
    const fate = fateOf(answered, attempt, clock.now());
    if (fate.kind === 'told') return noted(context, marks, news, 'told', undefined);
    if (fate.kind === 'in-vain') return noted(context, marks, news, 'in-vain', fate.why);
    if (fate.at >= deadline) {
      say(context, news, 'failed', `${fate.why}; told later`);
      return false;
    }
    if (attempt === 0) say(context, news, 'failed', `${fate.why}; tried again`);
    await clock.sleep(fate.at - clock.now(), stop);
  }
}

/** What is sent has a timeout of its own; no one waits for more than that. */
async function inTime(
  { clock, stop }: StageContext,
  sending: ReturnType<typeof send>,
  ms: number,
): ReturnType<typeof send> {
  const late = clock
    .sleep(ms, stop)
    .then(() => ({ status: undefined, why: `no answer within ${ms} ms` }));
  return Promise.race([sending, late]);
}

async function noted(
  context: StageContext,
  marks: Marks,
  news: News,
  how: ToldHow,
  reason: string | undefined,
): Promise<true> {
  const { to, notification } = news;
  const why = await marks.add({ id: notification.id, to, how, at: context.clock.now() });
  const unmarked =
    why === undefined ? undefined : `may be told again, for it cannot be marked: ${why}`;
  say(context, news, how === 'told' ? 'sent' : 'failed', reason ?? unmarked);
  return true;
}

function say(
  { log }: StageContext,
  { target, notification }: News,
  outcome: 'sent' | 'failed' | 'held',
  reason: string | undefined,
): void {
  const about = notification.event;
  log.event({ event: 'notification', notification: target.type, about, outcome, reason });
}
