/** A channel with a key of its own, which says where in it something is told. */
import type { Addition } from './addition.ts';

const TEXT = `
import type { WrittenKeys } from '../base/from-schema.ts';
import { type Channel, headline } from './channel.ts';

const KEYS = { room: { type: 'string', minLength: 1 } } as const;

interface ChatTarget {
  readonly type: 'chat';
  readonly room: string;
}

export const chat = {
  type: 'chat',
  scheme: 'http',
  keys: KEYS,
  needs: [],
  secrets: [],
  escape: undefined,
  resolve: ({ room = 'general' }) => ({ type: 'chat', room }),
  write: (notification, { url }, { room }) => ({
    by: 'http',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room, text: headline(notification) }),
  }),
} as const satisfies Channel<WrittenKeys<typeof KEYS>, ChatTarget>;
`;

const PROGRAM = `
import { instant, releaseId } from './core/base/vocabulary.ts';
import type { Notification } from './core/channels/channel.ts';
import { messageFor } from './core/channels/registry.ts';
import { faultsOf, load } from './load.ts';

const told = (keys: string): string => \`notifications: [{url: "http://hooks", \${keys}}]\`;
const { notifications } = await load(told('type: chat, room: ops, events: [failed]'));
const notification: Notification = {
  id: 'r1/ended',
  at: instant(0),
  code: 'errors',
  sentence: 'it is bad',
  next: '',
  proof: [],
  event: 'failed',
  service: 'pay',
  namespace: 'shop',
  release: releaseId('r1'),
  strategy: 'canary',
  from: 'r/pay:v1',
  to: 'r/pay:v2',
  outcome: 'failed',
  reason: 'it is bad',
  durationMs: 1_000,
  evidence: {},
};
process.stdout.write(
  JSON.stringify({
    targets: notifications,
    requests: notifications.map((target) => messageFor(target, notification, { url: target.url.value, secrets: {} })),
    foreign: await faultsOf(told('type: webhook, room: ops')),
    wrong: await faultsOf(told('type: chat, room: ""')),
  }),
);
`;

const LINE = 'ConfigMap pay-release-config line 3: /notifications/0';

export const channel: Addition = {
  what: 'a channel',
  file: 'core/channels/chat.ts',
  text: TEXT,
  registry: {
    file: 'core/channels/registry.ts',
    import: "import { chat } from './chat.ts';",
    after: 'const CHANNELS = {',
    entry: '  chat,',
  },
  program: PROGRAM,
  writes: {
    targets: [
      {
        type: 'chat',
        room: 'ops',
        url: { kind: 'plain', value: 'http://hooks' },
        events: ['failed'],
      },
    ],
    requests: [
      {
        by: 'http',
        method: 'POST',
        url: 'http://hooks',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ room: 'ops', text: 'shop/pay failed, pay:v1 -> pay:v2: it is bad' }),
      },
    ],
    foreign: [`${LINE}/room has no meaning for the channel webhook`],
    wrong: [`${LINE}/room must NOT have fewer than 1 characters`],
  },
};
