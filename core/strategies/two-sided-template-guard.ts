/**
 * Looks in every phase whether the pods of both sides still are what was planned. What is judged must
 * be what is promoted; and a stable that somebody changes meanwhile is theirs to change, but the way
 * back leads to what it is now.
 */
import { shortImage } from '../image.ts';
import { writerText } from '../kubernetes/field-managers.ts';
import type { Deployment, PodTemplate } from '../kubernetes/objects.ts';
import { rolloutOf } from '../kubernetes/rollout.ts';
import { actionId, patchOf } from '../release/action.ts';
import { interfered, isFight } from '../release/interference.ts';
import { markOf } from '../release/mark.ts';
import type { Observation } from '../release/observation.ts';
import type { TwoSidedPlan } from '../release/plan.ts';
import { imageIn, isRestart, seenTemplate } from '../release/pod-templates.ts';
import { ended, enter } from '../release/progress.ts';
import type { Interference, SeenTemplate, TwoSidedState } from '../release/state.ts';
import { letGoFirst } from './stable-restarts.ts';
import { type Guarded, stay } from './strategy.ts';
import { candidateNeeded } from './two-sided-size-guard.ts';
import { reversed } from './two-sided-steps.ts';
import { workloadOf } from './two-sided-workloads.ts';

type Decided = Guarded<TwoSidedState>;

const TEMPLATE = ['spec', 'template'];
const WHAT = 'its pod template';
/** The journal, in which it is kept, has to stay small. */
const KEPT_CHARACTERS = 50_000;

export function guardTemplates(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Decided {
  if (state.phase === 'done') return { state };
  const stable = guardStable(plan, state, seen);
  return stable.step ? stable : guardCandidate(plan, stable.state, seen);
}

function guardCandidate(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const deployment = workloadOf(plan, seen, 'candidate');
  if (state.direction === 'back' || !deployment || markOf(deployment) !== plan.release) {
    return { state };
  }
  const now = seenTemplate(deployment.spec.template);
  const { applied } = state;
  // The first that is seen of it is what the API server answered to the write itself.
  if (applied === undefined) return { state: { ...state, applied: now } };
  if (applied.all === now.all) return rolledBackOut(state, deployment);
  const by = writerText(deployment, TEMPLATE);
  const object = `deployment ${deployment.metadata.name}`;
  const note = (response: Interference['response']) =>
    interfered(state, { at: seen.at, object, what: WHAT, by, response });
  if (isRestart(applied, now)) {
    const accepted = { ...note('accepted'), applied: now };
    return { state: watchedAnew(accepted, seen) };
  }
  const image = shortImage(imageIn(deployment.spec.template, plan.container));
  const why = `${by} changed the pods of ${object} (${image} now) while ${shortImage(plan.image.reference)} was being released`;
  const gone = state.phase === 'retiring' || state.phase === 'tidying';
  if (gone && isFight(state, object, seen.at)) {
    const cause = `${why}, again and again; the old version is gone, and what serves was not judged`;
    return { state, step: stay(ended(note('left'), seen.at, 'failed', cause), '') };
  }
  const unserved = candidateNeeded(plan, state, seen) === 0;
  if ((gone || unserved) && !isFight(state, object, seen.at)) {
    const noted = note('repaired');
    const next = gone ? noted : enter(noted, 'preparing', seen.at);
    return { state, step: stay(next, `${object} to be as planned`, [planned(plan, deployment)]) };
  }
  return { state, step: stay(reversed(note('turned-back'), seen.at, why), '') };
}

/** Promoted is said of pods that are all of the release. */
function rolledBackOut(state: TwoSidedState, deployment: Deployment): Decided {
  const object = `deployment ${deployment.metadata.name}`;
  const { interferences = [] } = state.evidence;
  const repaired = interferences.some((each) => each.object === object && each.what === WHAT);
  if (!repaired || state.phase !== 'tidying') return { state };
  return rolloutOf(deployment).kind === 'under-way'
    ? { state, step: stay(state, `the pods of ${object} to be those of the release`) }
    : { state };
}

/** Pods that were started anew have not been watched. */
function watchedAnew(state: TwoSidedState, seen: Observation): TwoSidedState {
  switch (state.phase) {
    case 'testing':
      return enter(state, 'preparing', seen.at);
    case 'confirming':
    case 'monitoring':
      return state.wait.kind === 'paused' ? state : enter(state, 'confirming', seen.at);
    default:
      return state;
  }
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
  const object = `deployment ${stable.metadata.name}`;
  const image = imageIn(stable.spec.template, plan.container);
  const noted = (response: Interference['response']): TwoSidedState => ({
    ...interfered(state, { at: seen.at, object, what: WHAT, by, response }),
    stableSeen: now,
    ...(isSmall(stable.spec.template) ? { stableTemplate: stable.spec.template } : {}),
  });
  const late = state.direction === 'back' || ['retiring', 'tidying'].includes(state.phase);
  if (!late) {
    const first = letGoFirst(
      plan,
      noted('turned-back'),
      seen,
      `${by} changed the pods of ${object}`,
    );
    if (first) return { state, step: first };
    if (image !== imageIn(plan.stable.template, plan.container)) {
      const why = `${by} released ${shortImage(image)} to ${object} meanwhile: what was released beside it is taken back`;
      return { state, step: stay(reversed(noted('turned-back'), seen.at, why), '') };
    }
  }
  return { state: noted('accepted') };
}

function isSmall(template: PodTemplate): boolean {
  return JSON.stringify(template).length <= KEPT_CHARACTERS;
}
