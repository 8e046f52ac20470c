/**
 * Looks in every phase whether the pods of both sides still are what was planned. What is judged must
 * be what is promoted; and a stable that somebody changes meanwhile is theirs to change, but the way
 * back leads to what it is now.
 */
import { shortImage } from '../../../base/image.ts';
import { because } from '../../../base/vocabulary.ts';
import { actionId, patchOf } from '../../../cluster/action.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import { writerText } from '../../../kubernetes/field-managers.ts';
import type { PodTemplate } from '../../../kubernetes/objects.ts';
import { rolloutOf } from '../../../kubernetes/pods/rollout.ts';
import { workloadText } from '../../../kubernetes/workload.ts';
import type { Deployment } from '../../../kubernetes/workload-objects.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { interfered, isFight } from '../../../state/interference.ts';
import { imageIn, seenTemplate } from '../../../state/pod-templates.ts';
import type { Interference, SeenTemplate, TwoSidedState } from '../../../state/state.ts';
import { ended, enter } from '../../../state/transitions.ts';
import {
  ITS_TEMPLATE,
  TEMPLATE,
  type TemplateChange,
  templateChange,
} from '../../common/template-change.ts';
import { type Guarded, stay } from '../../strategy.ts';
import { phaseOf, reversed } from '../phase-registry.ts';
import { candidateNeeded } from '../sizes.ts';
import { isOver } from '../transition.ts';
import { workloadOf } from '../workloads.ts';
import { dropCandidateFirst } from './stable-restarts.ts';

type Decided = Guarded<TwoSidedState>;

/** The journal, in which it is kept, has to stay small. */
const KEPT_CHARACTERS = 50_000;

export function guardTemplates(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Decided {
  if (isOver(state)) return { state };
  const stable = guardStable(plan, state, seen);
  return stable.step ? stable : guardCandidate(plan, stable.state, seen);
}

function guardCandidate(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const deployment = workloadOf(plan, seen, 'candidate');
  if (state.direction === 'back' || !deployment || ownerReleaseOf(deployment) !== plan.release) {
    return { state };
  }
  const change = templateChange(plan, state, seen, deployment);
  switch (change.kind) {
    case 'none':
      return rolledBackOut(state, deployment);
    case 'first':
      return { state: change.state };
    case 'restarted':
      return { state: watchedAnew(change.state, seen) };
    case 'replaced':
      return replaced(plan, state, seen, deployment, change);
  }
}

function replaced(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  deployment: Deployment,
  { by, note, why }: Extract<TemplateChange<TwoSidedState>, { kind: 'replaced' }>,
): Decided {
  const object = workloadText(deployment);
  const { loser, stepInForce } = phaseOf(state);
  const gone = loser === 'ended';
  if (gone && isFight(state, { object, by, at: seen.at })) {
    const cause = `${why}, again and again; the old version is gone, and what serves was not judged`;
    return {
      state,
      step: stay(ended(note('left'), seen.at, 'failed', because('changed-by-others', cause)), ''),
    };
  }
  const unserved = candidateNeeded(plan, state, seen, stepInForce(state)) === 0;
  if ((gone || unserved) && !isFight(state, { object, by, at: seen.at })) {
    const noted = note('repaired');
    const next = gone ? noted : enter(noted, 'preparing', seen.at);
    return { state, step: stay(next, `${object} to be as planned`, [planned(plan, deployment)]) };
  }
  const back = reversed(note('turned-back'), seen.at, because('changed-by-others', why));
  return { state, step: stay(back, '') };
}

/** Promoted is said of pods that are all of the release. */
function rolledBackOut(state: TwoSidedState, deployment: Deployment): Decided {
  const object = workloadText(deployment);
  const { interferences = [] } = state.evidence;
  const repaired = interferences.some(
    (each) => each.object === object && each.what === ITS_TEMPLATE,
  );
  if (!repaired || phaseOf(state).ownership !== 'returning') return { state };
  return rolloutOf(deployment).kind === 'under-way'
    ? { state, step: stay(state, `the pods of ${object} to be those of the release`) }
    : { state };
}

/** Pods that were started anew have not been watched. */
function watchedAnew(state: TwoSidedState, seen: Observation): TwoSidedState {
  const to = phaseOf(state).triedAgainIn(state);
  return to === undefined ? state : enter(state, to, seen.at);
}

function planned(plan: TwoSidedPlan, deployment: Deployment) {
  const { name, template: value } = plan.candidate;
  return {
    id: actionId(plan.release, 'template-again', name),
    text: `give deployment ${name} the pods of the release again`,
    effect: patchOf(deployment, [{ op: 'replace', path: '/spec/template', value }]),
  };
}

function guardStable(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const stable = workloadOf(plan, seen, 'stable');
  if (!stable) return { state };
  const before = seenTemplate(plan.stable.template);
  const known: SeenTemplate = state.stableSeen ?? before;
  const now = seenTemplate(stable.spec.template);
  if (known.all === now.all) return { state };
  const by = writerText(stable, TEMPLATE);
  const object = workloadText(stable);
  const image = imageIn(stable.spec.template, plan.container);
  const noted = (response: Interference['response']): TwoSidedState => ({
    ...interfered(state, { at: seen.at, object, what: ITS_TEMPLATE, by, response }),
    stableSeen: now,
    ...(isSmall(stable.spec.template) ? { stableTemplate: stable.spec.template } : {}),
  });
  const late = state.direction === 'back' || phaseOf(state).loser === 'ended';
  if (!late) {
    const first = dropCandidateFirst(
      plan,
      noted('turned-back'),
      seen,
      `${by} changed the pods of ${object}`,
    );
    if (first) return { state, step: first };
    if (image !== imageIn(plan.stable.template, plan.container)) {
      const why = `${by} released ${shortImage(image)} to ${object} meanwhile: what was released beside it is taken back`;
      const back = reversed(noted('turned-back'), seen.at, because('changed-by-others', why));
      return { state, step: stay(back, '') };
    }
  }
  return { state: noted('accepted') };
}

function isSmall(template: PodTemplate): boolean {
  return JSON.stringify(template).length <= KEPT_CHARACTERS;
}
