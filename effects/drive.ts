/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Takes up what operators ask meanwhile. Decides nothing itself. May be killed anywhere:
 * whatever was decided is in the journal before it is done, and whatever is done is safe to do again.
 */
import { sameJson } from '../core/json.ts';
import type { Action } from '../core/release/action.ts';
import { withAnswers, withTransition } from '../core/release/journal.ts';
import type { Observation } from '../core/release/observation.ts';
import type { Answer } from '../core/release/order.ts';
import type { Plan } from '../core/release/plan.ts';
import { takenOver } from '../core/release/progress.ts';
import { answerLine, progressLine } from '../core/release/report.ts';
import { decided, durable, type ReleaseState } from '../core/release/state.ts';
import { decide } from '../core/strategies/decide.ts';
import { heed } from '../core/strategies/heed.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { createCalls } from './calls.ts';
import type { Clock } from './clock.ts';
import { execute } from './execute.ts';
import type { JournalFile } from './journal.ts';
import { KubeError } from './kube/client.ts';
import type { HeldLease } from './lease.ts';
import { startMeasuring } from './measure.ts';
import { type Observer, observe } from './observer.ts';
import { followOrders, type OrderBook } from './orders.ts';
import type { Outside } from './outside.ts';

export interface Driving extends Outside {
  readonly journal: JournalFile;
  readonly lease: HeldLease;
}

/**
 * handed-over: until the release waits for somebody to conclude, or has ended · ended: whoever drives
 * to there has found the candidate good, and concludes.
 */
export type Goal = 'handed-over' | 'ended';

const HEARTBEAT_MS = 20_000;
/** Watches tell of changes; the passing of time they do not tell. */
const LOOK_AGAIN_MS = 250;
/** A process that is killed loses no more of what it has measured. */
const KEEP_MEASURED_MS = 30_000;

/** Returns where the release stands when the goal is reached, or when the process has to end. */
export async function drive(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const { kube, clock, stop } = driving;
  const news = createNews(clock, stop);
  const orders = await followOrders(kube, clock, plan, news.tell);
  try {
    const observer = await observe(kube, clock, plan, news.tell);
    try {
      return await loop(driving, plan, begun, goal, { observer, orders, news });
    } finally {
      observer.stop();
    }
  } finally {
    orders.stop();
  }
}

interface Seeing {
  readonly observer: Observer;
  readonly orders: OrderBook;
  readonly news: News;
}

async function loop(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
  { observer, orders, news }: Seeing,
): Promise<ReleaseState> {
  const { kube, clock, log, lease, stop } = driving;
  const strategy = strategyOf(plan);
  const calls = createCalls(driving, news.tell);
  const measuring = startMeasuring(driving, plan, observer, news.tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };
  const save = savingTo(driving, plan);
  let state = takenOver(begun, clock.now());
  let lineAt = 0;

  const look = (): Observation => ({
    at: clock.now(),
    ...observer.look(),
    readings: measuring.readings,
    measured: measuring.measured,
    reports: measuring.reports,
    called: calls.called,
  });

  const act = async (actions: readonly Action[], isOver: () => boolean): Promise<void> => {
    for (const action of actions) {
      if (isOver()) return;
      if (calls.isUnderWay(action.id)) continue;
      lease.assertHeld();
      log.line(`action="${action.text}"`);
      if ((await execute(action, executing)) === 'stale') return;
    }
  };

  /** One look and what follows from it; true once the goal is reached. */
  const goOn = async (): Promise<boolean> => {
    const seen = look();
    const pending = orders.pending(driving.journal.journal(), plan.release);
    const { state: heeded, answers } = heed(plan, state, pending, seen.at);
    const waits = goal === 'handed-over' || heeded.wait.kind === 'paused';
    const begin = waits ? heeded : strategy.conclude(heeded, seen.at);
    const { state: next, actions, waitingFor } = decide(plan, begin, seen);
    const moved = next.phase !== state.phase || next.direction !== state.direction;
    await save(next, actions, answers);
    state = next;
    for (const answer of answers) log.line(answerLine(answer));
    if (moved || seen.at - lineAt >= HEARTBEAT_MS) {
      log.line(progressLine(plan, state, seen, strategy.sides(plan, seen), waitingFor));
      lineAt = seen.at;
    }
    await act(actions, () => stop.aborted);
    if (state.outcome !== undefined) return true;
    if (goal === 'handed-over' && state.phase === 'holding') return true;
    measuring.meet(strategy.needs(plan, state, seen));
    if (!moved) await news.next(LOOK_AGAIN_MS);
    return false;
  };

  const makeSafe = async (): Promise<ReleaseState> => {
    const safe = strategy.interrupt(plan, state, look(), 'the stage was stopped');
    await save(safe.state, safe.actions, []);
    await act(safe.actions, () => false);
    return safe.state;
  };

  while (!stop.aborted) {
    try {
      if (await goOn()) return state;
    } catch (thrown) {
      // Told to stop while a request hung: what makes things safe is tried all the same.
      if (!stop.aborted || !(thrown instanceof KubeError)) throw thrown;
    }
  }
  return makeSafe();
}

/**
 * Saves what is new: a state that was not saved yet, or actions that were not decided in it before.
 * What was measured meanwhile comes along, and now and then on its own.
 */
function savingTo({ journal, lease, clock }: Driving, plan: Plan) {
  let saved: { state: ReleaseState; actions: readonly string[]; at: number } | undefined;
  return async (
    next: ReleaseState,
    actions: readonly Action[],
    answers: readonly Answer[],
  ): Promise<void> => {
    const state = decided(next);
    const ids = actions.map(({ id }) => id);
    const now = clock.now();
    const fresh = next.tally === undefined || (saved && now - saved.at < KEEP_MEASURED_MS);
    const known = saved && answers.length === 0 && sameJson(saved.state, state) && fresh;
    if (known && ids.every((id) => saved?.actions.includes(id))) return;
    lease.assertHeld();
    const answered = withAnswers(journal.journal(), answers);
    await journal.save(withTransition(answered, plan, durable(next), actions, now));
    saved = { state, actions: ids, at: now };
  };
}

interface News {
  readonly tell: () => void;
  /** Resolves when something was told since the last time, or when the time is up. */
  readonly next: (withinMs: number) => Promise<void>;
}

function createNews(clock: Clock, stop: AbortSignal): News {
  let told = new AbortController();
  return {
    // A reason of its own, because an error with its stack is made where none is given.
    tell: () => told.abort('news'),
    next: async (withinMs) => {
      await clock.sleep(withinMs, AbortSignal.any([told.signal, stop]));
      told = new AbortController();
    },
  };
}
