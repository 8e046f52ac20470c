/**
 * Keeps a journal small. A ConfigMap has room for 1 MiB and so has a pod template; what the cluster keeps
 * as a ReplicaSet need not stand in the journal a second time. Whoever takes a release over finds it there
 * by its hash, or else by its images.
 */
import type { PodTemplate, ReplicaSet } from '../kubernetes/objects.ts';
import { controllerOf, withoutHash } from '../kubernetes/owners.ts';
import type { Plan } from './plan.ts';

/** Beside it there are orders and metadata in the ConfigMap: 256 KiB are never reached. */
const MOST_CHARACTERS = 200_000;
/** Smaller ones are worth more where they are read. */
const LARGE_CHARACTERS = 8_000;

/** What of a journal may be large. */
interface Storable {
  readonly current: { readonly plan: Plan } | undefined;
  readonly history: readonly { readonly before?: PodTemplate }[];
}

/** What stands in the place of a template: enough to be read, and to find it again. */
interface LeftOut extends PodTemplate {
  readonly leftOut: string;
}

/** A pod template in a plan, and the workload whose ReplicaSets keep it. */
interface Slot {
  readonly workload: string;
  readonly template: PodTemplate;
  readonly put: (plan: Plan, template: PodTemplate) => Plan;
}

/** The journal as it is stored: large templates are left out of the history first, then of the plan. */
export function compacted<J extends Storable>(journal: J): J {
  if (sizeOf(journal) <= MOST_CHARACTERS) return journal;
  const history = [...journal.history];
  for (let at = history.length - 1; at >= 0; at -= 1) {
    if (sizeOf({ ...journal, history }) <= MOST_CHARACTERS) break;
    const { before: _, ...rest } = history[at] ?? {};
    history[at] = rest;
  }
  const smaller = { ...journal, history };
  const { current } = smaller;
  if (!current || sizeOf(smaller) <= MOST_CHARACTERS) return smaller;
  const plan = slotsOf(current.plan)
    .filter(({ template }) => sizeOf(template) > LARGE_CHARACTERS)
    .reduce((left, { put, template }) => put(left, leaveOut(template)), current.plan);
  return { ...smaller, current: { ...current, plan } };
}

/** Whether something of the plan is to be looked up in the cluster. */
export function isCompacted(plan: Plan): boolean {
  return slotsOf(plan).some(({ template }) => isLeftOut(template));
}

/**
 * The whole plan; a text says which template is nowhere any more. A candidate that was never made is
 * nowhere either: it is missed only by who wants to make it, and `isCompacted` still says so.
 */
export function restored(plan: Plan, replicaSets: readonly ReplicaSet[]): Plan | string {
  let whole = plan;
  for (const { workload, template, put } of slotsOf(plan)) {
    if (!isLeftOut(template)) continue;
    const found = find(template, workload, replicaSets);
    if (!found && workload === candidateOf(plan)) continue;
    if (!found) {
      const images = template.spec.containers.map(({ image }) => image).join(', ');
      return `the pod template of Deployment ${workload} (${images}) was too large for the journal, and no ReplicaSet has it any more`;
    }
    whole = put(whole, found);
  }
  return whole;
}

function candidateOf(plan: Plan): string | undefined {
  return plan.strategy === 'rolling' || plan.candidate.before ? undefined : plan.candidate.name;
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
    own.find((template) => hashOf(template) === leftOut) ??
    own.find((template) => imagesOf(template.spec.containers) === images)
  );
}

/** The workloads of a StatefulSet have no ReplicaSets: nothing of them is left out. */
function slotsOf(plan: Plan): Slot[] {
  if (plan.strategy === 'rolling') {
    if (plan.statefulSet) return [];
    const { name, template } = plan.workload;
    const old: Slot = {
      workload: name,
      template,
      put: (into, found) =>
        into.strategy === 'rolling'
          ? { ...into, workload: { ...into.workload, template: found } }
          : into,
    };
    if (!plan.template) return [old];
    const put: Slot['put'] = (into, found) =>
      into.strategy === 'rolling' ? { ...into, template: found } : into;
    return [old, { workload: name, template: plan.template, put }];
  }
  const { stable, candidate } = plan;
  const { before } = candidate;
  return [
    {
      workload: stable.name,
      template: stable.template,
      put: (into, template) =>
        into.strategy === 'rolling' ? into : { ...into, stable: { ...into.stable, template } },
    },
    {
      workload: candidate.name,
      template: candidate.template,
      put: (into, template) =>
        into.strategy === 'rolling'
          ? into
          : { ...into, candidate: { ...into.candidate, template } },
    },
    ...(before
      ? [
          {
            workload: before.name,
            template: before.template,
            put: (into: Plan, template: PodTemplate): Plan =>
              into.strategy === 'rolling'
                ? into
                : { ...into, candidate: { ...into.candidate, before: { ...before, template } } },
          },
        ]
      : []),
  ];
}

function leaveOut(template: PodTemplate): LeftOut {
  const { metadata, spec } = template;
  const containers = spec.containers.map(({ name, image }) =>
    image === undefined ? { name } : { name, image },
  );
  const labels = metadata?.labels ?? {};
  return { leftOut: hashOf(withoutHash(template)), metadata: { labels }, spec: { containers } };
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

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/** Two FNV-1a of 32 bits over the keys in order: the same for the same template, however it was written. */
function hashOf(template: PodTemplate): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (const character of inOrder(template)) {
    const code = character.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ code, 0x01000193) >>> 0;
  }
  return `${a.toString(16)}-${b.toString(16)}`;
}

function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = entries.toSorted(([x], [y]) => (x < y ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${inOrder(inner)}`).join(',')}}`;
}
