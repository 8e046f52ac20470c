/** Tells the channels of the config what happens. News that cannot be told changes nothing. */
import type { Notification } from '../../core/channels/channel.ts';
import { type NotificationTarget, requestOf } from '../../core/channels/registry.ts';
import { recordOf, withNote } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { ofEnd } from '../../core/report/notification.ts';
import { messageOf } from '../base/failure.ts';
import { readFileWithin } from '../base/workspace-file.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { JournalFile } from '../ownership/journal/journal.ts';

const TIMEOUT_MS = 10_000;
/** A stage that has done its work waits no longer for those that do not answer. */
const LAST_WAIT_MS = 5_000;

/** Tells every channel that wants to hear of it; resolves when all have been tried. Never throws. */
async function notify(
  context: StageContext,
  { settings }: Pick<Plan, 'settings'>,
  notification: Notification,
): Promise<void> {
  const { event } = notification;
  const wanted = settings.notifications.filter(({ events }) => events.includes(event));
  await Promise.all(
    wanted.map(async (target) => {
      const reason = await tell(context, target, notification);
      context.log.event({
        event: 'notification',
        notification: target.type,
        about: event,
        outcome: reason === undefined ? 'sent' : 'failed',
        reason,
      });
    }),
  );
}

/**
 * Tells how a release ended, unless that was told: the process that has ended it tells, and the conclude stage
 * of its run may come all the same.
 */
export async function notifyEnd(
  context: StageContext,
  journal: JournalFile,
  plan: Plan,
): Promise<void> {
  const record = recordOf(journal.journal(), plan.release);
  const wakeup = record && record.toldAt === undefined ? ofEnd(plan, record) : undefined;
  if (!wakeup || !plan.settings.notifications.some(({ events }) => events.includes(wakeup.event)))
    return;
  await notify(context, plan, wakeup);
  const toldAt = context.clock.now();
  const told = withNote(journal.journal(), plan.release, { toldAt });
  // The next release may have begun by now: then its journal stands, and news may come twice.
  await journal.save(told).catch(() => undefined);
}

export interface Notifier {
  /** Does not wait: no release is held up by who is told of it. */
  tell(notification: Notification): void;
  /** Resolves when everybody was told, or has not answered for long enough. */
  told(): Promise<void>;
}

export function createNotifier(context: StageContext, plan: Plan): Notifier {
  const { clock, stop } = context;
  const underWay = new Set<Promise<void>>();
  return {
    tell: (notification) => {
      const telling = notify(context, plan, notification).finally(() => underWay.delete(telling));
      underWay.add(telling);
    },
    told: async () => {
      if (underWay.size === 0) return;
      await Promise.race([Promise.all(underWay), clock.sleep(LAST_WAIT_MS, stop)]);
    },
  };
}

/** Undefined where it was told. Never names the URL: it may be a secret. */
async function tell(
  { askConfigured, secretsDir }: StageContext,
  target: NotificationTarget,
  notification: Notification,
): Promise<string | undefined> {
  let url: string;
  try {
    url = await urlOf(target, secretsDir);
  } catch (thrown) {
    return `cannot read urlFile: ${messageOf(thrown)}`;
  }
  const request = requestOf(target, notification, url);
  const answer = await askConfigured({ ...request, timeoutMs: TIMEOUT_MS });
  // Not even the host: of a URL in a file nothing is for the log.
  if (answer.kind === 'failed')
    return target.url.kind === 'plain' ? answer.why : reasonIn(answer.why);
  return answer.status < 300 ? undefined : `answered ${answer.status}`;
}

/** The kind of what went wrong, without hosts and addresses, wherever in it they stand. */
function reasonIn(why: string): string {
  if (why.startsWith('not asked')) return NOT_ALLOWED;
  const kind = /no answer within \d+ ms|larger than \d+ bytes|\b[A-Z][A-Z_]{3,}\b/.exec(why)?.[0];
  return kind ?? 'it could not be asked';
}

const NOT_ALLOWED =
  'not asked: it leads where ConfigMap zero-downtime-destinations does not allow it';

async function urlOf({ url }: NotificationTarget, secretsDir: string): Promise<string> {
  if (url.kind === 'plain') return url.value;
  if (secretsDir === '') throw new Error('the run has no workspace secrets');
  return (await readFileWithin(secretsDir, url.value)).trim();
}
