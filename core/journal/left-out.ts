/**
 * Keeps a journal small. A ConfigMap has room for 1 MiB and so has a pod template; what the cluster keeps
 * as a ReplicaSet need not stand in the journal a second time. A process that takes a release over finds it there
 * by its hash, or else by its images.
 */
import { fingerprint } from '../base/fingerprint.ts';
import { sizeOf } from '../cluster/workload/template-size.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import { controllerOf, withoutHash } from '../kubernetes/owners.ts';
import type { ReplicaSet } from '../kubernetes/workload-objects.ts';
import type { Plan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';

/** Beside it there are sections of stages, orders and metadata in the ConfigMap: 256 KiB are never reached. */
const MOST_BYTES = 180_000;
/** Smaller ones are worth more where they are read. */
const LARGE_BYTES = 8_000;

/** What of a journal may be large. */
interface Storable {
  readonly current: { readonly plan: Plan } | undefined;
  readonly history: readonly { readonly before?: PodTemplate }[];
}

/** What stands in the place of a template: enough to be read, and to find it again. */
interface LeftOut extends PodTemplate {
  readonly leftOut: string;
}

/**
 * The journal as it is stored: large templates are left out of the history first, then of the plan; and
 * where the records themselves are that large, the oldest of them go.
 */
export function compacted<J extends Storable>(journal: J): J {
  if (sizeOf(journal) <= MOST_BYTES) return journal;
  const history = [...journal.history];
  for (let at = history.length - 1; at >= 0; at -= 1) {
    if (sizeOf({ ...journal, history }) <= MOST_BYTES) break;
    const { before: _, ...rest } = history[at] ?? {};
    history[at] = rest;
  }
  return withFewer(withSmallPlan({ ...journal, history }));
}

function withSmallPlan<J extends Storable>(journal: J): J {
  const { current } = journal;
  if (!current || sizeOf(journal) <= MOST_BYTES) return journal;
  const plan = makerOf(current.plan)
    .templates(current.plan)
    .filter(({ template }) => sizeOf(template) > LARGE_BYTES)
    .reduce((left, { put, template }) => put(left, leaveOut(template)), current.plan);
  return { ...journal, current: { ...current, plan } };
}

/** The newest record stays: it says how the release has ended that the journal is about. */
function withFewer<J extends Storable>(journal: J): J {
  const { history } = journal;
  if (history.length <= 1 || sizeOf(journal) <= MOST_BYTES) return journal;
  return withFewer({ ...journal, history: history.slice(0, -1) });
}

/** Whether something of the plan is to be looked up in the cluster. */
export function isCompacted(plan: Plan): boolean {
  return makerOf(plan)
    .templates(plan)
    .some(({ template }) => isLeftOut(template));
}

/**
 * The whole plan; a text says which template is nowhere any more. A candidate that was never made is
 * nowhere either: it is missed only by who wants to make it, and `isCompacted` still says so.
 */
export function restored(plan: Plan, replicaSets: readonly ReplicaSet[]): Plan | string {
  let whole = plan;
  for (const { workload, template, isToBeMade, put } of makerOf(plan).templates(plan)) {
    if (!isLeftOut(template)) continue;
    const found = find(template, workload, replicaSets);
    if (!found && isToBeMade) continue;
    if (!found) {
      const images = template.spec.containers.map(({ image }) => image).join(', ');
      return `the pod template of Deployment ${workload} (${images}) was too large for the journal, and no ReplicaSet has it any more`;
    }
    whole = put(whole, found);
  }
  return whole;
}

function find(
  { leftOut, spec }: LeftOut,
  workload: string,
  replicaSets: readonly ReplicaSet[],
): PodTemplate | undefined {
  const own = replicaSets
    .filter((each) => controllerOf(each)?.name === workload)
    .toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))
    .map((each) => withoutHash(each.spec.template));
  // The API may have added defaults to what was sent: then the images tell.
  const images = imagesOf(spec.containers);
  return (
    own.find((template) => fingerprint(template) === leftOut) ??
    own.find((template) => imagesOf(template.spec.containers) === images)
  );
}

function leaveOut(template: PodTemplate): LeftOut {
  const { metadata, spec } = template;
  const containers = spec.containers.map(({ name, image }) =>
    image === undefined ? { name } : { name, image },
  );
  const labels = metadata?.labels ?? {};
  return {
    leftOut: fingerprint(withoutHash(template)),
    metadata: { labels },
    spec: { containers },
  };
}

function isLeftOut(template: PodTemplate): template is LeftOut {
  return 'leftOut' in template && typeof template.leftOut === 'string';
}

function imagesOf(containers: PodTemplate['spec']['containers']): string {
  return containers.map(({ name, image }) => `${name}=${image}`).join(' ');
}

function createdAt({ metadata }: ReplicaSet): string {
  return metadata.creationTimestamp ?? '';
}
