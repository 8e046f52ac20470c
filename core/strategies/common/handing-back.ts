/**
 * The fields of others go back to them at the end of a release: each writer owns the fields it writes
 * (`metadata.managedFields`), and an owner's next `kubectl apply --server-side` is refused (409) for a
 * field that a release has taken. Only the note of who owns what is changed, no field.
 */

import type { Instant } from '../../base/vocabulary.ts';
import { type Action, actionId, type PatchOperation, patchOf } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { OWN_MANAGER } from '../../kubernetes/field-managers.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { Plan } from '../../plan/plan.ts';
import { makerOf } from '../../plan/registry.ts';
import type { ReleaseState } from '../../state/state.ts';

/** What the API notes anew with every write, such as a webhook's change, is not fought over. */
const PATIENCE_MS = 5_000;

/** Undefined once nothing of others is the release's any more. */
export function handingBack<S extends ReleaseState>(
  plan: Plan,
  state: S,
  seen: ClusterView & { readonly at: Instant },
): { readonly state: S; readonly actions: readonly Action[] } | undefined {
  const since = state.handingBackSince ?? seen.at;
  if (seen.at - since >= PATIENCE_MS) return undefined;
  const further = makerOf(plan)
    .furtherServices(plan)
    .map((name) => seen.furtherServices?.get(name)?.service);
  const workloads = [...seen.deployments.values(), ...seen.others.values()];
  const objects = [seen.service, ...further, ...workloads];
  const actions = objects.flatMap((object) => (object ? handedBack(plan, object) : []));
  if (actions.length === 0) return undefined;
  return { state: { ...state, handingBackSince: since }, actions };
}

/** Nothing where no other manager owns anything of the object: then there is none to hand it to. */
function handedBack({ release }: Plan, object: KubernetesObject): Action[] {
  const { name, managedFields = [] } = object.metadata;
  const own = managedFields.flatMap(({ manager }, at) => (manager === OWN_MANAGER ? [at] : []));
  const hasOwner = managedFields.some(
    ({ manager, subresource }) => manager !== OWN_MANAGER && subresource === undefined,
  );
  if (own.length === 0 || !hasOwner) return [];
  // From the end, so that the places of the others do not change.
  const operations = own.reverse().map((at): PatchOperation => {
    return { op: 'remove', path: `/metadata/managedFields/${at}` };
  });
  return [
    {
      id: actionId(release, 'hand-back', `${object.kind}/${name}`),
      text: `leave the fields of ${object.kind} ${name} to their owners`,
      effect: { ...patchOf(object, operations), optional: true },
    },
  ];
}
