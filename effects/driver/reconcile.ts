import { because } from '../../core/base/vocabulary.ts';
import { stranger } from '../../core/journal/belonging.ts';
import { isCompacted } from '../../core/journal/left-out.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { StageFailure } from '../base/failure.ts';
import { wholePlan } from '../inputs/whole-plan.ts';
import { observe } from '../kube/watch/observer.ts';
import { startProber } from '../measure/prober.ts';
import { watchCommands } from '../ownership/journal/commands.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';
import { createStoryTeller } from '../tell/on-objects.ts';
import { createNotifier } from './notifier.ts';
import { type Goal, ReconcileLoop } from './reconcile-loop.ts';
import { createWakeup } from './wakeup.ts';

/** For each request: a release that waits longer for one does not look meanwhile. */
const PATIENCE_MS = 5_000;
const EDITED =
  'somebody may have edited the journal: look at the service first; when no release is under way, delete the ConfigMap <service>-release-journal';

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
        because('record-too-large', 'its pod template was too large for the journal'),
      )
    : found;
  const owned = { ...patient, kube: patient.kube.within(PATIENCE_MS) };
  const wakeup = createWakeup(clock, stop);
  const notifier = createNotifier(owned, plan);
  const teller = createStoryTeller(owned, plan);
  notifier.catchUp(patient.journal.journal());
  const orders = await watchCommands(patient.kube, clock, plan, wakeup.tell);
  try {
    const observer = await observe(patient.kube, clock, plan, wakeup.tell);
    const prober = startProber(owned, plan, observer);
    try {
      const strange = stranger(plan, observer.look());
      if (strange !== undefined) throw new StageFailure(3, `not acted on: ${strange}`, EDITED);
      const seeing = { observer, orders, wakeup, notifier, prober, teller };
      return await new ReconcileLoop(owned, plan, begun, goal, seeing).run();
    } finally {
      prober.stop();
      observer.stop();
    }
  } finally {
    orders.stop();
    await Promise.all([notifier.told(), teller.told()]);
  }
}
