// A real Prometheus finds and scrapes the example service in the embedded cluster, and releases are
// judged by what it tells: its numbers against those of the clients, and what comes of an outage.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Decision } from '../../core/analysis/analysis-state.ts';
import type { Side } from '../../core/base/vocabulary.ts';
import type { Counted } from '../../core/judge/sample.ts';
import type { Tally } from '../../demo/load/tally.ts';
import { fromDebian } from '../support/from-debian.ts';
import type { RunningPrometheus } from '../support/prometheus.ts';
import {
  type CountedSides,
  counted,
  countedNow,
  GATEWAY,
  type Judged,
  journalOf,
  putLoad,
  startJudged,
  stopLoads,
} from './support/judged.ts';
import { startPrometheus } from './support/prometheus.ts';
import { assertEnd, logOf, type RunEnd, runEnded, submitRun } from './support/run.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

const VERSIONS: Readonly<Record<Side, string>> = { stable: 'v1.1.0', candidate: 'v1.2.0' };
const BAD = 'v1.2.0-errors';
/** Every fourth answer of both versions is an error: there is much to compare, and nothing is chance. */
const ALIKE = { ERROR_RATE: '0.25' };

const SETS: readonly Judged[] = [
  { name: 'plain', preset: 'http', router: 'service', env: ALIKE },
  {
    name: 'boot',
    preset: 'spring',
    router: 'service',
    env: { ...ALIKE, METRIC_NAMES: 'micrometer' },
  },
  // A mesh counts our own requests too: here all of its numbers are to be its clients'.
  { name: 'meshed', preset: 'istio', router: 'istio', env: ALIKE, isSilent: true },
  { name: 'gated', preset: 'gateway-api', router: 'gateway-api', env: ALIKE },
];

const binary = fromDebian('prometheus');
if (binary === undefined) process.stdout.write('no Prometheus: apt-get cannot install one here\n');
const some = binary === undefined ? describe.skip : describe;

let world: E2eWorld;
let prometheus: RunningPrometheus;

beforeAll(async () => {
  if (binary === undefined) return;
  world = await startWorld();
  prometheus = await startPrometheus(world, binary, [GATEWAY]);
});

afterAll(async () => {
  await stopLoads();
  await prometheus?.stop();
  await world?.stop();
});

/** What clients were answered by a version, as a decision counts it. */
function answered(tally: Tally, version: string): Counted {
  return { requests: tally.servedBy[version] ?? 0, errors: tally.failedByVersion[version] ?? 0 };
}

interface Released {
  readonly end: RunEnd;
  readonly decision: Decision | undefined;
  /** All that its clients were answered. */
  readonly tallies: readonly Tally[];
}

/** The clients' count of a version, of which a decision cannot know more. */
function ofVersion(tallies: readonly Tally[], version: string): Counted {
  const counts = tallies.map((tally) => answered(tally, version));
  return {
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    errors: counts.reduce((sum, { errors }) => sum + errors, 0),
  };
}

async function released(judged: Judged, tag: string): Promise<Released> {
  const { name } = judged;
  await startJudged(world, judged, prometheus.address);
  const load = putLoad(world, judged);
  submitRun(world, { name: `${name}-1`, service: name, tag, strategy: 'canary' });
  const end = await runEnded(world, `${name}-1`);
  const decision = journalOf(world, name)?.state.evidence.decision;
  return { end, decision, tallies: [await load.stop()] };
}

interface Rested extends Released {
  /** What the query set told when it saw the candidate first. */
  readonly first: CountedSides;
  /** What it told when all clients were at rest, and what they had been answered by then. */
  readonly atRest: CountedSides | undefined;
  readonly clientsAtRest: Tally;
}

/** A release whose clients rest for a moment in its first step, so that all numbers can be compared. */
async function releasedWithRest(judged: Judged): Promise<Rested> {
  const { name } = judged;
  await startJudged(world, judged, prometheus.address);
  const load = putLoad(world, judged);
  submitRun(world, { name: `${name}-1`, service: name, strategy: 'canary' });
  const first = await counted(world, name, 1);
  await counted(world, name, first.candidate.requests + 30);
  const clientsAtRest = await load.stop();
  await counted(world, name, answered(clientsAtRest, VERSIONS.candidate).requests);
  // The other side may be scraped a moment later.
  await sleep(1_000);
  const atRest = await countedNow(world, name);
  const more = putLoad(world, judged);
  const end = await runEnded(world, `${name}-1`);
  const decision = journalOf(world, name)?.state.evidence.decision;
  const tallies = [clientsAtRest, await more.stop()];
  return { end, decision, tallies, first, atRest, clientsAtRest };
}

some('releases by the numbers of a real Prometheus', () => {
  const rested = new Map<string, Promise<Rested>>();
  let bad: Promise<Released>;
  let asked: Promise<Released>;
  const resultOf = async (name: string): Promise<Rested> => {
    const result = await rested.get(name);
    if (!result) throw new Error(`nobody released ${name}`);
    return result;
  };

  beforeAll(() => {
    for (const judged of SETS) rested.set(judged.name, releasedWithRest(judged));
    bad = released({ name: 'bad', preset: 'http', router: 'service' }, BAD);
    const meshed = { name: 'asked', preset: 'istio', router: 'istio', env: ALIKE } as const;
    asked = released(meshed, VERSIONS.candidate);
    // Whoever fails says so in its own test.
    for (const each of [...rested.values(), bad, asked]) each.catch(() => undefined);
  });

  test.each(SETS)(
    'the set $preset counts every request that clients were answered, and no other',
    async ({ name }) => {
      const { atRest, clientsAtRest } = await resultOf(name);
      for (const side of ['stable', 'candidate'] as const) {
        const clients = answered(clientsAtRest, VERSIONS[side]);
        expect(clients.errors).toBeGreaterThan(0);
        expect(atRest?.[side]).toEqual({ ...clients, timed: clients.requests });
      }
    },
    90_000,
  );

  test.each(SETS)(
    'by the set $preset a good release is promoted, and its record agrees with the clients',
    async ({ name }) => {
      const result = await resultOf(name);
      assertEnd(world, `${name}-1`, result.end, { results: { outcome: 'promoted' } });
      expect(result.decision).toMatchObject({
        verdict: 'good',
        rule: 'judge sequential: errors',
        why: expect.stringMatching(/that it is fine$/),
      });
      const clients = ofVersion(result.tallies, VERSIONS.candidate);
      expect(result.decision?.candidate.requests).toBeLessThanOrEqual(clients.requests);
      expect(result.decision?.candidate.errors).toBeLessThanOrEqual(clients.errors);
      // What a pod had counted before it was first scraped is nobody's. The release saw it at about
      // the same time as the test: within a second, which is less than half of what came then.
      const { atRest, first } = result;
      const seen = (atRest?.candidate.requests ?? 0) - first.candidate.requests;
      expect(result.decision?.candidate.requests).toBeGreaterThanOrEqual(seen / 2);
    },
    90_000,
  );

  test('what the release asks a meshed service itself makes no version look better', async () => {
    const { end, decision, tallies } = await asked;
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    for (const side of ['stable', 'candidate'] as const) {
      const { requests = 0, errors = 0 } = decision?.[side] ?? {};
      const clients = ofVersion(tallies, VERSIONS[side]);
      expect(requests).toBeGreaterThan(100);
      expect(requests).toBeLessThanOrEqual(clients.requests);
      // One in four of the clients' requests fails, and less than one in five of all.
      expect(errors / requests).toBeGreaterThan(0.23);
      expect(errors / requests).toBeLessThan(0.27);
    }
  }, 90_000);

  test('a bad release is rolled back by them, on no more errors than clients got', async () => {
    const result = await bad;
    expect(result.end.results).toMatchObject({ outcome: 'rolled-back' });
    const { decision } = result;
    expect(decision).toMatchObject({ verdict: 'bad', rule: 'judge sequential: errors' });
    const clients = ofVersion(result.tallies, BAD);
    expect(decision?.candidate.errors).toBeGreaterThan(0);
    expect(decision?.candidate.errors).toBeLessThanOrEqual(clients.errors);
    expect(decision?.candidate.requests).toBeLessThanOrEqual(clients.requests);
    // The stable made none, and Prometheus says so.
    expect(decision?.stable.errors).toBe(0);
    expect(decision?.stable.requests).toBeGreaterThan(0);
  }, 90_000);
});

some('an outage of Prometheus in the middle of releases', () => {
  const held = (name: string, unmeasurableLimit: string): Judged => {
    return { name, preset: 'http', router: 'service', env: ALIKE, unmeasurableLimit, watch: '8s' };
  };
  /** The release asks several times while so many requests come, and so has seen them as well. */
  const hasSeen = async (name: string): Promise<void> => {
    const { candidate } = await counted(world, name, 1);
    await counted(world, name, candidate.requests + 60);
  };
  let ends: Readonly<Record<'short' | 'blind' | 'long', Released>>;

  beforeAll(async () => {
    // Both have seen their candidates; whoever has the longer patience goes on.
    const short = released(held('short', '14s'), 'v1.2.0');
    const long = released(held('long', '90s'), 'v1.2.0');
    // What is given up on in the middle is not left to fail in whatever this process runs next.
    for (const each of [short, long]) each.catch(() => undefined);
    await Promise.all([hasSeen('short'), hasSeen('long')]);
    prometheus.freeze();
    const blind = released({ ...held('blind', '3s'), env: {} }, BAD);
    const gone = await Promise.all([short, blind]);
    // Nobody has promoted what nobody could see.
    expect(journalOf(world, 'long')?.state.phase).toBe('monitoring');
    prometheus.thaw();
    ends = { short: gone[0], blind: gone[1], long: await long };
  }, 120_000);

  test('holds a release, says so, and rolls it back unseen when it lasts too long', () => {
    const { end } = ends.short;
    expect(end.results).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/^rolled back unseen: no-answer: .*, for 1[45]/),
    });
    expect(logOf(world, 'short-1', 'deploy')).toMatch(
      /phase=monitoring .*waiting-for=".*no-answer: /,
    );
  });

  test('never promotes a release that begins in it, though its pods are all ready', () => {
    const { end, decision } = ends.blind;
    expect(end.results).toMatchObject({ outcome: 'rolled-back' });
    expect(decision).toMatchObject({
      verdict: 'unmeasurable',
      rule: 'metrics unmeasurable',
      candidate: { requests: 0, errors: 0 },
    });
    expect(logOf(world, 'blind-1', 'pre-validation')).toMatch(
      /metric=traffic unmeasurable=no-answer/,
    );
  });

  test('lets a release go on once it is over, and be promoted by what it sees then', () => {
    const { end, decision } = ends.long;
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    expect(decision).toMatchObject({ verdict: 'good', rule: 'judge sequential: errors' });
    const log = logOf(world, 'long-1', 'deploy');
    expect(log).toMatch(/phase=monitoring .*no-answer: /);
  });
});
