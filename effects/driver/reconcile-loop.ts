/**
 * Drives a release: looks, lets the core decide, saves the journal, acts, and waits for the next
 * thing to see. Takes up what operators ask meanwhile. Decides nothing itself. May be killed anywhere:
 * whatever was decided is in the journal before it is done, and whatever is done is safe to do again.
 */
import { because } from '../../core/base/vocabulary.ts';
import type { Action } from '../../core/cluster/action.ts';
import type { Observation } from '../../core/cluster/observation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { apiAwayMs, hopelessness, takesAway } from '../../core/state/freshness.ts';
import { notWritten } from '../../core/state/interference.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { takenOver } from '../../core/state/transitions.ts';
import { acceptCommand } from '../../core/strategies/command.ts';
import { decide, givesUp } from '../../core/strategies/decide.ts';
import { isHandedOver, strategyOf } from '../../core/strategies/registry.ts';
import { messageOf, StageFailure } from '../base/failure.ts';
import { KubeError } from '../kube/refusal.ts';
import type { Observer } from '../kube/watch/observer.ts';
import type { Prober } from '../measure/prober.ts';
import type { CommandWatch } from '../ownership/journal/commands.ts';
import { journalWriter } from '../ownership/journal/journal-writer.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';
import type { StoryTeller } from '../tell/on-objects.ts';
import { watchAftermath } from './aftermath.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import type { Notifier } from './notifier.ts';
import { createProgressLog, hasMoved, type Iteration } from './progress-log.ts';
import { createSetbacks, type Setbacks } from './setback.ts';
import type { Wakeup } from './wakeup.ts';

/**
 * handed-over: until the release waits for somebody to conclude, or has ended · ended: the process that drives
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
const LEFT_SAFE =
  'the release was made as safe as the API allowed, and recover or the next release goes on with it; where the status is 403, grant the right: docs/permissions.md, `make grant NAMESPACE=…`';

export interface Seeing {
  readonly observer: Observer;
  readonly orders: CommandWatch;
  readonly wakeup: Wakeup;
  readonly notifier: Notifier;
  readonly prober: Prober;
  readonly teller: StoryTeller;
}

/** One process that drives one release: where it stands, and how long ago everything was listed. */
export class ReconcileLoop {
  readonly #owned: OwnedRelease;
  readonly #plan: Plan;
  readonly #goal: Goal;
  readonly #seeing: Seeing;
  readonly #instruments: Instruments;
  readonly #narrate: (iteration: Iteration) => void;
  readonly #save: ReturnType<typeof journalWriter>;
  readonly #setbacks: Setbacks;
  #state: ReleaseState;
  #listedAt: number;
  /** Since when the API answers, as far as was seen. */
  #contactSince: number;

  constructor(owned: OwnedRelease, plan: Plan, begun: ReleaseState, goal: Goal, seeing: Seeing) {
    const { clock, log } = owned;
    const { observer, wakeup, prober, notifier, teller } = seeing;
    this.#owned = owned;
    this.#plan = plan;
    this.#goal = goal;
    this.#seeing = seeing;
    this.#instruments = createInstruments(owned, plan, observer, wakeup, prober);
    this.#narrate = createProgressLog(plan, log, notifier, teller);
    this.#save = journalWriter(owned, plan);
    this.#setbacks = createSetbacks(clock, log, apiAwayMs(plan));
    this.#state = takenOver(begun, clock.now());
    this.#listedAt = clock.now();
    this.#contactSince = clock.now();
  }

  async run(): Promise<ReleaseState> {
    const { log, stop } = this.#owned;
    while (!stop.aborted) {
      try {
        const gone = await this.#instruments.meanwhile(this.#state, this.#iterate());
        if (gone === 'there') return this.#state;
        if (gone === 'went') this.#setbacks.over();
      } catch (thrown) {
        if (await this.#isHeld(thrown)) continue;
        const isLost = thrown instanceof StageFailure && thrown.exitCode === 4;
        if (!isLost) {
          await this.#makeSafe().catch((worse) =>
            log.event({ event: 'unsafe', unsafe: messageOf(worse) }),
          );
        }
        throw thrown;
      }
    }
    return this.#makeSafe();
  }

  /** One look and what follows from it. looked: nothing was done on it, a younger look is needed. */
  async #iterate(): Promise<'looked' | 'went' | 'there'> {
    const plan = this.#plan;
    const before = this.#state;
    const seen = this.#instruments.look();
    const { contactSince = this.#contactSince } = seen.sight ?? {};
    if (contactSince > this.#contactSince) {
      // Much may have happened while the API was away, and each watch would tell its part in its own time.
      this.#contactSince = contactSince;
      await this.#freshen(FRESH_LIST_MS);
      return 'looked';
    }
    const pending = this.#seeing.orders.pending(this.#owned.journal.journal(), plan.release);
    const { state: accepted, answers } = acceptCommand(plan, before, pending, seen.at);
    const waits = this.#goal === 'handed-over' || accepted.wait.kind === 'paused';
    const begin = waits ? accepted : strategyOf(plan).conclude(accepted, seen.at);
    const { state: after, actions, waitingFor } = decide(plan, begin, seen);
    const isFresh = seen.at - this.#listedAt <= FRESH_MS;
    if (!isFresh && needsFresh(before, after, actions, seen)) {
      await this.#freshen(FRESH_LIST_MS);
      return 'looked';
    }
    if (!isFresh && givesUp(begin, after)) {
      await this.#freshen(FRESH_MS);
      this.#listedAt = this.#owned.clock.now();
      return 'looked';
    }
    const isNew = await this.#save(after, actions, answers);
    this.#state = after;
    this.#narrate({ seen, before, after, answers, waitingFor, isNew });
    await this.#act(before, after, actions);
    return this.#afterActing(before, after, seen);
  }

  async #act(before: ReleaseState, after: ReleaseState, actions: readonly Action[]): Promise<void> {
    const { stop } = this.#owned;
    await this.#instruments
      .act(actions, () => stop.aborted)
      .catch((thrown: unknown) => {
        this.#state = notWritten(before, after);
        throw thrown;
      });
  }

  async #afterActing(
    before: ReleaseState,
    after: ReleaseState,
    seen: Observation,
  ): Promise<'went' | 'there'> {
    const { look, measure } = this.#instruments;
    if (after.outcome === 'failed') await watchAftermath(this.#owned, this.#plan, after, look);
    if (after.outcome !== undefined) return 'there';
    if (this.#goal === 'handed-over' && isHandedOver(after)) return 'there';
    measure(after, seen);
    const hopeless = hopelessness(this.#plan, after, seen);
    if (hopeless !== undefined) {
      const because = after.cause === undefined ? '' : `, turning back because ${after.cause}`;
      throw new StageFailure(3, `phase ${after.phase}${because}: ${hopeless}`, LEFT_SAFE);
    }
    if (!hasMoved(before, after)) await this.#seeing.wakeup.next(LOOK_AGAIN_MS);
    return 'went';
  }

  /** Waits until what is seen is as young as can be, but no longer. */
  async #freshen(withinMs: number): Promise<void> {
    const { clock, stop } = this.#owned;
    const listed = this.#seeing.observer.relist().then(() => true);
    const isListed = await Promise.race([listed, clock.sleep(withinMs, stop).then(() => false)]);
    if (isListed) this.#listedAt = clock.now();
  }

  async #makeSafe(): Promise<ReleaseState> {
    const { look, act } = this.#instruments;
    const why = because('stopped', 'the stage was stopped');
    const safe = strategyOf(this.#plan).interrupt(this.#plan, this.#state, look(), why);
    // What makes it safe is done even where it cannot be written down; not where the Lease is lost.
    const unsaved = await this.#save(safe.state, safe.actions, []).then(() => undefined, failureOf);
    if (unsaved instanceof StageFailure && unsaved.exitCode === 4) throw unsaved;
    await act(safe.actions, () => false);
    if (unsaved) throw unsaved;
    return safe.state;
  }

  /** True where the release is held, and looked at again. */
  async #isHeld(thrown: unknown): Promise<boolean> {
    const { clock, stop } = this.#owned;
    // Told to stop while a request hung: what makes things safe is tried all the same.
    if (stop.aborted && thrown instanceof KubeError) return true;
    const response = this.#setbacks.meet(thrown, this.#instruments.contactAt());
    if (response.kind === 'give-up') return false;
    if (response.kind === 'turn-back') {
      this.#state = strategyOf(this.#plan).turnBack(this.#state, clock.now(), response.cause);
    }
    await this.#instruments.meanwhile(this.#state, clock.sleep(TRY_AGAIN_MS, stop));
    return true;
  }
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
