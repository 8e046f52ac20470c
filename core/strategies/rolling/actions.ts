/** What rolling does to its Deployment: every write of it in one place, marked with what it is for. */
import { shortImage } from '../../base/image.ts';
import { type Action, actionId, type PatchOperation, patchOf } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import {
  ANNOTATION_ENDINGS,
  ownerReleaseOf,
  ownershipAnnotation,
} from '../../cluster/ownership.ts';
import { hardened } from '../../cluster/workload/hardening.ts';
import { initImages } from '../../cluster/workload/released-image.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { RollingPlan } from '../../plan/plan.ts';

/** The mark of a Deployment that this release is taking back to what it was. */
export function undoMark(plan: RollingPlan): string {
  return `${plan.release}${ANNOTATION_ENDINGS.undone}`;
}

/** The mark of a Deployment that this release keeps from replacing further pods. */
export function pauseMark(plan: RollingPlan): string {
  return `${plan.release}${ANNOTATION_ENDINGS.paused}`;
}

/** Keeps a rollout from replacing further pods; those that are there already serve and are judged. */
export function holdRolling(plan: RollingPlan, seen: ClusterView): Action[] {
  const deployment = seen.deployments.get(plan.workload.name);
  // Before the release's first write there is nothing to hold.
  if (!deployment || ownerReleaseOf(deployment) !== plan.release) return [];
  return [
    {
      id: actionId(plan.release, 'pause', plan.workload.name),
      text: `pause the rollout of deployment ${plan.workload.name}`,
      effect: patchOf(deployment, [
        ...ownershipAnnotation(deployment, pauseMark(plan)),
        { op: 'add', path: '/spec/paused', value: true },
      ]),
    },
  ];
}

export function toGoOn(plan: RollingPlan, deployment: Deployment): Action {
  return {
    id: actionId(plan.release, 'go-on', plan.workload.name),
    text: `let the rollout of deployment ${plan.workload.name} go on`,
    effect: patchOf(deployment, [
      ...notPaused(plan, deployment),
      ...ownershipAnnotation(deployment, plan.release),
    ]),
  };
}

/** Takes back the release's own pause; somebody else's is not its business. */
function notPaused(plan: RollingPlan, deployment: Deployment): PatchOperation[] {
  return ownerReleaseOf(deployment) === pauseMark(plan)
    ? [{ op: 'remove', path: '/spec/paused' }]
    : [];
}

export function toCandidate(plan: RollingPlan, deployment: Deployment): Action {
  return {
    id: actionId(plan.release, 'roll', plan.workload.name),
    text: `roll deployment ${plan.workload.name} to ${shortImage(plan.image.reference)}`,
    effect: patchOf(deployment, [
      ...ownershipAnnotation(deployment, plan.release),
      { op: 'add', path: '/spec/strategy', value: carefully(plan) },
      ...templateChanges(plan, deployment.spec.template),
    ]),
  };
}

/** No more of the template is written than is to change: the rest may be somebody else's. */
export function templateChanges(plan: RollingPlan, { spec }: PodTemplate): PatchOperation[] {
  if (plan.template) return [{ op: 'replace', path: '/spec/template', value: plan.template }];
  const index = spec.containers.findIndex(({ name }) => name === plan.container);
  const path = `/spec/template/spec/containers/${index}`;
  const { spec: mended } = hardened({ spec }, plan.container, plan.hardening);
  const image = { op: 'replace', path: `${path}/image`, value: plan.image.reference } as const;
  const images = [image, ...initImages(spec, plan.container, plan.image.reference)];
  if (mended === spec) return images;
  const { lifecycle } = mended.containers[index] ?? {};
  const grace = mended.terminationGracePeriodSeconds;
  return [
    ...images,
    { op: 'add', path: `${path}/lifecycle`, value: lifecycle },
    { op: 'add', path: '/spec/template/spec/terminationGracePeriodSeconds', value: grace },
  ];
}

export function toStable(plan: RollingPlan, deployment: Deployment): Action {
  return {
    id: actionId(plan.release, 'roll-back', plan.workload.name),
    text: `roll deployment ${plan.workload.name} back to ${shortImage(plan.previousImage)}`,
    effect: patchOf(deployment, [
      ...ownershipAnnotation(deployment, undoMark(plan)),
      ...notPaused(plan, deployment),
      { op: 'add', path: '/spec/strategy', value: carefully(plan) },
      { op: 'replace', path: '/spec/template', value: plan.workload.template },
    ]),
  };
}

/** No pod goes before its successor is ready, unless the config allows some to be missing. */
export function carefully({ maxSurge, settings }: RollingPlan) {
  const { maxUnavailable } = settings.rolling;
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } as const;
}

/** Gives back what only the release needed. */
export function toOwnStrategy(
  plan: RollingPlan,
  deployment: Deployment,
  mark: string | undefined,
): Action {
  return {
    id: actionId(plan.release, 'settle', plan.workload.name),
    text: `give deployment ${plan.workload.name} its own update strategy back`,
    effect: patchOf(deployment, [
      ...ownershipAnnotation(deployment, mark),
      { op: 'add', path: '/spec/strategy', value: plan.workload.strategy },
    ]),
  };
}
