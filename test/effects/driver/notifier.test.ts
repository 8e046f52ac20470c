// Nobody who is told of a release holds it up, breaks it, or learns a secret from its log.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Outcome, releaseId } from '../../../core/base/vocabulary.ts';
import type { NotificationEvent } from '../../../core/channels/channel.ts';
import { readMarks } from '../../../core/channels/marks.ts';
import type { NotificationTarget, TargetBase } from '../../../core/channels/registry.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { ofBeginning } from '../../../core/report/notification.ts';
import { createNotifier, tellPending } from '../../../effects/driver/notifier.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { APP } from '../../core/support/objects.ts';
import { configMapOf, endedAs, journalOf, RUN, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const SECRET = 'https://hooks.example/s3cr3t-token';
const OK: HttpAnswer = { kind: 'answered', status: 200, body: '', headers: new Map() };
const failed = (why: string): HttpAnswer => ({ kind: 'failed', why, headers: new Map() });
const begun = releaseIn('rolling', 'rolling');

function target(more: Partial<TargetBase> = {}): NotificationTarget {
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
  test('does not hold the release up, and is waited for no longer than 2 s at its end', async () => {
    const { world, asked, context, plan } = channels('never');
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    await world.passes(0);
    expect(asked).toHaveLength(1);
    expect(await world.cameOf(notifier.told(), 1.9)).toBe('waits');
    expect(await world.cameOf(notifier.told(), 2.1)).toEqual({ value: undefined });
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
    const { world, asked, context, plan } = channels(failed('ECONNREFUSED'), [
      target(),
      target({ url: { kind: 'plain', value: 'https://second.example' } }),
    ]);
    const notifier = createNotifier(context, plan);
    notifier.tell(ofBeginning(plan, begun.state));
    expect(await world.cameOf(notifier.told())).toEqual({ value: undefined });
    expect(new Set(asked.map(({ url }) => url)).size).toBe(2);
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
    while (world.lines.length === 0) await new Promise(setImmediate);
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

describe('the outbox', () => {
  const ended = (outcome: Outcome | undefined, answers: (url: string) => HttpAnswer = () => OK) => {
    const released = outcome ? endedAs(outcome, begun) : begun;
    const world = fakeWorld();
    const asked: HttpRequest[] = [];
    const context = world.process('deploy', {
      askConfigured: async (request) => {
        asked.push(request);
        return answers(request.url);
      },
    });
    const plan = planWith([target()]);
    const journal = journalOf({ plan, state: released.state });
    world.api.put(configMapOf(journal));
    const marks = () => readMarks(dataOf(world));
    const tell = (of: Journal = journal) =>
      world.cameOf(tellPending(context, plan, of, 30_000), 60);
    const events = () => asked.map(({ body = '' }) => JSON.parse(body).event);
    return { world, context, plan, journal, asked, marks, tell, events };
  };

  test.each([
    ['promoted', 'completed'],
    ['rolled-back', 'rollback'],
    ['failed', 'failed'],
  ] as const)('tells that a release was %s once, after its beginning', async (outcome, event) => {
    const { tell, events, marks } = ended(outcome);
    expect(await tell()).toEqual({ value: 0 });
    expect(events()).toEqual(['started', event]);
    expect(marks().map(({ id, how }) => [id, how])).toEqual([
      [`${RUN}/started`, 'told'],
      [`${RUN}/ended`, 'told'],
    ]);
    await tell();
    expect(events()).toHaveLength(2);
  });

  test('has no end of a release that has none', async () => {
    const { tell, events } = ended(undefined);
    await tell();
    expect(events()).toEqual(['started']);
  });

  test('keeps what could not be told, and tells it later under the same id', async () => {
    let isUp = false;
    const { world, tell, asked, events, marks } = ended('failed', () =>
      isUp ? OK : failed('ECONNREFUSED'),
    );
    expect(await tell()).toEqual({ value: 2 });
    expect(asked.length).toBeGreaterThan(3);
    expect(marks()).toEqual([]);
    const first = asked.at(-1)?.headers?.['idempotency-key'];
    asked.length = 0;
    isUp = true;
    await world.passes(600);
    expect(await tell()).toEqual({ value: 0 });
    expect(events()).toEqual(['started', 'failed']);
    expect(asked[0]?.headers?.['idempotency-key']).toBe(first);
  });

  test('tells the end of a release though another has begun since', async () => {
    const { journal, tell, events } = ended('failed');
    const next = releaseIn('rolling', 'rolling', { release: releaseId('run-2') });
    const record = { ...journal.history[0], channels: [target()] };
    const since = journalOf(next);
    await tell({ ...since, history: [record as Journal['history'][number]] });
    expect(events()).toEqual(['failed']);
  });

  test('waits as long as a channel asks for, and does not ask sooner', async () => {
    const times: number[] = [];
    const headers = new Map([['retry-after', '7']]);
    const { world, context, plan, journal } = ended('failed');
    const clock = {
      ...context,
      askConfigured: async () => {
        times.push(world.clock.now());
        return times.length === 1 ? { ...OK, status: 429, headers } : OK;
      },
    };
    await world.cameOf(tellPending(clock, plan, journal, 30_000), 60);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(7_000);
    expect(times).toHaveLength(3);
  });

  test('gives up what will never be taken, and says so once', async () => {
    const { world, tell, asked, marks } = ended('failed', () => ({ ...OK, status: 404 }));
    expect(await tell()).toEqual({ value: 0 });
    await tell();
    expect(asked).toHaveLength(2);
    expect(marks().map(({ how }) => how)).toEqual(['in-vain', 'in-vain']);
    expect(world.lines.filter((line) => line.includes('answered 404'))).toHaveLength(2);
  });

  test('is not asked for news of the day before yesterday', async () => {
    const { world, tell, asked } = ended('failed');
    await world.passes(2 * 86_400);
    await tell();
    expect(asked).toEqual([]);
  });

  test('marks beside whoever writes the journal, and undoes nothing of theirs', async () => {
    const { world, tell } = ended('failed');
    const before = dataOf(world);
    await tell();
    const { 'told.json': told, ...rest } = dataOf(world);
    expect(told).toBeDefined();
    expect(rest).toEqual(before);
  });

  test('is there after a kill: the next process tells what this one has not', async () => {
    const { world, context, plan, journal, events, tell } = ended(undefined, () => OK);
    const never = { ...context, askConfigured: () => new Promise<HttpAnswer>(() => undefined) };
    createNotifier(never, plan).tell(ofBeginning(plan, begun.state));
    await world.passes(1);
    // Killed here. The next one finds the journal.
    const next = createNotifier(context, plan);
    next.catchUp(journal);
    await world.passes(1);
    expect(events()).toEqual(['started']);
    await tell();
    expect(events()).toHaveLength(1);
  });
});

function dataOf(world: ReturnType<typeof fakeWorld>): Record<string, string> {
  const found = world.api.found<ConfigMap>(
    { apiVersion: 'v1', kind: 'ConfigMap' },
    `${APP}-release-journal`,
  );
  return found?.data ?? {};
}
