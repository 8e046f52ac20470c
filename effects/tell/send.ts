/** Sends one notification to one target, once. Never throws, and never names what is secret about the target. */
import type { Answered } from '../../core/channels/answer.ts';
import type { Destination, Message, Notification } from '../../core/channels/channel.ts';
import {
  messageFor,
  type NotificationTarget,
  refusalIn,
  secretFilesOf,
} from '../../core/channels/registry.ts';
import { messageOf } from '../base/failure.ts';
import { readFileWithin } from '../base/workspace-file.ts';
import type { StageContext } from '../context/stage-context.ts';
import { signed } from './sign.ts';

/** Of an answer no more is read. */
const MOST_BYTES = 65_536;

const TOO_LARGE = /the answer is larger than \d+ bytes$/;

/** What a stage needs to tell anybody. */
export type Voice = Pick<StageContext, 'askConfigured' | 'post' | 'secretsDir' | 'clock'>;

export async function send(
  voice: Voice,
  target: NotificationTarget,
  notification: Notification,
  timeoutMs: number,
): Promise<Answered> {
  let message: Message | undefined;
  try {
    message = messageFor(target, notification, await destinationOf(target, voice.secretsDir));
  } catch (thrown) {
    return { status: undefined, why: messageOf(thrown), isFinal: true };
  }
  // The channel has no word for it: that is all there is to tell.
  if (message === undefined) return { status: 204, why: '' };
  const answered = await sent(voice, target, notification.id, message, timeoutMs);
  return target.url.kind === 'plain' ? answered : { ...answered, why: reasonIn(answered.why) };
}

async function sent(
  { askConfigured, post, clock }: Voice,
  target: NotificationTarget,
  id: string,
  message: Message,
  timeoutMs: number,
): Promise<Answered> {
  if (message.by === 'smtp') return post({ mail: message, timeoutMs });
  const { method, url, headers, body, signWith } = message;
  const signature = signWith === undefined ? {} : signed(signWith, id, clock.now(), body);
  const request = { method, url, headers: { ...headers, ...signature }, body };
  const answer = await askConfigured({ ...request, timeoutMs, mostBytes: MOST_BYTES });
  if (answer.kind === 'failed') {
    // A receiver that answers at such length has heard it: told again, it would be told twice.
    const isFinal = answer.why.startsWith('not asked') || TOO_LARGE.test(answer.why);
    return { status: undefined, why: answer.why, isFinal };
  }
  const { status } = answer;
  const refusal = status < 300 ? refusalIn(target, answer.body) : undefined;
  if (refusal !== undefined) return { status, why: refusal, isFinal: true };
  return { status, why: `answered ${status}`, retryAfter: answer.headers.get('retry-after') };
}

/** Reads what is in files. Throws with the key whose file cannot be read. */
async function destinationOf(target: NotificationTarget, folder: string): Promise<Destination> {
  const { url } = target;
  const secrets = await Promise.all(
    secretFilesOf(target).map(async ([key, file]) => [key, await fileOf(key, file, folder)]),
  );
  return {
    url: url.kind === 'plain' ? url.value : await fileOf('urlFile', url.value, folder),
    secrets: Object.fromEntries(secrets),
  };
}

async function fileOf(key: string, file: string, folder: string): Promise<string> {
  try {
    if (folder === '') throw new Error('the run has no workspace secrets');
    return (await readFileWithin(folder, file, MOST_BYTES)).trim();
  } catch (thrown) {
    throw new Error(`cannot read ${key}: ${messageOf(thrown)}`);
  }
}

/** The kind of what went wrong, without hosts and addresses: of a URL in a file nothing is for the log. */
function reasonIn(why: string): string {
  if (why.startsWith('not asked')) return NOT_ALLOWED;
  const kind =
    /^answered \d{3}$|^Slack says \w+$|no answer within \d+ ms|larger than \d+ bytes|\b[A-Z][A-Z_]{3,}\b/;
  return kind.exec(why)?.[0] ?? 'it could not be asked';
}

const NOT_ALLOWED =
  'not asked: it leads where ConfigMap zero-downtime-destinations does not allow it';
