// What each channel sends, to the letter: a key that is missing or misnamed is a message that no one sees.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { headline, type Notification, title } from '../../../core/channels/channel.ts';
import {
  messageFor,
  type NotificationTarget,
  refusalIn,
  resolveChannel,
} from '../../../core/channels/registry.ts';

const AT = instant(Date.UTC(2026, 10, 30, 8, 0, 0));
const ENDED: Notification = {
  id: 'run-1/ended',
  at: AT,
  event: 'rollback',
  service: 'pay',
  namespace: 'shop',
  release: releaseId('run-1'),
  strategy: 'canary',
  from: 'r.io/team/pay:v1.1.0',
  to: 'r.io/team/pay:v1.2.0',
  outcome: 'rolled-back',
  reason: 'too many errors',
  durationMs: 9_000,
  code: 'errors',
  sentence: 'v1.2.0 failed',
  next: 'Mend it.',
  proof: ['6 of 32'],
  evidence: {},
};
const BEGUN: Notification = {
  ...ENDED,
  ...{ id: 'run-1/started', event: 'started', durationMs: 0, sentence: 'it begins' },
  ...{ outcome: undefined, reason: undefined, code: undefined, next: '', proof: [] },
};
const URL = 'https://to.example/x';

function sent(
  type: NotificationTarget['type'],
  keys: object,
  notification = ENDED,
  secrets: Readonly<Record<string, string>> = {},
) {
  const base = { url: { kind: 'plain', value: URL }, events: [] } as const;
  const message = messageFor(resolveChannel(type, keys, base), notification, { url: URL, secrets });
  return message?.by === 'http' ? { ...message, body: JSON.parse(message.body) } : message;
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a headline', () => {
  test.each<[string, Partial<Notification>, string, string]>([
    [
      'of an end',
      {},
      'shop/pay rolled-back, pay:v1.1.0 -> pay:v1.2.0: too many errors',
      'shop/pay rolled back',
    ],
    [
      'of a beginning',
      BEGUN,
      'shop/pay canary started, pay:v1.1.0 -> pay:v1.2.0',
      'shop/pay started',
    ],
    [
      'of a warning',
      { event: 'anomaly', outcome: undefined },
      'shop/pay warning, pay:v1.1.0 -> pay:v1.2.0: too many errors',
      'shop/pay warning',
    ],
  ])('%s', (_what, over, line, short) => {
    expect(headline({ ...ENDED, ...over })).toBe(line);
    expect(title({ ...ENDED, ...over })).toBe(short);
  });
});

describe('webhook', () => {
  test('has all that is known', () => {
    expect(sent('webhook', { secretFile: 's' }, ENDED, { secretFile: 'S' })).toEqual({
      by: 'http',
      method: 'POST',
      url: URL,
      headers: {
        ...JSON_TYPE,
        'idempotency-key': 'run-1/ended',
        'ce-specversion': '1.0',
        'ce-id': 'run-1/ended',
        'ce-type': 'deployment.rollback',
        'ce-source': '/namespaces/shop/services/pay',
        'ce-time': '2026-11-30T08:00:00Z',
      },
      body: {
        ...ENDED,
        at: '2026-11-30T08:00:00Z',
        text: 'shop/pay rolled-back, pay:v1.1.0 -> pay:v1.2.0: too many errors',
      },
      signWith: 'S',
    });
  });

  test('says of what is not known yet that it is not, and signs nothing without a secret', () => {
    const message = sent('webhook', {}, BEGUN);
    expect(message).toMatchObject({ body: { outcome: null, reason: null, code: null } });
    expect(message).not.toHaveProperty('signWith');
  });
});

describe('slack', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  test('of a bot names its token and its channel', () => {
    const keys = { tokenFile: 't', channel: '#ops' };
    expect(sent('slack', keys, ENDED, { tokenFile: 'T' })).toEqual({
      by: 'http',
      method: 'POST',
      url: URL,
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: 'Bearer T' },
      body: {
        channel: '#ops',
        text: 'shop/pay rolled-back, pay:v1.1.0 -&gt; pay:v1.2.0: too many errors',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'shop/pay rolled back' } },
          section(':warning: v1.2.0 failed'),
          section('*Next:* Mend it.'),
          section('• 6 of 32'),
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'release run-1' }] },
        ],
      },
    });
  });

  test('of a webhook has neither, and no block for what there is not', () => {
    const message = sent('slack', {}, BEGUN);
    expect(message).toMatchObject({
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { blocks: [{}, section(':white_check_mark: it begins'), { type: 'context' }] },
    });
    expect(message).not.toHaveProperty('body.channel');
    expect(message).not.toHaveProperty('headers.authorization');
  });

  test.each([
    ['{"ok":false,"error":"channel_not_found"}', 'Slack says channel_not_found'],
    [`{"ok":false,"error":"${'x'.repeat(100)}"}`, `Slack says ${'x'.repeat(60)}`],
    ['{"ok":false}', 'Slack says no'],
    ['{"ok":true}', undefined],
    ['{"fine":1}', undefined],
    ['ok', undefined],
    ['null', undefined],
    ['7', undefined],
  ])('that answers %s says: %s', (body, why) => {
    const base = { url: { kind: 'plain', value: URL }, events: [] } as const;
    expect(refusalIn(resolveChannel('slack', {}, base), body)).toBe(why);
    expect(refusalIn(resolveChannel('teams', {}, base), body)).toBeUndefined();
  });
});

test('pagerduty tells what is needed to act on an incident', () => {
  expect(sent('pagerduty', { routingKeyFile: 'k' }, ENDED, { routingKeyFile: 'K' })).toEqual({
    by: 'http',
    method: 'POST',
    url: URL,
    headers: JSON_TYPE,
    body: {
      routing_key: 'K',
      event_action: 'trigger',
      dedup_key: 'zero-downtime/shop/pay',
      client: 'zero-downtime-deployment',
      payload: {
        summary: 'shop/pay: v1.2.0 failed',
        source: 'shop/pay',
        severity: 'warning',
        timestamp: '2026-11-30T08:00:00Z',
        component: 'pay',
        group: 'shop',
        class: 'errors',
        custom_details: {
          ...{ release: 'run-1', from: ENDED.from, to: ENDED.to },
          ...{ next: 'Mend it.', proof: ['6 of 32'] },
        },
      },
    },
  });
  expect(sent('pagerduty', {}, { ...ENDED, code: undefined })).toMatchObject({
    body: { routing_key: '', payload: { class: 'rollback' } },
  });
});

describe('teams', () => {
  const block = (text: string, looks: object = {}) => ({
    type: 'TextBlock',
    wrap: true,
    text,
    ...looks,
  });
  const facts = {
    type: 'FactSet',
    facts: [
      { title: 'Versions', value: 'pay:v1.1.0 → pay:v1.2.0' },
      { title: 'Strategy', value: 'canary' },
      { title: 'Release', value: 'run-1' },
    ],
  };
  test('shows a card with its versions', () => {
    expect(sent('teams', {})).toEqual({
      by: 'http',
      method: 'POST',
      url: URL,
      headers: JSON_TYPE,
      body: {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            contentUrl: null,
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.4',
              body: [
                block('shop/pay rolled back', {
                  ...{ size: 'Medium', weight: 'Bolder', color: 'Warning' },
                }),
                block('v1.2.0 failed'),
                block('Next: Mend it.', { weight: 'Bolder' }),
                block('6 of 32', { isSubtle: true, spacing: 'Small' }),
                facts,
              ],
            },
          },
        ],
      },
    });
  });

  test('shows no line for what there is not', () => {
    expect(sent('teams', {}, BEGUN)).toMatchObject({
      body: {
        attachments: [{ content: { body: [{ color: 'Good' }, block('it begins'), facts] } }],
      },
    });
  });
});

describe('cdevents', () => {
  test('says in CloudEvents what serves from now on', () => {
    const source = '/namespaces/shop';
    expect(sent('cdevents', {}, { ...ENDED, event: 'completed', outcome: 'promoted' })).toEqual({
      by: 'http',
      method: 'POST',
      url: URL,
      headers: {
        'content-type': 'application/cloudevents+json',
        'idempotency-key': 'run-1/ended',
      },
      body: {
        specversion: '1.0',
        id: 'run-1/ended',
        source,
        type: 'dev.cdevents.service.upgraded.0.2.0',
        time: '2026-11-30T08:00:00Z',
        datacontenttype: 'application/json',
        data: {
          context: {
            version: '0.4.1',
            id: 'run-1/ended',
            source,
            type: 'dev.cdevents.service.upgraded.0.2.0',
            timestamp: '2026-11-30T08:00:00Z',
          },
          subject: {
            id: 'shop/pay',
            source,
            type: 'service',
            content: {
              environment: { id: 'shop' },
              artifactId: 'pkg:oci/pay?repository_url=r.io%2Fteam%2Fpay&tag=v1.2.0',
            },
          },
          customData: {
            ...{ release: 'run-1', strategy: 'canary', code: 'errors', sentence: 'v1.2.0 failed' },
          },
          customDataContentType: 'application/json',
        },
      },
    });
  });

  test.each(['started', 'anomaly', 'failed'] as const)('has no word for %s', (event) => {
    expect(sent('cdevents', {}, { ...ENDED, event })).toBeUndefined();
  });
});

describe('grafana', () => {
  test('marks a region for an end, under the API of whatever address is given', () => {
    expect(sent('grafana', { tokenFile: 't' }, ENDED, { tokenFile: 'T' })).toEqual({
      by: 'http',
      method: 'POST',
      url: `${URL}/api/annotations`,
      headers: { ...JSON_TYPE, authorization: 'Bearer T' },
      body: {
        time: AT - 9_000,
        timeEnd: AT,
        tags: ['deployment', 'rollback', 'namespace:shop', 'service:pay'],
        text: 'shop/pay rolled back: v1.2.0 failed',
      },
    });
  });

  test('marks a moment for a beginning', () => {
    const message = sent('grafana', { tokenFile: 't' }, BEGUN);
    expect(message).toMatchObject({ body: { time: AT } });
    expect(message).not.toHaveProperty('body.timeEnd');
  });
});

describe('email', () => {
  const keys = { sender: 'zd@shop.example', recipients: ['ops@shop.example'] };
  test('says all that is to be said, as text and as HTML', () => {
    const secrets = { userFile: 'U', passwordFile: 'P', mailCaFile: 'CA' };
    const last = 'pay:v1.1.0 -> pay:v1.2.0, canary, release run-1, 2026-11-30T08:00:00Z';
    expect(sent('email', keys, ENDED, secrets)).toMatchObject({
      by: 'smtp',
      url: URL,
      ca: 'CA',
      login: { user: 'U', password: 'P' },
      from: 'zd@shop.example',
      to: ['ops@shop.example'],
      subject: '[release] shop/pay rolled back',
      text: `v1.2.0 failed\n\nNext: Mend it.\n\n6 of 32\n\n${last}`,
      html: `<p>v1.2.0 failed</p>\n<p>Next: Mend it.</p>\n<p>6 of 32</p>\n<p>${last.replace('>', '&gt;')}</p>`,
      messageId: expect.stringMatching(/^<[^@\s]+\.zero-downtime@shop\.example>$/),
    });
  });

  test('logs in nowhere without a user, and has no line for what there is not', () => {
    expect(sent('email', keys, BEGUN)).toMatchObject({
      login: undefined,
      ca: undefined,
      text: expect.stringMatching(/^it begins\n\npay:v1\.1\.0 -> /),
    });
  });

  test('keeps in the plan what is written, and nothing else', () => {
    const base = { url: { kind: 'plain', value: URL }, events: [] } as const;
    const files = { userFile: 'u', passwordFile: 'p', mailCaFile: 'c' };
    expect(resolveChannel('email', { ...keys, ...files }, base)).toEqual({
      ...{ type: 'email', ...keys, ...files, ...base },
    });
    expect(resolveChannel('email', keys, base)).toEqual({ type: 'email', ...keys, ...base });
  });
});
