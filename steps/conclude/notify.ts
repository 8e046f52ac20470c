/** Tells the channels of the config how a release ended. News that cannot be told changes nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventOf } from '../../core/channels/channel.ts';
import { CHANNELS } from '../../core/channels/registry.ts';
import type { NotificationTarget } from '../../core/config/settings.ts';
import type { ReleaseRecord } from '../../core/release/journal.ts';
import type { Plan } from '../../core/release/plan.ts';
import { messageOf } from '../../effects/failure.ts';
import type { Ask } from '../../effects/http.ts';
import type { Outside } from '../../effects/outside.ts';

const TIMEOUT_MS = 10_000;

export async function notify(
  { ask, log }: Outside,
  plan: Plan,
  record: ReleaseRecord,
  secretsDir: string,
): Promise<void> {
  const event = eventOf(record);
  if (!event) return;
  const { namespace, service } = plan;
  const wanted = plan.settings.notifications.filter(({ events }) => events.includes(event));
  await Promise.all(
    wanted.map(async (target) => {
      const fault = await tell(ask, target, secretsDir, { event, service, namespace, record });
      const result = fault === undefined ? 'result=sent' : `result=failed reason="${fault}"`;
      log.line(`notification=${target.type} event=${event} ${result}`);
    }),
  );
}

/** Undefined where it was told. Never names the URL: it may be a secret. */
async function tell(
  ask: Ask,
  target: NotificationTarget,
  secretsDir: string,
  notification: Parameters<(typeof CHANNELS)['webhook']>[0],
): Promise<string | undefined> {
  let url: string;
  try {
    url = await urlOf(target, secretsDir);
  } catch (thrown) {
    return `cannot read urlFile: ${messageOf(thrown)}`;
  }
  const request = CHANNELS[target.type](notification, url);
  const answer = await ask({ ...request, timeoutMs: TIMEOUT_MS });
  if (answer.kind === 'failed') return answer.why.replaceAll(url, '<url>');
  return answer.status < 300 ? undefined : `answered ${answer.status}`;
}

async function urlOf({ url }: NotificationTarget, secretsDir: string): Promise<string> {
  if (url.kind === 'plain') return url.value;
  return (await readFile(join(secretsDir, url.value), 'utf8')).trim();
}
