// Releases that are slow, costly or turned back without need are broken invariants, and what explains them is not.
import { describe, expect, test } from '@jest/globals';
import type { EndCode } from '../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL } from '../../core/journal/journal.ts';
import type { Invariant, Report } from '../../verification/invariants/broken.ts';
import { calmIn } from '../../verification/invariants/liveness/calm.ts';
import { checkCauses } from '../../verification/invariants/liveness/causes.ts';
import type { Stretch } from '../../verification/invariants/liveness/course.ts';
import { checkEconomy } from '../../verification/invariants/liveness/economy.ts';
import { checkPace } from '../../verification/invariants/liveness/pace.ts';
import { checkVerdict } from '../../verification/invariants/liveness/verdict.ts';
import type { Visit } from '../../verification/neighbours/visit.ts';
import {
  type GeneratedScenario,
  generateScenario,
} from '../../verification/scenarios/scenario-generator.ts';
import type { ProcessRun } from '../../verification/world/process/process.ts';
import { type Candidate, plainScenario, type Scenario } from '../../verification/world/scenario.ts';
import { recordFor } from '../core/support/releases.ts';

const NOTHING = { crashes: [], mishaps: [], accidents: [], orders: [], visits: [] };

function storyOf(more: Partial<GeneratedScenario> = {}, candidate: Candidate = 'good') {
  const scenario = plainScenario('blue-green', candidate);
  const story: GeneratedScenario = { ...generateScenario(1), ...NOTHING, scenario };
  return { ...story, rivalAtMs: undefined, ...more };
}

function reporting(): { readonly report: Report; readonly broken: Invariant[] } {
  const broken: Invariant[] = [];
  return { broken, report: (invariant) => broken.push(invariant) };
}

function processOf(requests: number, done = 0, toMs = 100_000): ProcessRun {
  return { name: 'deploy-1', use: { requests, writes: done, done, leased: true }, fromMs: 0, toMs };
}

function stretch(
  phase: string,
  fromMs: number,
  toMs: number,
  more: Partial<Stretch> = {},
): Stretch {
  return { release: 'first', phase, step: 0, direction: 'forward', fromMs, toMs, ...more };
}

describe('a phase', () => {
  const brokenBy = (each: Stretch, story = storyOf(), ran = [processOf(0)]): Invariant[] => {
    const { report, broken } = reporting();
    const isCalm = calmIn(story, ran, 0);
    if (isCalm) checkPace(story.scenario, [each], isCalm, report);
    return broken;
  };

  test.each([
    ['preparing', 60_000 + 2_000],
    ['switching', 2_000 + 2_000],
    ['confirming', 2_000 + 2_000],
    ['monitoring', 5_000 + 2_000],
    ['draining', 10_000 + 2_000],
    ['retiring', 30_000 + 2_000],
    ['tidying', 4 * (2_000 + 2_000)],
    ['settling', 2_000],
  ])('%s may take %i ms, and no longer', (phase, ms) => {
    expect(brokenBy(stretch(phase, 0, ms))).toEqual([]);
    expect(brokenBy(stretch(phase, 0, ms + 1))).toEqual([
      'a phase takes no longer than its own bound explains',
    ]);
  });

  test('that waits for a gateway may take as long as that takes to accept the route', () => {
    const { network, ...rest } = plainScenario('canary', 'good', 'gateway-api');
    const story = storyOf({ scenario: { ...rest, network: { ...network, jitterMs: 200 } } });
    expect(brokenBy(stretch('confirming', 0, 4_000 + 300 + 200), story)).toEqual([]);
    expect(brokenBy(stretch('confirming', 0, 4_000 + 300 + 201), story)).toHaveLength(1);
    // Until the pods behind a weight are known no gateway has anything to accept.
    expect(brokenBy(stretch('switching', 0, 4_000 + 1), story)).toHaveLength(1);
  });

  const LONG = stretch('draining', 0, 50_000);
  test.each<[string, Partial<GeneratedScenario>]>([
    [
      'an API that fails',
      { mishaps: [{ kind: 'api-faults', share: 1, atMs: 5_000, forMs: 1_000 }] },
    ],
    ['metrics that are out', { mishaps: [{ kind: 'metrics-out', atMs: 5_000, forMs: 1_000 }] }],
    ['a pod that crashes', { crashes: [{ version: 'v1', nth: 0, afterMs: 1_000 }] }],
    ['a process that is frozen', { accidents: [{ kind: 'frozen', atMs: 1_000, forMs: 2_000 }] }],
    ['an operator', { orders: [{ atMs: 20_000, command: 'pause' }] }],
    [
      'a neighbour who changes something',
      { visits: [{ name: 'self-heal', variant: 'every-4s', moment: { kind: 'before' } }] },
    ],
  ])('is longer for %s', (_why, more) => expect(brokenBy(LONG, storyOf(more))).toEqual([]));

  test('is longer where nobody drove all the time', () => {
    expect(brokenBy(LONG, storyOf(), [processOf(0, 0, 20_000)])).toEqual([]);
  });

  test.each<[string, Partial<GeneratedScenario>]>([
    ['what was over before', { mishaps: [{ kind: 'metrics-out', atMs: -60_000, forMs: 1_000 }] }],
    [
      'a neighbour who only lies about',
      { visits: [{ name: 'leftover-pods', variant: 'failed', moment: { kind: 'before' } }] },
    ],
    ['a note on the service', { mishaps: [{ kind: 'edit', what: 'service', atMs: 1, forMs: 1 }] }],
  ])('is not longer for %s', (_why, more) => expect(brokenBy(LONG, storyOf(more))).toHaveLength(1));
});

describe('a verdict', () => {
  const brokenBy = (
    scenario: Scenario,
    stretches: readonly Stretch[],
    visits: readonly Visit[] = [],
  ): Invariant[] => {
    const { report, broken } = reporting();
    const story = storyOf({ scenario, visits });
    const isCalm = calmIn(story, [processOf(0)], 0);
    if (isCalm) checkVerdict(story, stretches, isCalm, report);
    return broken;
  };
  const back = (fromMs: number): Stretch =>
    stretch('retiring', fromMs, fromMs + 1, { direction: 'back' });
  const LATE = 'a verdict comes as soon as the limit explains';
  const rolling = plainScenario('rolling', 'failing');
  // 20 requests say something, and each pod answers 4 well before it fails; then as many as chance leaves out.
  const enough = (pods: number): number => 20 + 4 * pods + 3 * Math.sqrt(20 + 4 * pods);
  const ms = (pods: number, perSecond: number): number =>
    Math.ceil((1000 * enough(pods)) / perSecond);

  test.each<[string, Scenario, string, number]>([
    ['is never ready', plainScenario('blue-green', 'never-ready'), 'preparing', 62_000],
    ['fails its smoke check', plainScenario('blue-green', 'broken'), 'testing', 32_600],
    [
      'answers all fresh connections and fails',
      plainScenario('blue-green', 'failing'),
      'confirming',
      4_000 + ms(3, 16) + 3_000,
    ],
    [
      'answers a tenth of the requests by a mesh',
      plainScenario('canary', 'failing', 'istio'),
      'confirming',
      4_000 + ms(3, 3.2) + 3_000,
    ],
    ['is one pod of four', rolling, 'rolling', 2_600 + 4_000 + ms(1, 4) + 3_000],
    [
      'is one pod of ten, which another had to leave its name to',
      { ...rolling, replicas: 10, shape: 'stateful-set' },
      'rolling',
      30_000 + 2_600 + 4_000 + ms(1, 1.6) + 3_000,
    ],
  ])('on a candidate that %s comes within its limit', (_what, scenario, phase, limitMs) => {
    const begin = stretch(phase, 0, 1);
    expect(brokenBy(scenario, [begin, back(limitMs)])).toEqual([]);
    expect(brokenBy(scenario, [begin, back(limitMs + 1)])).toEqual([LATE]);
    expect(brokenBy(scenario, [begin])).toEqual([LATE]);
  });

  test('is due of a candidate that clients are led to, and not while each stays with the pod that it knows', () => {
    const bound: Visit[] = [
      { name: 'session-affinity', variant: 'client-ip', moment: { kind: 'before' } },
    ];
    const begin = (phase: string): Stretch[] => [stretch(phase, 0, 1)];
    expect(brokenBy(rolling, begin('rolling'), bound)).toEqual([]);
    const mesh = plainScenario('canary', 'failing', 'istio');
    expect(brokenBy(mesh, begin('confirming'), bound)).toEqual([LATE]);
    const whole = plainScenario('blue-green', 'failing');
    expect(brokenBy(whole, begin('confirming'), bound)).toEqual([LATE]);
  });
});

describe('a stage', () => {
  const TWO_PHASES = [stretch('preparing', 0, 1_000), stretch('testing', 1_000, 2_000)];
  const brokenBy = (run: ProcessRun, story = storyOf(), stretches = TWO_PHASES): Invariant[] => {
    const { report, broken } = reporting();
    const isCalm = calmIn(story, [run], 0);
    if (isCalm) checkEconomy(story.scenario, [run], stretches, isCalm, report);
    return broken;
  };

  test('may ask as often as its phases and its time explain, and no more', () => {
    expect(brokenBy(processOf(80 + 2 * 15 + 100))).toEqual([]);
    expect(brokenBy(processOf(80 + 2 * 15 + 101))).toEqual([
      'reads and writes stay within a budget',
    ]);
  });

  test('may write as often as they explain, and no more', () => {
    expect(brokenBy(processOf(0, 20 + 2 * 5 + 35))).toEqual([]);
    expect(brokenBy(processOf(0, 20 + 2 * 5 + 36))).toHaveLength(1);
  });

  test('that ends the pods of a StatefulSet one by one may look before each', () => {
    const set: Scenario = { ...plainScenario('rolling'), shape: 'stateful-set' };
    const back = [stretch('rolling', 0, 1_000, { direction: 'back' })];
    const forward = [stretch('rolling', 0, 1_000)];
    const story = storyOf({ scenario: set });
    expect(brokenBy(processOf(80 + 3 * 15 + 100), story, back)).toEqual([]);
    expect(brokenBy(processOf(80 + 3 * 15 + 101), story, back)).toHaveLength(1);
    expect(brokenBy(processOf(80 + 15 + 101), story, forward)).toHaveLength(1);
    const other = storyOf({ scenario: plainScenario('rolling') });
    expect(brokenBy(processOf(80 + 15 + 101), other, back)).toHaveLength(1);
  });
});

describe('a good release that was turned back', () => {
  const NEEDLESS =
    'a good release ends otherwise than promoted only for a cause that the world gave';
  const brokenBy = (code: EndCode, more: Partial<GeneratedScenario> = {}, to = 'shop:v2') => {
    const { report, broken } = reporting();
    const record = recordFor('first', { outcome: 'rolled-back', code, cause: '', to });
    checkCauses(storyOf(more), { ...EMPTY_JOURNAL, history: [record] }, report);
    return broken;
  };

  test.each<[EndCode, Partial<GeneratedScenario>]>([
    ['stopped', { accidents: [{ kind: 'stopped', atMs: 1 }] }],
    ['aborted', { orders: [{ atMs: 1, command: 'abort' }] }],
    ['drained', { orders: [{ atMs: 1, command: 'drain' }] }],
    ['pause-ended', { orders: [{ atMs: 1, command: 'pause' }] }],
    ['left-unfinished', { accidents: [{ kind: 'killed', atMs: 1 }] }],
    ['errors', { crashes: [{ version: 'v2', nth: 0, afterMs: 1 }] }],
    ['unmeasurable', { mishaps: [{ kind: 'metrics-out', atMs: 1, forMs: 1 }] }],
    ['pods-not-ready', { mishaps: [{ kind: 'scale', by: 1, atMs: 1, forMs: 1 }] }],
    [
      'changed-by-others',
      { visits: [{ name: 'self-heal', variant: 'every-4s', moment: { kind: 'before' } }] },
    ],
  ])('for “%s” was given the cause, or was turned back for nothing', (code, given) => {
    expect(brokenBy(code, given)).toEqual([]);
    expect(brokenBy(code)).toEqual([NEEDLESS]);
  });

  test.each<EndCode>(['errors', 'too-few-requests', 'unknown'])(
    'for “%s” was turned back for nothing where the world gave another cause',
    (code) => {
      const stopped: Partial<GeneratedScenario> = { accidents: [{ kind: 'stopped', atMs: 1 }] };
      expect(brokenBy(code, stopped)).toEqual([NEEDLESS]);
    },
  );

  test('that was promoted asks nothing, and a bad candidate may be turned back for what it is', () => {
    const { report, broken } = reporting();
    const good = recordFor('first', { to: 'shop:v2' });
    checkCauses(storyOf(), { ...EMPTY_JOURNAL, history: [good] }, report);
    const bad = recordFor('first', { outcome: 'rolled-back', code: 'errors', to: 'shop:v2' });
    checkCauses(storyOf({}, 'failing'), { ...EMPTY_JOURNAL, history: [bad] }, report);
    expect(broken).toEqual([]);
  });
});
