/** A chapter of a release's story as an Event of Kubernetes, on each object that shows it. */
import { fingerprint } from '../../base/fingerprint.ts';
import type { Observation } from '../../cluster/observation.ts';
import { keyOf } from '../../kubernetes/by-name.ts';
import { OWN_MANAGER } from '../../kubernetes/field-managers.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import type { Plan } from '../../plan/plan.ts';
import { makerOf } from '../../plan/registry.ts';
import type { Chapter } from './story.ts';

/** The core/v1 Event, which every version of `kubectl describe` reads. */
export interface StoryEvent extends KubernetesObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly involvedObject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: Chapter['type'];
  readonly reason: Chapter['reason'];
  readonly message: string;
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: 1;
}

type Seen = Pick<Observation, 'service' | 'deployments' | 'others'>;

/**
 * One for each object that is there. The name follows from what is told and of what: a process that tells it again
 * is refused, and nothing is seen twice. `teller`: the process that tells it.
 */
export function eventsOf(
  plan: Plan,
  chapter: Chapter,
  seen: Seen,
  teller: string,
): readonly StoryEvent[] {
  const objects = [seen.service, ...(chapter.on === 'all' ? workloadsOf(plan, seen) : [])];
  return objects.flatMap((object) => {
    const { name, uid } = object?.metadata ?? {};
    if (object === undefined || name === undefined || uid === undefined) return [];
    const { apiVersion, kind } = object;
    const { namespace } = plan;
    const { id, at, type, reason, text } = chapter;
    const time = timestampOf(at);
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${fingerprint([id, kind, uid])}`, namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid },
      ...{ type, reason, message: text },
      source: { component: OWN_MANAGER },
      reportingComponent: OWN_MANAGER,
      // At most 128 characters, and a pod's name has 253.
      reportingInstance: teller.slice(0, 128),
      ...{ firstTimestamp: time, lastTimestamp: time, count: 1 },
    };
  });
}

/** Those of both sides, as far as they are there. */
function workloadsOf(plan: Plan, { deployments, others }: Seen): KubernetesObject[] {
  return makerOf(plan)
    .workloads(plan)
    .flatMap((name) => deployments.get(name) ?? others.get(keyOf('StatefulSet', name)) ?? []);
}
