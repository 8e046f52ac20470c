/**
 * The old version after a promotion: its pods go on running for a while, out of reach, so that a
 * rollback has no pod to wait for. What comes once that time is over scales them down.
 */
import { sameJson } from '../base/json.ts';
import { type Instant, instant, type ReleaseId } from '../base/vocabulary.ts';
import { type Action, actionId, patchOf } from '../cluster/action.ts';
import { COLOUR, commonTo } from '../cluster/colours.ts';
import { ownerReleaseOf } from '../cluster/ownership.ts';
import { selects } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';
import type { Plan, TwoSidedPlan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';

/** A Deployment that a release let outlive its promotion, as far as it must be known again. */
export interface KeptSide {
  readonly deployment: string;
  readonly uid: string;
  /** The release that changed it last, then. */
  readonly mark: string | undefined;
  readonly until: Instant;
}

/** What is to become of a warm side whose time is over. */
export type PendingScaleDown =
  | { readonly kind: 'let-go'; readonly action: Action }
  /** It is the old version of no release any more. */
  | { readonly kind: 'over'; readonly why: string }
  /** Its pods are reached, or are another service's, by somebody's doing. */
  | { readonly kind: 'left-alone'; readonly why: string };

export function keepsRollbackWindow({ rollbackWindowMs }: TwoSidedPlan): boolean {
  return rollbackWindowMs > 0;
}

export function keptSide(plan: Plan, at: Instant): KeptSide | undefined {
  const maker = makerOf(plan);
  const windowMs = maker.rollbackWindowMs(plan);
  if (windowMs <= 0) return undefined;
  const { name: deployment, uid, mark } = maker.stable(plan);
  return { deployment, uid, mark, until: instant(at + windowMs) };
}

/**
 * Lets the pods go, if they still are the ones that were kept and nothing leads to them. `before`:
 * how they were made; undefined where the journal had no room for it.
 */
export function pendingScaleDown(
  { release, warm, before }: { release: ReleaseId; warm: KeptSide; before?: PodTemplate },
  service: string,
  found: Deployment | undefined,
  services: readonly Service[],
): PendingScaleDown {
  const { deployment: name, uid, mark } = warm;
  if (!found || found.metadata.uid !== uid) return over(`deployment ${name} is gone`);
  const { replicas = 1, template } = found.spec;
  if (replicas === 0) return over(`deployment ${name} is at zero already`);
  if (ownerReleaseOf(found) !== mark) {
    return over(`deployment ${name} is of release ${ownerReleaseOf(found) ?? 'none'} now`);
  }
  if (before && !sameJson(template, before)) {
    return over(`somebody changed the pods of deployment ${name} meanwhile`);
  }
  const own = services.find(({ metadata }) => metadata.name === service);
  if (!own || !selects(commonTo(own.spec.selector), template.metadata?.labels)) {
    const why = `deployment ${name} has nothing to do with service ${service}`;
    return { kind: 'left-alone', why };
  }
  const reaching = services.find(
    ({ metadata, spec }) =>
      selects(spec.selector, template.metadata?.labels) &&
      // One that selects every version does not mean this one.
      (metadata.name === service || spec.selector?.[COLOUR] !== undefined),
  );
  if (reaching) {
    const why = `service ${reaching.metadata.name} reaches the pods of deployment ${name}`;
    return { kind: 'left-alone', why };
  }
  const action: Action = {
    id: actionId(release, 'let-go', name),
    text: `scale deployment ${name} to 0: its time for a fast rollback is over`,
    effect: patchOf(found, [{ op: 'add', path: '/spec/replicas', value: 0 }]),
  };
  return { kind: 'let-go', action };
}

function over(why: string): PendingScaleDown {
  return { kind: 'over', why };
}
