/**
 * What somebody else did to the pod template that a release wrote: started its pods anew, which is
 * theirs to do, or released something else into it, which was not judged.
 */
import { shortImage } from '../../base/image.ts';
import type { Observation } from '../../cluster/observation.ts';
import { writerText } from '../../kubernetes/field-managers.ts';
import { workloadText } from '../../kubernetes/workload.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { Plan } from '../../plan/plan.ts';
import { interfered } from '../../state/interference.ts';
import { imageIn, isRestart, seenTemplate } from '../../state/pod-templates.ts';
import type { Interference, ReleaseState, SeenTemplate } from '../../state/state.ts';

export const TEMPLATE = ['spec', 'template'];
export const ITS_TEMPLATE = 'its pod template';

export type TemplateChange<S> =
  | { readonly kind: 'none' }
  /** The first that is seen of it is what the API server answered to the write itself. */
  | { readonly kind: 'first'; readonly state: S }
  /** Noted as accepted, and what is expected from now on. */
  | { readonly kind: 'restarted'; readonly state: S }
  | {
      readonly kind: 'replaced';
      readonly by: string;
      readonly note: (response: Interference['response']) => S;
      readonly why: string;
    };

export function templateChange<S extends ReleaseState & { readonly applied?: SeenTemplate }>(
  plan: Plan,
  state: S,
  seen: Observation,
  workload: Deployment,
): TemplateChange<S> {
  const { template } = workload.spec;
  const now = seenTemplate(template);
  const { applied } = state;
  if (applied === undefined) return { kind: 'first', state: { ...state, applied: now } };
  if (applied.all === now.all) return { kind: 'none' };
  const by = writerText(workload, TEMPLATE);
  const object = workloadText(workload);
  const note = (response: Interference['response']): S =>
    interfered(state, { at: seen.at, object, what: ITS_TEMPLATE, by, response });
  if (isRestart(applied, now)) {
    return { kind: 'restarted', state: { ...note('accepted'), applied: now } };
  }
  const image = shortImage(imageIn(template, plan.container));
  const why = `${by} changed the pods of ${object} (${image} now) while ${shortImage(plan.image.reference)} was being released`;
  return { kind: 'replaced', by, note, why };
}
