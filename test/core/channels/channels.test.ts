// What is sent is what the receiver takes: its bounds, its escapes, its words. A release's texts come from pods,
// people and images, and none of them may become a mention, a link or a header.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { fateOf } from '../../../core/channels/answer.ts';
import type { HttpMessage, Message, Notification } from '../../../core/channels/channel.ts';
import { NOTIFICATION_EVENTS } from '../../../core/channels/channel.ts';
import { isMarked, readMarks, withMarks } from '../../../core/channels/marks.ts';
import {
  messageFor,
  type NotificationTarget,
  resolveChannel,
  secretFilesOf,
} from '../../../core/channels/registry.ts';
import { notificationIssues } from '../../../core/config/sections/notifications.ts';

const AT = instant(Date.UTC(2026, 10, 30, 8, 0, 0));
const EVIL = '<!channel> *bold* [x](http://evil) & <script>alert(1)</script> <@U1>';
const news = (more: Partial<Notification> = {}): Notification => ({
  id: 'run-1/ended',
  at: AT,
  event: 'rollback',
  service: 'pay',
  namespace: 'shop',
  release: releaseId('run-1'),
  strategy: 'canary',
  from: 'r.io/team/pay:v1.1.0@sha256:aa',
  to: 'r.io/team/pay:v1.2.0',
  outcome: 'rolled-back',
  reason: 'why',
  durationMs: 9_000,
  code: 'errors',
  sentence: `v1.2.0 failed: ${EVIL}`,
  next: 'Mend it.',
  proof: [EVIL, 'x'.repeat(5_000)],
  evidence: {},
  ...more,
});

const target = (type: NotificationTarget['type'], keys = {}): NotificationTarget =>
  resolveChannel(type, keys, {
    url: { kind: 'plain', value: 'https://to.example/x' },
    events: NOTIFICATION_EVENTS,
  });
const TARGETS: readonly NotificationTarget[] = [
  target('webhook', { secretFile: 's' }),
  target('slack', { tokenFile: 't', channel: '#ops' }),
  target('email', { sender: 'zd@shop.example', recipients: ['ops@shop.example'] }),
  target('pagerduty', { routingKeyFile: 'k' }),
  target('teams'),
  target('cdevents'),
  target('grafana', { tokenFile: 't' }),
];
const SECRETS = { secretFile: 'S', tokenFile: 'T', routingKeyFile: 'K' };
const written = (to: NotificationTarget, one = news()): Message | undefined =>
  messageFor(to, one, { url: 'https://to.example/x', secrets: SECRETS });
const http = (type: NotificationTarget['type'], one = news()): HttpMessage => {
  const to = TARGETS.find((each) => each.type === type);
  const message = to && written(to, one);
  if (message?.by !== 'http') throw new Error(`${type} sends no request`);
  return message;
};
const bodyOf = (type: NotificationTarget['type'], one = news()) => JSON.parse(http(type, one).body);

describe.each(TARGETS.map((to) => [to.type, to] as const))('%s', (_type, to) => {
  test.each(NOTIFICATION_EVENTS)(
    'has something to say of %s, or nothing, and throws nothing',
    (event) => {
      const outcome = event === 'started' || event === 'anomaly' ? undefined : 'failed';
      const message = written(to, news({ event, outcome }));
      if (message?.by === 'http') expect(message.body.length).toBeLessThan(20_000);
      if (message?.by === 'http') expect(() => JSON.parse(message.body)).not.toThrow();
    },
  );

  test('keeps no secret in what the journal keeps of it', () => {
    expect(JSON.stringify(to)).not.toMatch(/"(S|T|K)"/);
    for (const [, file] of secretFilesOf(to)) expect(file).toMatch(/^[stk]$/);
  });
});

interface SlackBlock {
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text: string }[];
}

describe('slack', () => {
  test('holds to its bounds, and mentions nobody', () => {
    const { text, blocks, channel } = bodyOf('slack');
    expect(channel).toBe('#ops');
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks[0].text.text.length).toBeLessThanOrEqual(150);
    const texts = [
      text,
      ...blocks.flatMap((each: SlackBlock) => each.text?.text ?? each.elements?.[0]?.text ?? []),
    ];
    for (const each of texts) {
      expect(each.length).toBeLessThanOrEqual(3_000);
      expect(each).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    }
  });
});

test('teams shows what looks like Markdown as it is', () => {
  const { body } = bodyOf('teams').attachments[0].content;
  const texts = body.map(({ text = '' }) => text).join('\n');
  expect(texts).toContain('\\*bold\\*');
  expect(texts).toContain('\\[x\\]\\(http://evil\\)');
  expect(texts).toContain('\\<script\\>');
});

describe('pagerduty', () => {
  test('opens an incident of the service and resolves the same one, and has no word for a beginning', () => {
    const opened = bodyOf('pagerduty');
    const closed = bodyOf('pagerduty', news({ event: 'completed', outcome: 'promoted' }));
    expect(opened).toMatchObject({
      event_action: 'trigger',
      routing_key: 'K',
      payload: { severity: 'warning' },
    });
    expect(closed).toMatchObject({ event_action: 'resolve', dedup_key: opened.dedup_key });
    expect(() => http('pagerduty', news({ event: 'started' }))).toThrow('sends no request');
    const long = bodyOf('pagerduty', news({ event: 'failed', sentence: 'y'.repeat(5_000) }));
    expect(long.payload.summary).toHaveLength(1_024);
    expect(long.payload.severity).toBe('critical');
  });
});

test('grafana marks the time of the release, and shows no HTML', () => {
  expect(http('grafana')).toMatchObject({
    url: 'https://to.example/x/api/annotations',
    headers: { authorization: 'Bearer T' },
  });
  const annotation = bodyOf('grafana');
  expect(annotation).toMatchObject({
    time: AT - 9_000,
    timeEnd: AT,
    tags: expect.arrayContaining(['service:pay']),
  });
  expect(annotation.text).not.toMatch(/[<>]/);
});

describe('cdevents', () => {
  test('says what serves now: the version before, where it was rolled back', () => {
    const { data, type } = bodyOf('cdevents');
    expect(type).toBe('dev.cdevents.service.rolledback.0.2.0');
    expect(data.subject).toEqual({
      id: 'shop/pay',
      source: '/namespaces/shop',
      type: 'service',
      content: {
        environment: { id: 'shop' },
        artifactId: expect.stringMatching(/^pkg:oci\/.*v1\.1\.0/),
      },
    });
    expect(Object.keys(data.context).sort()).toEqual([
      'id',
      'source',
      'timestamp',
      'type',
      'version',
    ]);
  });
});

test('the mails of a release are one thread, and their HTML is text', () => {
  const [, , mail] = TARGETS;
  const of = (event: Notification['event']) => mail && written(mail, news({ event }));
  const [first, last] = [of('started'), of('rollback')];
  if (first?.by !== 'smtp' || last?.by !== 'smtp') throw new Error('no mail');
  expect(first.inReplyTo).toBeUndefined();
  expect(last.inReplyTo).toBe(first.messageId);
  expect(last.messageId).not.toBe(first.messageId);
  expect(last.html).not.toContain('<script>');
});

test('the webhook has the attributes of CloudEvents, and a body that says when it happened', () => {
  const { headers, signWith } = http('webhook');
  expect(headers).toMatchObject({
    'idempotency-key': 'run-1/ended',
    'ce-id': 'run-1/ended',
    'ce-specversion': '1.0',
  });
  expect(signWith).toBe('S');
  expect(bodyOf('webhook')).toMatchObject({
    event: 'rollback',
    code: 'errors',
    at: '2026-11-30T08:00:00Z',
  });
});

describe('an answer', () => {
  const fate = (status: number | undefined, retryAfter?: string, attempt = 0) =>
    fateOf({ status, why: 'w', retryAfter }, attempt, AT);
  test.each([
    [200, 'told'],
    [204, 'told'],
    [301, 'in-vain'],
    [400, 'in-vain'],
    [404, 'in-vain'],
    [408, 'again'],
    [429, 'again'],
    [500, 'again'],
    [503, 'again'],
    [undefined, 'again'],
  ])('of %s means %s', (status, kind) => expect(fate(status).kind).toBe(kind));

  test.each([
    [undefined, 0, 500],
    [undefined, 3, 4_000],
    [undefined, 40, 30_000],
    ['7', 0, 7_000],
    ['0', 0, 500],
    ['99999999', 0, 3_600_000],
    ['Mon, 30 Nov 2026 08:00:09 GMT', 0, 9_000],
    ['Mon, 30 Nov 2020 08:00:09 GMT', 0, 500],
    ['soon', 0, 500],
    ['-5', 0, 500],
  ])('that asks for %s is met after attempt %i by waiting %i ms', (retryAfter, attempt, ms) => {
    expect(fate(503, retryAfter, attempt)).toMatchObject({ kind: 'again', at: AT + ms });
  });
});

describe('marks', () => {
  const mark = (id: string) => ({ id, to: 'x', how: 'told', at: AT }) as const;
  test('are there once, and the oldest make room', () => {
    const many = Array.from({ length: 450 }, (_, index) => mark(`${index}`));
    const kept = readMarks(withMarks(many, [mark('449'), mark('new')]));
    expect(kept).toHaveLength(400);
    expect(isMarked(kept, 'new', 'x')).toBe(true);
    expect(isMarked(kept, '0', 'x')).toBe(false);
  });

  test.each(['{', '{}', '[1,null]', '[{"id":1}]', '[{"id":"a","to":"b","how":"maybe","at":1}]'])(
    'that are none are none: %s',
    (text) => expect(readMarks({ 'told.json': text })).toEqual([]),
  );
});

test('a config says all that is wrong with its channels at once', () => {
  const url = 'https://to.example';
  expect(
    notificationIssues([
      { type: 'email', url, sender: 'a@b.c' },
      { type: 'pagerduty', url, recipients: ['a@b.c'] },
      { type: 'slack', url: 'smtp://x' },
    ]),
  ).toEqual([
    { path: '/notifications/0', message: 'the channel email needs recipients' },
    { path: '/notifications/0/url', message: 'must begin with smtp:// or smtps://' },
    { path: '/notifications/1/recipients', message: 'has no meaning for the channel pagerduty' },
    { path: '/notifications/1', message: 'the channel pagerduty needs routingKeyFile' },
    { path: '/notifications/2/url', message: 'must begin with http:// or https://' },
  ]);
});
