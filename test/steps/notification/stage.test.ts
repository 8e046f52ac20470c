// The stage that tells waits for the end that another writes, tells it once, and never makes a run fail: not
// where nobody answers, not where the journal is spoilt, not where there is no end.
import { describe, expect, test } from '@jest/globals';
import { readMarks } from '../../../core/channels/marks.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { createLog } from '../../../effects/context/log.ts';
import type { HttpAnswer } from '../../../effects/http/http.ts';
import { stage } from '../../../steps/notification/stage.ts';
import { stage as recover } from '../../../steps/recover/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { configMapOf, endedAs, journalOf, RUN, releaseIn } from '../../core/support/releases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { endOf, staged, stagedIn } from '../support.ts';

const NAME = `${APP}-release-journal`;
const TYPE = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const notifications = [{ type: 'webhook' as const, url: 'https://hooks.example/x' }];
const ours = releaseIn('blue-green', 'holding', { config: { ...QUICK, notifications } });
const OK: HttpAnswer = { kind: 'answered', status: 200, body: '', headers: new Map() };

async function told(journal: Journal | undefined, answers: () => HttpAnswer = () => OK) {
  const it = await staged(stage, journal ? { journal } : {});
  const events: string[] = [];
  const askConfigured = async ({ body = '' }) => {
    const { event, code, at } = JSON.parse(body);
    events.push([event, code ?? '', at].filter(Boolean).join(' '));
    return answers();
  };
  const marks = () => readMarks(it.world.api.found<ConfigMap>(TYPE, NAME)?.data);
  return { ...it, events, marks, own: { askConfigured } };
}
const names = (events: readonly string[]) => events.map((each) => each.split(' ')[0]);

describe('the end of a release', () => {
  test.each([
    ['promoted', 'completed'],
    ['rolled-back', 'rollback'],
    ['failed', 'failed'],
  ] as const)('that was %s before the stage came is told at once', async (outcome, event) => {
    const { run, own, events, marks } = await told(journalOf(endedAs(outcome, ours, 'why')));
    const end = await run({ 'deploy-status': 'Succeeded' }, own);
    expect(end).toMatchObject({ exitCode: 0, results: { left: '0' } });
    expect(names(events)).toEqual(['started', event]);
    expect(marks()).toHaveLength(2);
  });

  test('that conclude writes later is told as soon as it is there', async () => {
    const { world, start, own, events } = await told(journalOf(ours));
    const ending = start({ 'deploy-status': 'Succeeded' }, own);
    await world.passes(120);
    expect(events).toEqual([]);
    world.api.put(configMapOf(journalOf(endedAs('promoted', ours))));
    await world.passes(2);
    expect(names(events)).toEqual(['started', 'completed']);
    expect(endOf(await world.cameOf(ending))).toMatchObject({ exitCode: 0 });
  });

  test('is told once, though the stage is killed and begins anew', async () => {
    const journal = journalOf(endedAs('failed', ours, 'why'));
    const { world, run, own, events } = await told(journal);
    await run({}, own);
    await stagedIn(world, stage).run({}, own);
    expect(names(events)).toEqual(['started', 'failed']);
  });
});

describe('a release without an end', () => {
  test('is told as one, before the time of the run is over', async () => {
    const { run, own, events, marks } = await told(journalOf(ours));
    const end = await run({ 'deploy-status': 'Failed', limit: '2m' }, own);
    expect(end.exitCode).toBe(0);
    expect(end.summary).toContain('has not come to its end');
    expect(names(events)).toEqual(['started', 'failed']);
    expect(events[1]).toContain('left-unfinished');
    expect(marks().map(({ id }) => id)).toContain(`${RUN}/not-ended`);
  });

  test('is waited for by nobody where nothing was begun', async () => {
    const { run, own, events, world } = await told(undefined);
    const before = world.clock.now();
    expect(await run({ 'deploy-status': 'None' }, own)).toMatchObject({ exitCode: 0 });
    expect(world.clock.now() - before).toBeLessThan(2_000);
    expect(events).toEqual([]);
  });
});

describe('the run goes on as it would without it', () => {
  test('where no channel answers: what is left is told by recover, later', async () => {
    let isUp = false;
    const journal = journalOf(endedAs('failed', ours, 'why'));
    const busy: HttpAnswer = { ...OK, status: 503 };
    const { world, run, own, events } = await told(journal, () => (isUp ? OK : busy));
    expect(await run({}, own)).toMatchObject({ exitCode: 0, results: { left: '2' } });
    isUp = true;
    events.length = 0;
    await world.passes(10 * 60);
    await stagedIn(world, recover).run({}, own);
    expect(names(events)).toEqual(['started', 'failed']);
    // It says when it happened.
    expect(events[1]).toMatch(/2026-01-01T00:0[0-3]:\d\dZ$/);
  });

  test('where the journal cannot be read', async () => {
    const { world, run, own } = await told(journalOf(ours));
    const { metadata } = configMapOf(journalOf(ours));
    const data = { 'journal.json': '{' };
    world.api.put<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    expect(await run({}, own)).toMatchObject({ exitCode: 0, results: { left: 'unknown' } });
  });

  test('but not where its own param is wrong', async () => {
    const { run, own } = await told(undefined);
    expect(await run({ limit: 'soon' }, own)).toMatchObject({
      exitCode: 2,
      message: 'param limit: "soon" is not a duration: 8m, 90s',
    });
  });

  test('and writes nothing but its marks', async () => {
    const { run, own, writes } = await told(journalOf(endedAs('promoted', ours)));
    await run({}, own);
    expect(writes().every((call) => call.includes(NAME))).toBe(true);
    expect(writes()).toHaveLength(2);
  });
});

describe('a run that was refused', () => {
  const REFUSED = {
    'deploy-status': 'None',
    'refusal-code': 'preflight-capacity',
    'refusal-reason': 'no node has room for 2 more pods',
  };
  const config = { ...QUICK, notifications };

  async function refused(answers: () => HttpAnswer = () => OK, journal?: Journal) {
    const it = await staged(stage, { config, ...(journal ? { journal } : {}) });
    const bodies: { event: string; code: string; id: string; text: string; next: string }[] = [];
    const askConfigured = async ({ body = '' }) => {
      bodies.push(JSON.parse(body));
      return answers();
    };
    return { ...it, bodies, own: { askConfigured } };
  }

  test('is told to the channels of its config, though no journal knows of it', async () => {
    const { run, bodies, own, writes } = await refused();
    expect(await run(REFUSED, own)).toMatchObject({ exitCode: 0, results: { left: '0' } });
    expect(bodies).toEqual([
      expect.objectContaining({
        id: `${RUN}/refused`,
        event: 'refused',
        code: 'preflight-capacity',
        text: expect.stringContaining('refused, v2: no node has room for 2 more pods'),
        next: expect.stringMatching(/./),
      }),
    ]);
    expect(writes()).toEqual([]);
  });

  test('is told once, though the stage is killed and begins anew', async () => {
    const before = journalOf(endedAs('promoted', ours));
    const { run, world, bodies, own } = await refused(() => OK, before);
    const other = { ...REFUSED, 'release-id': 'run-2' };
    await run(other, own);
    await stagedIn(world, stage).run(other, own);
    expect(bodies.map(({ id }) => id)).toEqual(['run-2/refused']);
  });

  test('is no failure of the run where nobody answers, and not waited for longer than 30 s', async () => {
    const { run, world, own } = await refused(() => ({ ...OK, status: 503 }));
    const before = world.clock.now();
    expect(await run(REFUSED, own)).toMatchObject({ exitCode: 0, results: { left: '1' } });
    expect(world.clock.now() - before).toBeLessThan(35_000);
  });
});

describe('the test of the channels', () => {
  const two = [
    ...notifications,
    { type: 'pagerduty' as const, url: 'https://pager.example', routingKeyFile: 'key' },
    {
      type: 'slack' as const,
      url: 'https://slack.example',
      events: ['failed' as const],
      severity: 'critical' as const,
    },
  ];
  async function tested(config: object, answers: (url: string) => HttpAnswer = () => OK) {
    const it = await staged(stage, { config: { ...QUICK, ...config } });
    const asked: { url: string; body: string }[] = [];
    const lines: string[] = [];
    const own = {
      askConfigured: async ({ url, body = '' }: { url: string; body?: string | undefined }) => {
        asked.push({ url, body });
        return answers(url);
      },
      log: createLog('text', (line) => void lines.push(line)),
    };
    return { ...it, own, asked, lines };
  }

  test('sends each one marked message, whatever it wants to hear of, and says what it answered', async () => {
    const busy: HttpAnswer = { ...OK, status: 503 };
    const { run, own, asked, lines, writes } = await tested({ notifications: two }, (url) =>
      url.includes('slack') ? busy : OK,
    );
    const end = await run({ test: 'true', 'image-tag': '' }, own);
    expect(end).toMatchObject({ exitCode: 1, results: { left: '2' } });
    expect(end.summary).toContain('1 of 3 channels took the test message');
    expect(asked.map(({ url }) => url)).toEqual([
      'https://hooks.example/x',
      'https://slack.example',
    ]);
    for (const { body } of asked) expect(body).toMatch(/\(test\).*This is a test of the channel/s);
    const said = lines.join('');
    expect(said).toContain('outcome=sent reason="notifications[0]: answered 200"');
    expect(said).toContain('outcome=failed reason="notifications[1]: cannot read routingKeyFile');
    expect(said).toContain('outcome=failed reason="notifications[2]: answered 503"');
    expect(writes()).toEqual([]);
  });

  test('is passed where each has taken it', async () => {
    const { run, own } = await tested({ notifications });
    expect(await run({ test: 'true' }, own)).toMatchObject({ exitCode: 0, results: { left: '0' } });
  });

  test.each([
    ['no channel', { test: 'true' }, 'the release config names no channel'],
    ['a word that is neither', { test: 'yes' }, 'param test: "yes" must be one of true, false'],
  ])('refuses %s, and asks nobody', async (_what, given, message) => {
    const { run, own, asked } = await tested({});
    expect(await run(given, own)).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    });
    expect(asked).toEqual([]);
  });
});
