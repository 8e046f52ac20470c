/**
 * What a release has left in the cluster whose journal is gone. Its mark on a workload says that it has
 * begun, whatever else is missing; and where traffic goes to the marked side while the other one is whole,
 * there is a safe way back that needs no plan.
 */

import type { ReleaseId } from '../base/vocabulary.ts';
import { type Action, actionId, patchOf } from '../cluster/action.ts';
import { COLOUR } from '../cluster/colours.ts';
import { ownerReleaseOf } from '../cluster/ownership.ts';
import { selects } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Deployment, StatefulSet } from '../kubernetes/workload-objects.ts';

/** none: it has changed no workload of this service · turn: traffic can go back · left: it cannot, or need not. */
export type Traces =
  | { readonly kind: 'none' }
  | { readonly kind: 'turn'; readonly why: string; readonly action: Action }
  | { readonly kind: 'left'; readonly why: string };

export function tracesOf(
  release: ReleaseId,
  service: Service | undefined,
  workloads: readonly (Deployment | StatefulSet)[],
): Traces {
  const selector = service?.spec.selector;
  if (!service || !selector) return { kind: 'none' };
  const { [COLOUR]: _, ...both } = selector;
  const own = workloads.filter(({ spec }) => selects(both, spec.template.metadata?.labels));
  const marked = own.filter((each) => ownerReleaseOf(each) === release);
  const [first] = marked;
  if (!first) return { kind: 'none' };
  const found = marked.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
  const why = `the journal is gone, and ${found} bears the mark of this release`;
  const serves = marked.some(({ spec }) => selects(selector, spec.template.metadata?.labels));
  const other = own.find((each) => ownerReleaseOf(each) !== release && isWhole(each));
  const colour = other?.spec.template.metadata?.labels?.[COLOUR];
  if (!serves || !other || colour === undefined || selector[COLOUR] === undefined) {
    return { kind: 'left', why: `${why}: look at what serves, and put the Service right by hand` };
  }
  const action: Action = {
    id: actionId(release, 'send-back', service.metadata.name),
    text: `send service ${service.metadata.name} to ${other.kind} ${other.metadata.name}, which this release has not marked`,
    effect: patchOf(service, [{ op: 'add', path: `/spec/selector/${COLOUR}`, value: colour }]),
  };
  return { kind: 'turn', why, action };
}

/** All its pods are ready, and there are some. */
function isWhole({ spec, status }: Deployment | StatefulSet): boolean {
  const { replicas = 1 } = spec;
  return replicas > 0 && (status?.readyReplicas ?? 0) >= replicas;
}
