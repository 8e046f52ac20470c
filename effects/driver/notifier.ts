/** Tells the channels of the config what happens. News that cannot be told changes nothing. */
import { type Instant, instant } from '../../core/base/vocabulary.ts';
import type { Notification } from '../../core/channels/channel.ts';
import type { Mark } from '../../core/channels/marks.ts';
import type { Journal } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type News, newsFor, pendingNews } from '../../core/report/outbox.ts';
import type { StageContext } from '../context/stage-context.ts';
import { deliver } from '../tell/deliver.ts';
import { type Marks, marksOf } from '../tell/marks.ts';

/** While a release is under way. */
const PATIENCE_MS = 120_000;
/** A stage that has done its work waits no longer for those that do not answer. */
const LAST_WAIT_MS = 2_000;

type Subject = Pick<Plan, 'namespace' | 'service'>;

/**
 * Tells all that is left to be told of a service, in the time given; resolves with how much is left.
 * `leftMs`: only what happened so long ago. Never throws.
 */
export async function tellPending(
  context: StageContext,
  subject: Subject,
  journal: Journal,
  limitMs: number = LAST_WAIT_MS,
  leftMs: number = 0,
): Promise<number> {
  const { clock } = context;
  const now = clock.now();
  // Most services tell no one: then what was told is not asked for.
  const pending = (told: readonly Mark[]) =>
    pendingNews(subject, journal, told, now).filter(
      ({ notification: { at } }) => now - at >= leftMs,
    );
  if (pending([]).length === 0) return 0;
  const marks = marksOf(context.kube, subject);
  const told = await marks.read().catch(() => []);
  return deliver(context, marks, pending(told), instant(now + limitMs));
}

export interface Notifier {
  /** Does not wait: no release is held up by who is told of it. */
  tell(notification: Notification): void;
  /** What a process before has left untold. */
  catchUp(journal: Journal): void;
  /** Resolves when everybody was told, or has not answered for long enough. */
  told(): Promise<void>;
}

export function createNotifier(stage: StageContext, plan: Plan): Notifier {
  const { clock, stop, kube } = stage;
  // Telling the end tells what is left of before as well: not both.
  const over = new AbortController();
  const context = { ...stage, stop: AbortSignal.any([stop, over.signal]) };
  const marks = marksOf(kube, plan);
  const lanes = new Map<string, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  const track = (doing: Promise<unknown>): void => {
    const done = doing.finally(() => underWay.delete(done));
    underWay.add(done);
  };
  // One after the other to each target, and none waits for another's.
  const queue = (news: News): void => {
    const before = lanes.get(news.to) ?? Promise.resolve();
    const telling = before.then(() => deliver(context, marks, [news], later(clock.now())));
    lanes.set(news.to, telling);
    track(telling);
  };
  return {
    tell: (notification) => newsFor(plan.settings.notifications, notification).forEach(queue),
    catchUp: (journal) => {
      const now = clock.now();
      if (pendingNews(plan, journal, [], now).length === 0) return;
      track(untold(marks, plan, journal, now).then((news) => news.forEach(queue)));
    },
    told: async () => {
      if (underWay.size === 0) return;
      await Promise.race([Promise.all(underWay), clock.sleep(LAST_WAIT_MS, stop)]);
      over.abort();
    },
  };
}

async function untold(marks: Marks, subject: Subject, journal: Journal, now: Instant) {
  const told = await marks.read().catch(() => undefined);
  // Where it is not known what was told, the next process finds out.
  return told === undefined ? [] : pendingNews(subject, journal, told, now);
}

function later(now: Instant): Instant {
  return instant(now + PATIENCE_MS);
}
