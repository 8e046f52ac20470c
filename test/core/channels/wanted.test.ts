// What a config wants of a channel: nobody is told what is not his, nobody sleeps through a release that needs a
// person, and a text of the config's own lets no value out of its place.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import type { Notification } from '../../../core/channels/channel.ts';
import { NOTIFICATION_EVENTS } from '../../../core/channels/channel.ts';
import {
  CHANNEL_NAMES,
  hasTemplate,
  messageFor,
  type NotificationTarget,
  resolveChannel,
} from '../../../core/channels/registry.ts';
import { DAYS, isFor, isQuiet, type LocalTime } from '../../../core/channels/wanted/routing.ts';
import { rendered, templateIssues } from '../../../core/channels/wanted/template.ts';
import {
  notificationIssues,
  resolveNotifications,
} from '../../../core/config/sections/notifications.ts';

const AT = instant(Date.UTC(2026, 10, 30, 8, 0, 0));
const URL = 'https://to.example';
const EVIL = '<!channel> *x* [y](http://evil) & "z"\n{{service}}';
const news = (more: Partial<Notification> = {}): Notification => ({
  ...{ id: 'run-1/ended', at: AT, event: 'rollback', service: 'pay', namespace: 'shop-prod' },
  ...{ release: releaseId('run-1'), strategy: 'canary', outcome: 'rolled-back', reason: EVIL },
  ...{ from: 'r.io/team/pay:v1', to: 'r.io/team/pay:v2', durationMs: 9_000, code: 'errors' },
  ...{ sentence: 'v2 failed', next: 'Mend it.', proof: ['6 of 32', 'so'], evidence: {} },
  ...more,
});
type Written = NonNullable<Parameters<typeof resolveNotifications>[0]>[number];
const written = (keys: Partial<Written>): NotificationTarget => {
  const [target] = resolveNotifications([{ type: 'webhook', url: URL, ...keys }]);
  if (!target) throw new Error('nothing was written');
  return target;
};

describe('news is for whom it concerns', () => {
  test.each<[Partial<Written>, boolean]>([
    [{}, true],
    [{ services: ['pay'] }, true],
    [{ services: ['book', 'p*y'] }, true],
    [{ services: ['pa'] }, false],
    [{ services: ['*'] }, true],
    [{ services: ['pay*pay'] }, false],
    [{ namespaces: ['*-prod'] }, true],
    [{ namespaces: ['shop-*'] }, true],
    [{ namespaces: ['*-test', 'shop'] }, false],
    [{ services: ['pay'], namespaces: ['other'] }, false],
    [{ severity: 'warning' }, true],
    [{ severity: 'critical' }, false],
    [{ events: ['failed'] }, false],
    [{ events: [] }, false],
  ])('%j: %s', (keys, is) => expect(isFor(written(keys), news())).toBe(is));
});

describe('quiet hours', () => {
  const NIGHT = { from: '22:00', until: '07:00' };
  const WEEKEND: Written['quietHours'] = { from: '00:00', until: '24:00', days: ['sat', 'sun'] };
  const clock = (time: string): LocalTime => {
    const [day = '', at = ''] = time.split(' ');
    const [hours = 0, minutes = 0] = at.split(':').map(Number);
    return () => ({
      day: DAYS.find((each) => each === day) ?? 'mon',
      minutes: hours * 60 + minutes,
    });
  };
  const quiet = (quietHours: Written['quietHours'], time: string, event = news().event) =>
    isQuiet(written(quietHours ? { quietHours } : {}), event, AT, clock(time));

  test.each<[Written['quietHours'], string, boolean]>([
    [undefined, 'mon 03:00', false],
    [NIGHT, 'mon 21:59', false],
    [NIGHT, 'mon 22:00', true],
    [NIGHT, 'tue 06:59', true],
    [NIGHT, 'tue 07:00', false],
    [{ ...NIGHT, days: ['fri'] }, 'sat 06:59', true],
    [{ ...NIGHT, days: ['fri'] }, 'fri 06:59', false],
    [{ ...NIGHT, days: ['sun'] }, 'mon 00:00', true],
    [{ ...NIGHT, days: ['fri'] }, 'sat 22:00', false],
    [{ from: '12:00', until: '13:00' }, 'wed 12:59', true],
    [{ from: '12:00', until: '13:00' }, 'wed 13:00', false],
    [WEEKEND, 'sat 00:00', true],
    [WEEKEND, 'sun 23:59', true],
    [WEEKEND, 'mon 00:00', false],
  ])('%j at %s: %s', (hours, time, is) => expect(quiet(hours, time)).toBe(is));

  test.each(NOTIFICATION_EVENTS)(
    'hold %s back, unless a person is needed, or the config makes an exception',
    (event) => {
      expect(quiet(NIGHT, 'mon 03:00', event)).toBe(event !== 'failed');
      expect(quiet({ ...NIGHT, except: ['rollback'] }, 'mon 03:00', event)).toBe(
        event !== 'failed' && event !== 'rollback',
      );
    },
  );
});

describe('a template', () => {
  const as = (value: string) => `<${value}>`;
  test.each<[string, string]>([
    ['{{service}} in {{ namespace }}', '<pay> in <shop-prod>'],
    [
      '{{from}} to {{to}} took {{duration}}, {{at}}',
      '<pay:v1> to <pay:v2> took <9s>, <2026-11-30T08:00:00Z>',
    ],
    ['{{event}} {{severity}} {{outcome}} {{code}}', '<rollback> <warning> <rolled-back> <errors>'],
    ['{{proof}}\n\n{ } {{strategy}} {{release}}', '<6 of 32; so>\n\n{ } <canary> <run-1>'],
    ['no value', 'no value'],
  ])('%j is filled in', (template, text) => expect(rendered(template, news(), as)).toBe(text));

  test('leaves out a line of which nothing is known, and fills in no value twice', () => {
    const template = '{{sentence}}\nNext: {{next}}\n{{reason}}';
    expect(rendered(template, news({ next: '', reason: undefined }), as)).toBe('<v2 failed>');
    expect(rendered('{{reason}}', news(), (value) => value)).toContain('{{service}}');
  });

  test('is bounded, and cuts no escape in two', () => {
    const long = rendered(
      '{{sentence}}'.repeat(120),
      news({ sentence: '&'.repeat(400) }),
      (value) => value.replaceAll('&', '&amp;'),
    );
    expect(long.length).toBeLessThanOrEqual(2_901);
    expect(long).toMatch(/^(&amp;)+…$/);
  });

  test.each([
    ['{{sentense}}', 'has no value {{sentense}}: there are service, namespace'],
    ['{{constructor}}', 'has no value {{constructor}}'],
    ['{{#if x}}', 'has no value {{(a text of 5 characters)}}'],
    ['{{}}', 'has no value {{(a text of 0 characters)}}'],
    ['{{service', 'has a {{ or a }} without the other'],
    ['service}}', 'has a {{ or a }} without the other'],
  ])('%j is none', (template, fault) => {
    expect(templateIssues(template)).toEqual([expect.stringContaining(fault)]);
  });

  const secrets = { routingKeyFile: 'K', tokenFile: 'T' };
  const sent = (type: NotificationTarget['type'], template: string) => {
    const target = resolveChannel(
      type,
      { sender: 'a@b.example', recipients: ['c@d.example'] },
      { url: { kind: 'plain', value: URL }, events: NOTIFICATION_EVENTS, template },
    );
    return messageFor(target, news(), { url: URL, secrets });
  };

  test.each(CHANNEL_NAMES.filter(hasTemplate))(
    '%s shows it in place of its own text, with every value escaped by its own rules',
    (type) => {
      const message = sent(type, 'Own: <b>{{reason}}</b>');
      const body = message?.by === 'http' ? message.body : JSON.stringify(message);
      expect(body).toContain('Own: ');
      const rule: Partial<Record<NotificationTarget['type'], string>> = {
        slack: '<b>&lt;!channel&gt; *x* [y](http://evil) &amp;',
        grafana: '<b>&lt;!channel&gt; *x* [y](http://evil) &amp;',
        teams: '<b>\\\\<!channel\\\\> \\\\*x\\\\* \\\\[y\\\\]\\\\(http://evil\\\\)',
        email: '<p>Own: &lt;b&gt;&lt;!channel&gt;',
      };
      expect(body).toContain(rule[type] ?? '<b><!channel> *x*');
      expect(body).not.toContain('v2 failed</p>');
    },
  );
});

test('a config says all that is wrong with what it wants, at once', () => {
  const template = '{{sentense}} {{';
  const quietHours = { from: '07:00', until: '07:00' };
  expect(
    notificationIssues([
      { type: 'slack', url: URL, template, quietHours },
      { type: 'cdevents', url: URL, template: '{{service}}' },
    ]),
  ).toEqual([
    { path: '/notifications/0/template', message: expect.stringContaining('{{sentense}}') },
    { path: '/notifications/0/template', message: 'has a {{ or a }} without the other' },
    { path: '/notifications/0/quietHours', message: expect.stringContaining('at the same time') },
    { path: '/notifications/1/template', message: 'has no meaning for the channel cdevents' },
  ]);
});
