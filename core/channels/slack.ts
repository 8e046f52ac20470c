/**
 * Slack: an incoming webhook, or `chat.postMessage` with a bot's token; Block Kit
 * (https://docs.slack.dev/reference/block-kit/blocks): 150 characters a header, 3,000 a section's text.
 */
import type { WrittenKeys } from '../base/from-schema.ts';
import { jsonOf } from '../base/json.ts';
import { type Channel, headline, type Notification, SEVERITY_OF, title } from './channel.ts';
import { TOKEN_FILE } from './token-file.ts';

const KEYS = {
  tokenFile: TOKEN_FILE,
  channel: {
    type: 'string',
    minLength: 1,
    maxLength: 80,
    description: 'Where a bot with a token writes: the id or the name of a Slack channel.',
  },
} as const;

interface SlackTarget {
  readonly type: 'slack';
  readonly tokenFile?: string;
  readonly channel?: string;
}

const SIGNS = { info: ':white_check_mark:', warning: ':warning:', critical: ':rotating_light:' };

export const slack = {
  type: 'slack',
  scheme: 'http',
  keys: KEYS,
  needs: [],
  secrets: ['tokenFile'],
  escape: escaped,
  resolve: ({ tokenFile, channel }) => ({
    type: 'slack',
    ...(tokenFile ? { tokenFile } : {}),
    ...(channel ? { channel } : {}),
  }),
  write: (notification, { url, secrets: { tokenFile } }, { channel }, wording) => ({
    by: 'http',
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(tokenFile === undefined ? {} : { authorization: `Bearer ${tokenFile}` }),
    },
    body: JSON.stringify({
      ...(channel === undefined ? {} : { channel }),
      text: wording ?? within(headline(notification), 2_900),
      blocks: wording === undefined ? blocksOf(notification) : [section(wording)],
    }),
  }),
  // The Web API answers 200 and says in the body that it has not done it; a webhook answers `ok`.
  refusal: (body) => {
    const answer = jsonOf(body);
    if (typeof answer !== 'object' || answer === null || !('ok' in answer) || answer.ok)
      return undefined;
    return `Slack says ${'error' in answer ? String(answer.error).slice(0, 60) : 'no'}`;
  },
} as const satisfies Channel<WrittenKeys<typeof KEYS>, SlackTarget>;

function blocksOf(notification: Notification): object[] {
  const { event, sentence, next, proof, release } = notification;
  const lines = proof.map((line) => `• ${within(line, 300)}`).join('\n');
  return [
    { type: 'header', text: { type: 'plain_text', text: title(notification).slice(0, 150) } },
    section(`${SIGNS[SEVERITY_OF[event]]} ${within(sentence, 1_000)}`),
    ...(next === '' ? [] : [section(`*Next:* ${within(next, 1_000)}`)]),
    ...(lines === '' ? [] : [section(lines.slice(0, 2_900))]),
    { type: 'context', elements: [{ type: 'mrkdwn', text: within(`release ${release}`, 300) }] },
  ];
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

/** Cut first: an escape is whole. */
function within(text: string, most: number): string {
  return escaped(text.slice(0, most));
}

/** What Slack takes for mentions and links (https://docs.slack.dev/messaging/formatting-message-text). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
