// Each channel over real sockets: what its receiver answers decides whether it is told, told again or given up,
// and whatever becomes of it, what is secret about it is in no log, no mark and no reason.
import { mkdtempSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { fateOf } from '../../../core/channels/answer.ts';
import { NOTIFICATION_EVENTS } from '../../../core/channels/channel.ts';
import { type NotificationTarget, resolveChannel } from '../../../core/channels/registry.ts';
import { ofEnd } from '../../../core/report/notification.ts';
import { newsFor } from '../../../core/report/outbox.ts';
import { wallClock } from '../../../effects/base/clock.ts';
import { ANYWHERE } from '../../../effects/context/destinations.ts';
import { guardedAsk } from '../../../effects/context/guarded-request.ts';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { deliver } from '../../../effects/tell/deliver.ts';
import { send } from '../../../effects/tell/send.ts';
import { recordFor } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const SECRET = 's3cr3t-';
const files = { url: 'path', token: 'token', key: 'key', secret: 'signing' };
const folder = mkdtempSync(join(tmpdir(), 'channels-'));
/** Each URL is a secret as well, as that of a webhook is. */
const TYPES = {
  webhook: { secretFile: files.secret },
  slack: { tokenFile: files.token, channel: '#ops' },
  pagerduty: { routingKeyFile: files.key },
  teams: {},
  cdevents: {},
  grafana: { tokenFile: files.token },
} as const;
type Type = keyof typeof TYPES;
const NAMES = Object.keys(TYPES) as Type[]; // its own keys

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}
type Answering = (response: ServerResponse, nth: number) => void;

let server: Server;
let got: Got[] = [];
let answering: Answering = (response) => response.writeHead(200).end('ok');

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body, path: request.url ?? '' });
      answering(response, got.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  writeFileSync(join(folder, files.url), `http://127.0.0.1:${port}/${SECRET}path\n`);
  for (const file of [files.token, files.key, files.secret]) {
    writeFileSync(join(folder, file), `${SECRET}${file}\n`);
  }
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const target = (type: Type): NotificationTarget =>
  resolveChannel(type, TYPES[type], {
    url: { kind: 'file', value: files.url },
    events: NOTIFICATION_EVENTS,
  });
const record = recordFor('run-1', {
  outcome: 'rolled-back',
  cause: '6 of 32 failed',
  code: 'errors',
});
const ended = ofEnd({ namespace: 'shop', service: 'pay' }, record);
if (!ended) throw new Error('there is something to tell');

function voice() {
  const world = fakeWorld();
  const askConfigured = guardedAsk(askOverNetwork, async () => ANYWHERE);
  const own = { askConfigured, secretsDir: folder, clock: wallClock };
  return { world, context: world.process('notification', own) };
}

async function answered(type: Type, how: Answering, timeoutMs = 2_000) {
  got = [];
  answering = how;
  const { context } = voice();
  const answer = await send(context, target(type), ended as NonNullable<typeof ended>, timeoutMs); // it is there
  return { answer, fate: fateOf(answer, 0, instant(0)) };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = 'ok'): Answering =>
  (response) =>
    response.writeHead(code, headers).end(body);

describe.each(NAMES)('%s', (type) => {
  test.each<[string, Answering, object]>([
    ['200', status(200), { kind: 'told' }],
    ['404', status(404), { kind: 'in-vain', why: 'answered 404' }],
    ['a redirect', status(302, { location: 'http://127.0.0.1:9/' }), { kind: 'in-vain' }],
    ['429 and in 7 s', status(429, { 'retry-after': '7' }), { kind: 'again', at: 7_000 }],
    ['500', status(500), { kind: 'again', at: 500, why: 'answered 500' }],
    ['503', status(503), { kind: 'again', at: 500, why: 'answered 503' }],
    ['200 and a mebibyte', status(200, {}, 'x'.repeat(1_048_576)), { kind: 'in-vain' }],
    ['half an answer', (response) => response.socket?.destroy(), { kind: 'again' }],
  ])('that answers %s', async (_what, how, fate) => {
    const { answer, fate: came } = await answered(type, how);
    expect(came).toMatchObject(fate);
    expect(got).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toMatch(/s3cr3t|127\.0\.0\.1/);
  });

  test.each<[string, Answering]>([
    ['never', () => undefined],
    ['byte by byte', (response) => void response.writeHead(200).write('x')],
  ])('that answers %s is waited for no longer than it may take', async (_what, how) => {
    const before = Date.now();
    const { fate, answer } = await answered(type, how, 150);
    expect(Date.now() - before).toBeLessThan(1_500);
    expect(fate).toMatchObject({ kind: 'again' });
    expect(answer.why).toMatch(/^no answer within 150 ms$/);
  });

  test('that is away for a moment is told once, and marked; no secret is in log, marks or body', async () => {
    got = [];
    answering = (response, nth) => response.writeHead(nth === 1 ? 503 : 200).end('ok');
    const { world, context } = voice();
    const marked: object[] = [];
    const marks = {
      read: async () => [],
      add: async (mark: object) => void marked.push(mark),
    };
    const news = newsFor([target(type)], ended as NonNullable<typeof ended>); // as above
    const left = await deliver(context, marks, news, instant(wallClock.now() + 5_000));
    expect([left, got.length, marked.length]).toEqual([0, 2, 1]);
    expect(marked[0]).toMatchObject({ id: 'run-1/ended', how: 'told' });
    expect(world.lines.map((line) => /outcome=(\w+)/.exec(line)?.[1])).toEqual(['failed', 'sent']);
    expect(JSON.stringify([world.lines, marked])).not.toMatch(/s3cr3t|127\.0\.0\.1/);
    const [first, second] = got;
    expect(second?.body).toBe(first?.body);
    // PagerDuty's key is a field of its message; all others have theirs in headers, or in the URL alone.
    const body = first?.body.replace(`"routing_key":"${SECRET}key"`, '') ?? '';
    expect(body).toContain('shop');
    expect(body).not.toContain(SECRET);
  });
});

test('a webhook is signed anew each time, under the same id', async () => {
  await answered('webhook', status(200));
  expect(got[0]?.headers).toMatchObject({
    'webhook-id': 'run-1/ended',
    'idempotency-key': 'run-1/ended',
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
  });
});

test('Slack, which answers 200 and says no, has not been told, and is not asked again', async () => {
  const { fate } = await answered(
    'slack',
    status(200, {}, '{"ok":false,"error":"channel_not_found"}'),
  );
  expect(fate).toEqual({ kind: 'in-vain', why: 'Slack says channel_not_found' });
});
