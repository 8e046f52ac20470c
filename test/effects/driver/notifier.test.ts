// Nobody who is told of a release holds it up, breaks it, or learns a secret from its log.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../core/base/vocabulary.ts';
import type { NotificationEvent } from '../../../core/channels/channel.ts';
import type { NotificationTarget } from '../../../core/channels/registry.ts';
import { recordOf } from '../../../core/journal/journal.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { ofBeginning } from '../../../core/report/notification.ts';
import { createNotifier, notifyEnd } from '../../../effects/driver/notifier.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { AT, endedAs, journalOf, RUN, releaseIn } from '../../core/support/releases.ts';
import { ownedBy } from '../support/owned.ts';
import { fakeWorld } from '../support/world.ts';

const SECRET = 'https://hooks.example/s3cr3t-token';
const OK: HttpAnswer = { kind: 'answered', status: 200, body: '', headers: new Map() };
const failed = (why: string): HttpAnswer => ({ kind: 'failed', why, headers: new Map() });
const begun = releaseIn('rolling', 'rolling');

function target(more: Partial<NotificationTarget> = {}): NotificationTarget {
  const [resolved] = releaseIn('rolling', 'rolling', {
    config: { notifications: [{ type: 'webhook', url: 'https://hooks.example/open' }] },
  }).plan.settings.notifications;
  if (!resolved) throw new Error('one is configured');
  return { ...resolved, ...more };
}

function planWith(notifications: readonly NotificationTarget[]): Plan {
  const { plan } = begun;
  return { ...plan, settings: { ...plan.settings, notifications } };
}

/** Channels that answer like this: the request, or never. */
function channels(answer: HttpAnswer | 'never', targets = [target()], secretsDir = '') {
  const world = fakeWorld();
  const asked: HttpRequest[] = [];
  const context = world.process('deploy', {
    secretsDir,
    askConfigured: (request) => {
      asked.push(request);
      return answer === 'never' ? new Promise(() => undefined) : Promise.resolve(answer);
    },
  });
  return { world, asked, context, plan: planWith(targets) };
}

describe('a channel that does not answer', () => {
  test('does not hold the release up, and is waited for no longer than 5 s at its end', async () => {
    const { world, asked, context, plan } = channels('never');
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    await world.passes(0);
    expect(asked).toHaveLength(1);
    expect(await world.cameOf(notifier.told(), 4.9)).toBe('waits');
    expect(await world.cameOf(notifier.told(), 5.1)).toEqual({ value: undefined });
  });

  test('is not waited for at all where nothing was told', async () => {
    const { world, context, plan } = channels('never');
    expect(await world.cameOf(createNotifier(context, plan).told(), 0)).toEqual({
      value: undefined,
    });
  });
});

describe('what is told', () => {
  test('goes to the channels that want to hear of it, and to no others', async () => {
    const wants = (url: string, ...events: NotificationEvent[]) =>
      target({ url: { kind: 'plain', value: url }, events });
    const targets = [wants('https://a.example', 'started'), wants('https://b.example', 'failed')];
    const { world, asked, context, plan } = channels(OK, targets);
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    await world.done(notifier.told());
    expect(asked.map(({ url }) => url)).toEqual(['https://a.example']);
  });

  test('goes to the second channel though the first one fails', async () => {
    const { world, asked, context, plan } = channels(failed('ECONNREFUSED'), [target(), target()]);
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    expect(await world.cameOf(notifier.told())).toEqual({ value: undefined });
    expect(asked).toHaveLength(2);
  });
});

describe('a URL in a file is a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  writeFileSync(join(folder, 'url'), `${SECRET}\n`);
  const secret = target({ url: { kind: 'file', value: 'url' } });
  const told = async (answer: HttpAnswer, secretsDir = folder, which = secret) => {
    const { world, asked, context, plan } = channels(answer, [which], secretsDir);
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    // A file is read by the machine: the clock is not stepped meanwhile.
    await notifier.told();
    return { asked, said: world.lines.join('\n') };
  };

  test('is asked as it stands there', async () => {
    expect((await told(OK)).asked[0]?.url).toBe(SECRET);
  });

  test.each([
    `connect ECONNREFUSED hooks.example:443 ${SECRET}`,
    `not asked: the URL leads to ${SECRET}`,
    `something about ${SECRET}`,
  ])('is not told by what goes wrong with it: %s', async (why) => {
    const { said } = await told(failed(why));
    expect(said).not.toBe('');
    expect(said).not.toMatch(/s3cr3t|hooks\.example/);
  });

  test('cannot be read where the run has no secrets, and that is told', async () => {
    const { asked, said } = await told(OK, '');
    expect(asked).toEqual([]);
    expect(said).toContain('no workspace secrets');
  });

  test('cannot lead out of the folder', async () => {
    const { asked, said } = await told(
      OK,
      folder,
      target({ url: { kind: 'file', value: '../x' } }),
    );
    expect(asked).toEqual([]);
    expect(said).toContain('cannot read');
  });

  test.each([300, 404, 500])('and an answer of %i is not taken for told', async (status) => {
    expect((await told({ ...OK, status })).said).toContain(`${status}`);
  });
});

describe('the end of a release', () => {
  const atEnd = (outcome: Outcome | undefined, toldAt = false) => {
    const released = outcome ? endedAs(outcome, begun) : begun;
    const { context, asked, world, plan } = channels(OK);
    const journal = journalOf({ plan, state: released.state });
    const history = journal.history.map((record) => (toldAt ? { ...record, toldAt: AT } : record));
    const own = ownedBy(context, { ...journal, history });
    const tell = () => world.cameOf(notifyEnd(context, own.owned.journal, plan));
    return { ...own, asked, tell, plan };
  };

  test.each(['promoted', 'rolled-back', 'failed'] as const)(
    '(%s) is told, and noted so that nobody tells it again',
    async (outcome) => {
      const { asked, tell, saved, owned } = atEnd(outcome);
      await tell();
      expect(asked).toHaveLength(1);
      expect(recordOf(owned.journal.journal(), RUN)?.toldAt).toBeDefined();
      await tell();
      expect(asked).toHaveLength(1);
      expect(saved).toHaveLength(1);
    },
  );

  test('that was told already is not told again', async () => {
    const { asked, tell } = atEnd('promoted', true);
    await tell();
    expect(asked).toEqual([]);
  });

  test('is not told before it has come', async () => {
    const { asked, tell, saved } = atEnd(undefined);
    await tell();
    expect([asked, saved]).toEqual([[], []]);
  });

  test('counts though it cannot be noted that it was told: the next release may have begun', async () => {
    const { asked, tell, failSaving } = atEnd('promoted');
    failSaving(new Error('another process drives the release'));
    expect(await tell()).toEqual({ value: undefined });
    expect(asked).toHaveLength(1);
  });
});
