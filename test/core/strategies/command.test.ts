// What becomes of a release when an operator says promote, pause, resume, abort or drain.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId, type StrategyName } from '../../../core/base/vocabulary.ts';
import {
  type Command,
  commandsData,
  pendingCommands,
  readCommands,
} from '../../../core/journal/commands/command.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { askerFields } from '../../../core/report/log/asker-fields.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import { acceptCommand } from '../../../core/strategies/command.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { type Played, planFor, play, settingsFor } from '../support/play.ts';
import { type Behaviour, type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const MONITORING_MS = 60_000;
const LIMIT_MS = 4 * 60_000;
const CONFIG = {
  strategy: { blueGreen: { monitoring: '60s' }, rolling: { monitoring: '60s' } },
  limits: { readyTimeout: '20s', maxDuration: '3m' },
  drain: { hook: { path: '/drain' }, maxDuration: '20s' },
};
const WHILE_FORWARD = [
  ['blue-green', 'preparing'],
  ['blue-green', 'testing'],
  ['blue-green', 'confirming'],
  ['blue-green', 'monitoring'],
  ['rolling', 'rolling'],
  ['rolling', 'monitoring'],
] as const;

type Wish =
  | { order: 'promote' | 'resume' | 'abort' | 'drain' }
  | { order: 'pause'; limitMs: number };

function orderOf(wish: Wish, id = 'order-1'): Command {
  return { id, release: releaseId('run-1'), by: 'ada', at: instant(0), ...wish };
}

interface Story {
  readonly plan: Plan;
  readonly cluster: ToyCluster;
  readonly before: unknown;
  readonly answers: string[];
  /** Lets the release run, and gives each order once, `afterMs` into its phase. */
  run(orders: readonly (readonly [phase: string, afterMs: number, wish: Wish])[]): Played;
}

function story(strategy: StrategyName, behaviour: Behaviour = {}): Story {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE), behaviour);
  const before = cluster.snapshot();
  const plan = planFor(cluster, settingsFor(strategy, CONFIG));
  const answers: string[] = [];
  const run: Story['run'] = (orders) => {
    const left = [...orders];
    let enteredAt = cluster.nowMs();
    let phase = '';
    return play(cluster, plan, {
      meddle: (state) => {
        if (state.phase !== phase) enteredAt = cluster.nowMs();
        phase = state.phase;
        const [wanted, afterMs, wish] = left[0] ?? [];
        if (!wish || wanted !== phase || cluster.nowMs() - enteredAt < (afterMs ?? 0)) return state;
        const accepted = acceptCommand(plan, state, [orderOf(wish)], instant(cluster.nowMs()));
        if (accepted.answers.length > 0) left.shift();
        answers.push(...accepted.answers.map(({ taken, text }) => `${taken}: ${text}`));
        return accepted.state;
      },
    });
  };
  return { plan, cluster, before, answers, run };
}

function tookMs({ cluster }: Story, { state }: Played): number {
  return cluster.nowMs() - state.startedAt;
}

describe('promote', () => {
  test.each(['blue-green', 'rolling'] as const)('%s: cuts the monitoring short', (strategy) => {
    const whole = story(strategy);
    const wholeMs = tookMs(whole, whole.run([]));
    const cut = story(strategy);
    const played = cut.run([['monitoring', 5_000, { order: 'promote' }]]);
    expect(played.state.outcome).toBe('promoted');
    expect(cut.answers).toEqual(['heeded: waits no longer in phase monitoring']);
    expect(wholeMs - tookMs(cut, played)).toBe(MONITORING_MS - 5_000);
  });

  test.each([
    ['blue-green', 'preparing'],
    ['blue-green', 'testing'],
    ['blue-green', 'confirming'],
    ['rolling', 'rolling'],
  ] as const)('%s in phase %s: skips no evidence', (strategy, phase) => {
    const own = story(strategy);
    const { transcript } = own.run([[phase, 0, { order: 'promote' }]]);
    expect(own.answers).toEqual([
      `refused: phase ${phase} waits for evidence and not for time: there is nothing to skip`,
    ]);
    expect(transcript).toBe(story(strategy).run([]).transcript);
  });

  test('what cannot be measured is not promoted by word of mouth either', () => {
    const own = story('blue-green', { metrics: 'silent' });
    const { state } = own.run([['monitoring', 1_000, { order: 'promote' }]]);
    expect(own.answers).toEqual(['heeded: waits no longer in phase monitoring']);
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain('rolled back unseen');
  });

  test('goes on from a pause, without what was left to wait', () => {
    const own = story('blue-green');
    const played = own.run([
      ['monitoring', 5_000, { order: 'pause', limitMs: LIMIT_MS }],
      ['monitoring', 6_000, { order: 'promote' }],
    ]);
    expect(played.state.outcome).toBe('promoted');
    expect(tookMs(own, played)).toBeLessThan(MONITORING_MS);
  });
});

describe('pause', () => {
  test.each(WHILE_FORWARD)(
    '%s in phase %s: no deadline passes until it is resumed',
    (strategy, phase) => {
      const pausedMs = LIMIT_MS - 10_000;
      const whole = story(strategy);
      const wholeMs = tookMs(whole, whole.run([]));
      const own = story(strategy);
      const played = own.run([
        [phase, 0, { order: 'pause', limitMs: LIMIT_MS }],
        [phase, pausedMs, { order: 'resume' }],
      ]);
      expect(own.answers).toEqual([
        `heeded: stays in phase ${phase}, and turns back unless it is resumed within 4m`,
        `heeded: goes on in phase ${phase}`,
      ]);
      expect(played.state).toMatchObject({ outcome: 'promoted', pausedMs });
      expect(played.state.cause).toBeUndefined();
      // What pods do meanwhile is done afterwards, so that it may take less than pause and release.
      expect(tookMs(own, played)).toBeLessThan(wholeMs + pausedMs + 5_000);
      if (phase === 'monitoring') expect(tookMs(own, played)).toBe(wholeMs + pausedMs);
    },
  );

  test.each(WHILE_FORWARD)(
    '%s in phase %s: turns back when nobody resumes it',
    (strategy, phase) => {
      const own = story(strategy);
      const { state } = own.run([[phase, 0, { order: 'pause', limitMs: LIMIT_MS }]]);
      expect(state).toMatchObject({
        outcome: 'rolled-back',
        cause: 'paused for 4m, and not resumed',
      });
      expect(own.cluster.snapshot()).toEqual(own.before);
    },
  );

  test.each(['blue-green', 'rolling'] as const)(
    '%s: the candidate is judged all the same',
    (strategy) => {
      const errors = { errorRate: (image: string) => (image.endsWith('v2') ? 0.5 : 0) };
      const phase = strategy === 'rolling' ? 'rolling' : 'confirming';
      const own = story(strategy, errors);
      const { state } = own.run([[phase, 500, { order: 'pause', limitMs: LIMIT_MS }]]);
      expect(state.outcome).toBe('rolled-back');
      expect(state.cause).toMatch(/evidence|error_rate/);
      expect(own.cluster.snapshot()).toEqual(own.before);
    },
  );

  test('rolling: the cluster itself is told to replace no further pod meanwhile', () => {
    const { transcript, state } = story('rolling').run([
      ['rolling', 500, { order: 'pause', limitMs: LIMIT_MS }],
      ['rolling', 60_000, { order: 'resume' }],
    ]);
    const writes = transcript.split('\n').filter((line) => line.includes('roll'));
    expect(writes.map((line) => line.replace(/^.*s {2,}/, ''))).toEqual([
      'forward rolling',
      'roll deployment payment-service-blue to payment-service:v2',
      'pause the rollout of deployment payment-service-blue',
      'let the rollout of deployment payment-service-blue go on',
    ]);
    expect(state.outcome).toBe('promoted');
  });

  test('waits for the end of a write: half a switch is held by nobody', () => {
    const { plan, cluster } = story('blue-green');
    const { state } = play(cluster, plan, { until: 'switching' });
    const order = orderOf({ order: 'pause', limitMs: LIMIT_MS });
    const at = instant(cluster.nowMs());
    expect(acceptCommand(plan, state, [order], at)).toEqual({ state, answers: [] });
    const abort = acceptCommand(plan, state, [orderOf({ order: 'abort' })], at);
    expect(abort.state).toMatchObject({ direction: 'back', cause: 'aborted by ada' });
  });

  test('a release that is not paused cannot be resumed', () => {
    const own = story('blue-green');
    own.run([['monitoring', 0, { order: 'resume' }]]);
    expect(own.answers).toEqual(['refused: it is not paused']);
  });
});

describe('abort and drain', () => {
  test.each([
    ...WHILE_FORWARD,
    ['blue-green', 'switching'],
    ['blue-green', 'holding'],
    ['rolling', 'holding'],
  ] as const)('%s in phase %s: everything is put back as it was', (strategy, phase) => {
    const own = story(strategy);
    const { state } = own.run([[phase, 0, { order: 'abort' }]]);
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'aborted by ada' });
    expect(own.cluster.snapshot()).toEqual(own.before);
  });

  test('drain says that it was for the traffic', () => {
    const { state } = story('blue-green').run([['monitoring', 0, { order: 'drain' }]]);
    expect(state.cause).toBe('drained by ada: no traffic to the candidate any more');
  });

  test('the first cause is kept, and a second abort is told so', () => {
    const own = story('blue-green');
    const { state } = own.run([
      ['monitoring', 0, { order: 'drain' }],
      ['switching', 0, { order: 'abort' }],
    ]);
    expect(state.cause).toMatch(/^drained by ada/);
    expect(own.answers[1]).toMatch(/^refused: it is turning back already, because drained by ada/);
  });

  test.each([
    ['blue-green', 'draining'],
    ['blue-green', 'retiring'],
    ['rolling', 'settling'],
  ] as const)('%s in phase %s: too late, it is finished', (strategy, phase) => {
    const own = story(strategy);
    const { state } = own.run([[phase, 0, { order: 'abort' }]]);
    expect(state.outcome).toBe('promoted');
    expect(own.answers[0]).toMatch(/^refused: the old version is being let go/);
  });
});

describe('orders in the journal', () => {
  const known = orderOf({ order: 'abort' }, 'a');

  test('are read as they were written', () => {
    const orders = [known, orderOf({ order: 'pause', limitMs: 1 }, 'b')];
    expect(readCommands(commandsData(orders))).toEqual(orders);
    expect(readCommands(undefined)).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no list', '{}'],
    ['an order that there is not', JSON.stringify([{ ...known, order: 'explode' }])],
    ['a pause without a limit', JSON.stringify([{ ...known, order: 'pause' }])],
    ['an order without an id', JSON.stringify([{ ...known, id: 7 }])],
    ['an order of a caller that is none', JSON.stringify([{ ...known, as: { user: 7 } }])],
    ['an order of a pod that is none', JSON.stringify([{ ...known, as: { user: 'u', pod: [] } }])],
  ])('what is no order is nobody’s: %s', (_what, text) => {
    expect(readCommands({ 'orders.json': text })).toEqual([]);
  });

  test('tell who asked on one line, whatever names are given', () => {
    const by = `ada" outcome=promoted\n\u001b[2J${'x'.repeat(1000)}`;
    const [order] = readCommands(commandsData([{ ...known, by, as: { user: 'a b="c"' } }]));
    const line = order && textOf({ event: 'command', ...askerFields(order) });
    expect(line).toMatch(
      /^by="ada' outcome=promoted {2}\[2Jx+… \(\d+ characters more\)" as="a b='c'"$/,
    );
    expect(line?.length).toBeLessThan(400);
    const asker = { by: 'ada', as: { user: 'system:serviceaccount:ci:x', pod: 'p-1' } };
    expect(textOf({ event: 'command', ...askerFields(asker) })).toBe(
      'by=ada as=system:serviceaccount:ci:x pod=p-1',
    );
  });

  test('are taken up once, and only by the release that was meant', () => {
    const answer = {
      id: 'a',
      order: 'abort',
      by: '',
      at: instant(0),
      taken: 'heeded',
      text: '',
    } as const;
    expect(pendingCommands([known], [], releaseId('run-1'))).toEqual([known]);
    expect(pendingCommands([known], [answer], releaseId('run-1'))).toEqual([]);
    expect(pendingCommands([known], [], releaseId('run-2'))).toEqual([]);
  });
});
