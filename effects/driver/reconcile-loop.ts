/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Takes up what operators ask meanwhile. Decides nothing itself. May be killed anywhere:
 * whatever was decided is in the journal before it is done, and whatever is done is safe to do again.
 */
import type { Action } from '../../core/cluster/action.ts';
import type { Observation } from '../../core/cluster/observation.ts';
import { stranger } from '../../core/journal/belonging.ts';
import { isCompacted } from '../../core/journal/left-out.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { apiAwayMs, hopelessness, takesAway } from '../../core/state/freshness.ts';
import { notWritten } from '../../core/state/interference.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { takenOver } from '../../core/state/transitions.ts';
import { acceptCommand } from '../../core/strategies/command.ts';
import { decide, givesUp } from '../../core/strategies/decide.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { messageOf, StageFailure } from '../base/failure.ts';
import { wholePlan } from '../inputs/whole-plan.ts';
import { KubeError } from '../kube/client.ts';
import { type Observer, observe } from '../kube/watch/observer.ts';
import { type Prober, startProber } from '../measure/prober.ts';
import { type CommandWatch, watchCommands } from '../ownership/journal/commands.ts';
import { journalWriter } from '../ownership/journal/journal-writer.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';
import { watchAftermath } from './aftermath.ts';
import { createInstruments } from './instruments.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { createProgressLog, hasMoved } from './progress-log.ts';
import { createSetbacks } from './setback.ts';
import { createWakeup, type Wakeup } from './wakeup.ts';

/**
 * handed-over: until the release waits for somebody to conclude, or has ended · ended: whoever drives
 * to there has found the candidate good, and concludes.
 */
export type Goal = 'handed-over' | 'ended';

/** Watches tell of changes; the passing of time they do not tell. */
const LOOK_AGAIN_MS = 250;

/** So old may be what gives up or takes away is decided on. */
const FRESH_MS = 2_000;
/** For what gives up is waited as long again; for what takes away, until the API tells. */
const FRESH_LIST_MS = 10_000;
/** After what the API has refused or not answered. */
const TRY_AGAIN_MS = 1_000;
/** For each request: a release that waits longer for one does not look meanwhile. */
const PATIENCE_MS = 5_000;
const EDITED =
  'somebody may have edited the journal: look at the service first; when no release is under way, delete the ConfigMap <service>-release-journal';
const LEFT_SAFE =
  'the release was made as safe as the API allowed, and recover or the next release goes on with it; where the status is 403, grant the right: docs/permissions.md, `make grant NAMESPACE=…`';

/** Returns where the release stands when the goal is reached, or when the process has to end. */
export async function reconcile(
  patient: OwnedRelease,
  known: Plan,
  found: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const { clock, stop } = patient;
  const plan = await wholePlan(patient.kube, known);
  // Without its pod template there is no candidate to be made.
  const begun = isCompacted(plan)
    ? strategyOf(plan).turnBack(
        found,
        clock.now(),
        'its pod template was too large for the journal',
      )
    : found;
  const owned = { ...patient, kube: patient.kube.within(PATIENCE_MS) };
  const wakeup = createWakeup(clock, stop);
  const notifier = createNotifier(owned, plan);
  const orders = await watchCommands(patient.kube, clock, plan, wakeup.tell);
  try {
    const observer = await observe(patient.kube, clock, plan, wakeup.tell);
    const prober = startProber(owned, plan, observer);
    try {
      const strange = stranger(plan, observer.look());
      if (strange !== undefined) throw new StageFailure(3, `not acted on: ${strange}`, EDITED);
      return await loop(owned, plan, begun, goal, { observer, orders, wakeup, notifier, prober });
    } finally {
      prober.stop();
      observer.stop();
    }
  } finally {
    orders.stop();
    await notifier.told();
  }
}

interface Seeing {
  readonly observer: Observer;
  readonly orders: CommandWatch;
  readonly wakeup: Wakeup;
  readonly notifier: Notifier;
  readonly prober: Prober;
}

async function loop(
  owned: OwnedRelease,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
  { observer, orders, wakeup, notifier, prober }: Seeing,
): Promise<ReleaseState> {
  const { clock, log, stop } = owned;
  const strategy = strategyOf(plan);
  const instruments = createInstruments(owned, plan, observer, wakeup, prober);
  const { look, measure, act, meanwhile } = instruments;
  const narrate = createProgressLog(plan, log, notifier);
  const save = journalWriter(owned, plan);
  const setbacks = createSetbacks(clock, log, apiAwayMs(plan));
  let state = takenOver(begun, clock.now());
  let listedAt = clock.now();

  /** Whether what is seen is as young as can be, once it was waited for. */
  const freshen = async (withinMs: number): Promise<boolean> => {
    const listed = observer.relist().then(() => true);
    const isListed = await Promise.race([listed, clock.sleep(withinMs, stop).then(() => false)]);
    if (isListed) listedAt = clock.now();
    return isListed;
  };

  /** One look and what follows from it. looked: nothing was done on it, a younger look is needed. */
  const goOn = async (): Promise<'looked' | 'went' | 'there'> => {
    const seen = look();
    const before = state;
    const pending = orders.pending(owned.journal.journal(), plan.release);
    const { state: accepted, answers } = acceptCommand(plan, before, pending, seen.at);
    const waits = goal === 'handed-over' || accepted.wait.kind === 'paused';
    const begin = waits ? accepted : strategy.conclude(accepted, seen.at);
    const { state: after, actions, waitingFor } = decide(plan, begin, seen);
    const isFresh = seen.at - listedAt <= FRESH_MS;
    if (!isFresh && needsFresh(before, after, actions, seen)) {
      await freshen(FRESH_LIST_MS);
      return 'looked';
    }
    if (!isFresh && givesUp(begin, after)) {
      await freshen(FRESH_MS);
      listedAt = clock.now();
      return 'looked';
    }
    const isNew = await save(after, actions, answers);
    state = after;
    narrate({ seen, before, after, answers, waitingFor, isNew });
    await act(actions, () => stop.aborted).catch((thrown: unknown) => {
      state = notWritten(before, after);
      throw thrown;
    });
    if (after.outcome === 'failed') await watchAftermath(owned, plan, after, look);
    if (after.outcome !== undefined) return 'there';
    if (goal === 'handed-over' && after.phase === 'holding') return 'there';
    measure(after, seen);
    const hopeless = hopelessness(plan, after, seen);
    if (hopeless !== undefined) {
      const because = after.cause === undefined ? '' : `, turning back because ${after.cause}`;
      throw new StageFailure(3, `phase ${after.phase}${because}: ${hopeless}`, LEFT_SAFE);
    }
    if (!hasMoved(before, after)) await wakeup.next(LOOK_AGAIN_MS);
    return 'went';
  };

  const makeSafe = async (): Promise<ReleaseState> => {
    const safe = strategy.interrupt(plan, state, look(), 'the stage was stopped');
    // What makes it safe is done even where nobody can write it down; who lost the Lease does neither.
    const unsaved = await save(safe.state, safe.actions, []).then(() => undefined, failureOf);
    if (unsaved instanceof StageFailure && unsaved.exitCode === 4) throw unsaved;
    await act(safe.actions, () => false);
    if (unsaved) throw unsaved;
    return safe.state;
  };

  /** True where the release is held, and looked at again. */
  const isHeld = async (thrown: unknown): Promise<boolean> => {
    // Told to stop while a request hung: what makes things safe is tried all the same.
    if (stop.aborted && thrown instanceof KubeError) return true;
    const response = setbacks.meet(thrown, instruments.contactAt());
    if (response.kind === 'give-up') return false;
    if (response.kind === 'turn-back') {
      state = strategy.turnBack(state, clock.now(), response.cause);
    }
    await meanwhile(state, clock.sleep(TRY_AGAIN_MS, stop));
    return true;
  };

  while (!stop.aborted) {
    try {
      const gone = await meanwhile(state, goOn());
      if (gone === 'there') return state;
      if (gone === 'went') setbacks.over();
    } catch (thrown) {
      if (await isHeld(thrown)) continue;
      const isLost = thrown instanceof StageFailure && thrown.exitCode === 4;
      if (!isLost)
        await makeSafe().catch((worse) => log.event({ event: 'unsafe', unsafe: messageOf(worse) }));
      throw thrown;
    }
  }
  return makeSafe();
}

/** Whether a decision takes something away, or calls the release promoted: on what is seen right then. */
function needsFresh(
  before: ReleaseState,
  after: ReleaseState,
  actions: readonly Action[],
  seen: Observation,
): boolean {
  const isPromoted = after.outcome === 'promoted' && before.outcome === undefined;
  return isPromoted || actions.some((action) => takesAway(action, seen));
}

function failureOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}
