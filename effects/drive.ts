/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Takes up what operators ask meanwhile. Decides nothing itself. May be killed anywhere:
 * whatever was decided is in the journal before it is done, and whatever is done is safe to do again.
 */
import type { Action } from '../core/release/action.ts';
import type { Observation } from '../core/release/observation.ts';
import type { Plan } from '../core/release/plan.ts';
import { takenOver } from '../core/release/progress.ts';
import type { ReleaseState } from '../core/release/state.ts';
import { decide, givesUp } from '../core/strategies/decide.ts';
import { heed } from '../core/strategies/heed.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { createCalls } from './calls.ts';
import { execute } from './execute.ts';
import type { JournalFile } from './journal.ts';
import { KubeError } from './kube/client.ts';
import type { HeldLease } from './lease.ts';
import { startMeasuring } from './measure.ts';
import { createNarrator, hasMoved } from './narrate.ts';
import { createNews, type News } from './news.ts';
import { createHerald, type Herald } from './notify.ts';
import { type Observer, observe } from './observer.ts';
import { followOrders, type OrderBook } from './orders.ts';
import type { Outside } from './outside.ts';
import { countOwnRequests } from './own-requests.ts';
import { savingTo } from './saving.ts';

export interface Driving extends Outside {
  readonly journal: JournalFile;
  readonly lease: HeldLease;
}

/**
 * handed-over: until the release waits for somebody to conclude, or has ended · ended: whoever drives
 * to there has found the candidate good, and concludes.
 */
export type Goal = 'handed-over' | 'ended';

/** Watches tell of changes; the passing of time they do not tell. */
const LOOK_AGAIN_MS = 250;

/** So old may be what gives up is decided on, and so long is waited for something younger. */
const FRESH_MS = 2_000;

/** Returns where the release stands when the goal is reached, or when the process has to end. */
export async function drive(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const { kube, clock, stop } = driving;
  const news = createNews(clock, stop);
  const herald = createHerald(driving, plan);
  const orders = await followOrders(kube, clock, plan, news.tell);
  try {
    const observer = await observe(kube, clock, plan, news.tell);
    try {
      return await loop(driving, plan, begun, goal, { observer, orders, news, herald });
    } finally {
      observer.stop();
    }
  } finally {
    orders.stop();
    await herald.told();
  }
}

interface Seeing {
  readonly observer: Observer;
  readonly orders: OrderBook;
  readonly news: News;
  readonly herald: Herald;
}

async function loop(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
  { observer, orders, news, herald }: Seeing,
): Promise<ReleaseState> {
  const { clock, log, stop } = driving;
  const strategy = strategyOf(plan);
  const { look, measure, act } = instruments(driving, plan, observer, news);
  const narrate = createNarrator(plan, log, herald);
  const save = savingTo(driving, plan);
  let state = takenOver(begun, clock.now());
  let listedAt = clock.now();

  /** One look and what follows from it; true once the goal is reached. */
  const goOn = async (): Promise<boolean> => {
    const seen = look();
    const before = state;
    const pending = orders.pending(driving.journal.journal(), plan.release);
    const { state: heeded, answers } = heed(plan, before, pending, seen.at);
    const waits = goal === 'handed-over' || heeded.wait.kind === 'paused';
    const begin = waits ? heeded : strategy.conclude(heeded, seen.at);
    const { state: after, actions, waitingFor } = decide(plan, begin, seen);
    if (givesUp(begin, after) && seen.at - listedAt > FRESH_MS) {
      await Promise.race([observer.relist(), clock.sleep(FRESH_MS, stop)]);
      listedAt = clock.now();
      return false;
    }
    const isNew = await save(after, actions, answers);
    state = after;
    narrate({ seen, before, after, answers, waitingFor, isNew });
    await act(actions, () => stop.aborted);
    if (after.outcome !== undefined) return true;
    if (goal === 'handed-over' && after.phase === 'holding') return true;
    measure(after, seen);
    if (!hasMoved(before, after)) await news.next(LOOK_AGAIN_MS);
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

/** How a release sees, measures and acts, for as long as the process drives it. */
function instruments(driving: Driving, plan: Plan, observer: Observer, { tell }: News) {
  const { kube, clock, log, lease, journal } = driving;
  const own = countOwnRequests(driving);
  const calls = createCalls({ ...driving, ...own.outside }, tell);
  const measuring = startMeasuring(own, plan, observer, tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };
  return {
    look: (): Observation => ({
      at: clock.now(),
      ...observer.look(),
      readings: measuring.readings,
      measured: measuring.measured,
      reports: measuring.reports,
      called: calls.called,
    }),
    measure: (state: ReleaseState, seen: Observation): void =>
      measuring.meet(strategyOf(plan).needs(plan, state, seen)),
    act: async (actions: readonly Action[], isOver: () => boolean): Promise<void> => {
      for (const action of actions) {
        if (isOver()) return;
        if (calls.isUnderWay(action.id)) continue;
        await lease.ensureHeld(journal.assertUnchanged);
        log.line(`action="${action.text}"`);
        if ((await execute(action, executing)) === 'stale') return;
      }
    },
  };
}
