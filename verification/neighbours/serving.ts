/** The pods that serve behind a route. */
import { selects } from '../../core/kubernetes/labels.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import type { Destination } from '../world/routes.ts';

export function servedBy(all: readonly unknown[], { labels }: Destination): readonly Pod[] {
  return (all as readonly Pod[]) // both describe the same JSON
    .filter((pod) => selects(labels, pod.metadata.labels) && isServing(pod));
}
