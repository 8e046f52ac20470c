/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Decides nothing itself. May be killed anywhere: whatever was decided is in the
 * journal before it is done, and whatever is done is safe to do again.
 */
import { sameJson } from '../core/json.ts';
import type { Action } from '../core/release/action.ts';
import { withTransition } from '../core/release/journal.ts';
import type { Observation } from '../core/release/observation.ts';
import type { Plan } from '../core/release/plan.ts';
import { overdue } from '../core/release/progress.ts';
import { progressLine } from '../core/release/report.ts';
import { durable, type ReleaseState } from '../core/release/state.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { createCalls } from './calls.ts';
import type { Clock } from './clock.ts';
import { execute } from './execute.ts';
import type { JournalFile } from './journal.ts';
import type { Kube } from './kube/client.ts';
import type { HeldLease } from './lease.ts';
import type { Log } from './log.ts';
import { startMeasuring } from './measure.ts';
import { type Observer, observe } from './observer.ts';

export interface Driving {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: JournalFile;
  readonly lease: HeldLease;
  /** Aborted when the process has to end. */
  readonly stop: AbortSignal;
}

/** Until the release waits for somebody to conclude, or until it ends. */
export type Goal = 'handed-over' | 'ended';

const HEARTBEAT_MS = 20_000;
/** Watches tell of changes; the passing of time they do not tell. */
const LOOK_AGAIN_MS = 250;

/** Returns where the release stands when the goal is reached, or when the process has to end. */
export async function drive(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const news = createNews(driving.clock, driving.stop);
  const observer = await observe(driving.kube, driving.clock, plan, news.tell);
  try {
    return await loop(driving, plan, begun, goal, observer, news);
  } finally {
    observer.stop();
  }
}

async function loop(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
  observer: Observer,
  news: News,
): Promise<ReleaseState> {
  const { kube, clock, log, lease, stop } = driving;
  const strategy = strategyOf(plan);
  const calls = createCalls(clock, log, news.tell);
  const measuring = startMeasuring(plan, observer, clock, news.tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };
  const save = savingTo(driving, plan);
  let state = begun;
  let lineAt = 0;

  const look = (): Observation => ({
    at: clock.now(),
    ...observer.look(),
    readings: measuring.readings,
    reports: measuring.reports,
    called: calls.called,
  });

  const act = async (actions: readonly Action[]): Promise<void> => {
    for (const action of actions) {
      if (calls.isUnderWay(action.id)) continue;
      lease.assertHeld();
      log.line(`action="${action.text}"`);
      if ((await execute(action, executing)) === 'stale') return;
    }
  };

  for (;;) {
    const seen = look();
    if (stop.aborted) {
      const safe = strategy.interrupt(plan, state, seen, 'the stage was stopped');
      await save(safe.state, safe.actions);
      await act(safe.actions);
      return safe.state;
    }
    const late = overdue(plan, state, seen.at);
    const before = late === undefined ? state : strategy.turnBack(state, seen.at, late);
    const { state: next, actions, waitingFor } = strategy.next(plan, before, seen);
    const moved = next.phase !== state.phase || next.direction !== state.direction;
    await save(next, actions);
    state = next;
    if (moved || seen.at - lineAt >= HEARTBEAT_MS) {
      log.line(progressLine(plan, state, seen, strategy.sides(plan, seen), waitingFor));
      lineAt = seen.at;
    }
    await act(actions);
    if (state.outcome !== undefined) return state;
    if (goal === 'handed-over' && state.phase === 'holding') return state;
    measuring.meet(strategy.needs(plan, state, seen));
    if (!moved) await news.next(LOOK_AGAIN_MS);
  }
}

/** Saves what is new: a state that was not saved yet, or actions that were not decided in it before. */
function savingTo({ journal, lease, clock }: Driving, plan: Plan) {
  let saved: { state: ReleaseState; actions: readonly string[] } | undefined;
  return async (next: ReleaseState, actions: readonly Action[]): Promise<void> => {
    const state = durable(next);
    const decided = actions.map(({ id }) => id);
    const known = saved && sameJson(saved.state, state);
    if (known && decided.every((id) => saved?.actions.includes(id))) return;
    lease.assertHeld();
    await journal.save(withTransition(journal.journal(), plan, state, actions, clock.now()));
    saved = { state, actions: decided };
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
    tell: () => told.abort(),
    next: async (withinMs) => {
      await clock.sleep(withinMs, AbortSignal.any([told.signal, stop]));
      told = new AbortController();
    },
  };
}
