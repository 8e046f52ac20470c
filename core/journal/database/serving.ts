/** Which version serves when no release is under way, and which pods are of another: as the journal has it. */
import type { Instant } from '../../base/vocabulary.ts';
import { type Labels, selects } from '../../kubernetes/labels.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import { hasEnded } from '../../kubernetes/pods/pods.ts';
import type { Plan } from '../../plan/plan.ts';
import { scopeOf } from '../../plan/scope.ts';
import { type Journal, recordOf, unfinished } from '../journal.ts';

export interface Serving {
  readonly image: string;
  readonly since: Instant;
  readonly plan: Plan;
}

/** A text says why that is not known: a release is under way, or the last was not promoted. */
export function servingIn(journal: Journal): Serving | string {
  const left = unfinished(journal);
  if (left) return `release ${left.plan.release} is under way`;
  const { current } = journal;
  if (!current) return 'no release has been promoted that the journal knows';
  const { plan, state } = current;
  const record = recordOf(journal, plan.release);
  if (state.outcome !== 'promoted' || !record) {
    return `the last release, ${plan.release}, was not promoted: the version before it serves`;
  }
  return { image: plan.image.reference, since: record.endedAt, plan };
}

/** Pods of the service that run something else, those that are ending and those that are kept included. */
export function podsOfOthers({ plan, image }: Serving, pods: readonly Pod[]): readonly Pod[] {
  return pods
    .filter((pod) => !hasEnded(pod) && selects(labelsOf(plan), pod.metadata.labels))
    .filter(({ spec }) => {
      const container = spec.containers.find(({ name }) => name === plan.container);
      return container?.image !== image;
    });
}

function labelsOf(plan: Plan): Labels {
  return scopeOf(plan).podSelector.matchLabels ?? {};
}
