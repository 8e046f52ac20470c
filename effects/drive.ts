/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Takes up what operators ask meanwhile. Decides nothing itself. May be killed anywhere:
 * whatever was decided is in the journal before it is done, and whatever is done is safe to do again.
 */
import { ofBeginning, ofWarning } from '../core/channels/channel.ts';
import type { Action } from '../core/release/action.ts';
import type { Observation } from '../core/release/observation.ts';
import type { Plan } from '../core/release/plan.ts';
import { takenOver } from '../core/release/progress.ts';
import { answerLine, progressLine } from '../core/release/report.ts';
import type { ReleaseState, Warning } from '../core/release/state.ts';
import { decide, givesUp } from '../core/strategies/decide.ts';
import { heed } from '../core/strategies/heed.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { createCalls } from './calls.ts';
import type { Clock } from './clock.ts';
import { execute } from './execute.ts';
import type { JournalFile } from './journal.ts';
import { KubeError } from './kube/client.ts';
import type { HeldLease } from './lease.ts';
import { startMeasuring } from './measure.ts';
import { createHerald, type Herald } from './notify.ts';
import { type Observer, observe } from './observer.ts';
import { followOrders, type OrderBook } from './orders.ts';
import type { Outside } from './outside.ts';
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

const HEARTBEAT_MS = 20_000;
/** Watches tell of changes; the passing of time they do not tell. */
const LOOK_AGAIN_MS = 250;
/** A large service tells much at once: what comes together is looked at together. */
const TOGETHER_MS = 20;

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
  const { kube, clock, log, lease, stop } = driving;
  const strategy = strategyOf(plan);
  const calls = createCalls(driving, news.tell);
  const measuring = startMeasuring(driving, plan, observer, news.tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };
  const save = savingTo(driving, plan);
  let state = takenOver(begun, clock.now());
  let lineAt = 0;
  let listedAt = clock.now();

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
    if (givesUp(begin, next) && seen.at - listedAt > FRESH_MS) {
      await Promise.race([observer.relist(), clock.sleep(FRESH_MS, stop)]);
      listedAt = clock.now();
      return false;
    }
    const moved = next.phase !== state.phase || next.direction !== state.direction;
    const sightChanged = isBlind(next) !== isBlind(state);
    const isNew = await save(next, actions, answers);
    if (isNew) herald.tell(ofBeginning(plan, next));
    for (const warning of warningsSince(state, next)) {
      log.line(`anomaly="${warning.why}" trigger="${warning.trigger}"`);
      if (warning.isFirst) herald.tell(ofWarning(plan, next, warning));
    }
    state = next;
    for (const answer of answers) log.line(answerLine(answer));
    if (moved || sightChanged || seen.at - lineAt >= HEARTBEAT_MS) {
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

/** What triggers have warned of between two decisions. */
function warningsSince(before: ReleaseState, after: ReleaseState): readonly Warning[] {
  const known = before.evidence.warnings ?? [];
  return (after.evidence.warnings ?? []).filter(
    ({ at, trigger }) => !known.some((each) => each.at === at && each.trigger === trigger),
  );
}

/** Whether it waits because nobody can tell it how the candidate does: worth a line when it begins, and when it ends. */
function isBlind({ evidence }: ReleaseState): boolean {
  return evidence.decision?.verdict === 'unmeasurable';
}

interface News {
  readonly tell: () => void;
  /** Resolves soon after something was told since the last time, or when the time is up. */
  readonly next: (withinMs: number) => Promise<void>;
}

function createNews(clock: Clock, stop: AbortSignal): News {
  let told = new AbortController();
  return {
    // A reason of its own, because an error with its stack is made where none is given.
    tell: () => told.abort('news'),
    next: async (withinMs) => {
      await clock.sleep(withinMs, AbortSignal.any([told.signal, stop]));
      if (told.signal.aborted) await clock.sleep(TOGETHER_MS, stop);
      told = new AbortController();
    },
  };
}
