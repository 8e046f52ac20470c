/** E-mail: text and HTML, the mails of one release in one thread (RFC 5322, Message-ID and In-Reply-To). */

import { fingerprint } from '../base/fingerprint.ts';
import type { WrittenKeys } from '../base/from-schema.ts';
import { FILE } from '../base/schema-types.ts';
import { timestampOf } from '../kubernetes/time.ts';
import { asItIs, type Channel, type Notification, title, versions } from './channel.ts';

const ADDRESS = '^[^\\s<>@,;:"]{1,64}@[A-Za-z0-9.-]{1,255}$';
const KEYS = {
  sender: { type: 'string', pattern: ADDRESS, description: 'The address that mails come from.' },
  recipients: {
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: { type: 'string', pattern: ADDRESS },
    description: 'The addresses that are told.',
  },
  userFile: {
    ...FILE,
    description: 'A file in the workspace `secrets` with the user for the mail server.',
  },
  passwordFile: {
    ...FILE,
    description: 'A file in the workspace `secrets` with its password.',
  },
  mailCaFile: {
    ...FILE,
    description: 'A file in the workspace `secrets` with the CA of the mail server, in PEM.',
  },
} as const;

interface EmailTarget {
  readonly type: 'email';
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly userFile?: string;
  readonly passwordFile?: string;
  readonly mailCaFile?: string;
}

export const email = {
  type: 'email',
  scheme: 'smtp',
  keys: KEYS,
  needs: ['sender', 'recipients'],
  secrets: ['userFile', 'passwordFile', 'mailCaFile'],
  // The part in HTML is made of the text, and escaped whole.
  escape: asItIs,
  resolve: ({ sender = '', recipients = [], userFile, passwordFile, mailCaFile }) => ({
    type: 'email',
    sender,
    recipients,
    ...(userFile ? { userFile } : {}),
    ...(passwordFile ? { passwordFile } : {}),
    ...(mailCaFile ? { mailCaFile } : {}),
  }),
  write: (
    notification,
    { url, secrets: { userFile, passwordFile = '', mailCaFile } },
    { sender, recipients },
    wording,
  ) => {
    const { id, release, namespace, service, event } = notification;
    const host = sender.slice(sender.lastIndexOf('@') + 1);
    const lines = wording?.split('\n') ?? linesOf(notification);
    const messageId = (of: unknown) => `<${fingerprint(of)}.zero-downtime@${host}>`;
    const thread = messageId([namespace, service, release]);
    return {
      by: 'smtp',
      url,
      ca: mailCaFile,
      login: userFile === undefined ? undefined : { user: userFile, password: passwordFile },
      from: sender,
      to: recipients,
      subject: `[release] ${title(notification)}`,
      text: wording ?? lines.join('\n\n'),
      html: lines.map((line) => `<p>${html(line)}</p>`).join('\n'),
      messageId: event === 'started' ? thread : messageId([namespace, service, id]),
      inReplyTo: event === 'started' ? undefined : thread,
    };
  },
} as const satisfies Channel<WrittenKeys<typeof KEYS>, EmailTarget>;

function linesOf(notification: Notification): string[] {
  const { sentence, next, proof, strategy, release, at } = notification;
  return [
    sentence,
    ...(next === '' ? [] : [`Next: ${next}`]),
    ...proof,
    `${versions(notification)}, ${strategy}, release ${release}, ${timestampOf(at)}`,
  ];
}

function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => SAFE.get(sign) ?? '');
}

const SAFE: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);
