/**
 * Going back to a revision that served before. That is a release like any other: it is planned,
 * started beside what serves, tried, judged, and recorded; only its pods come out of the journal.
 */
import { parseImage } from '../base/image.ts';
import type { StrategyName } from '../base/vocabulary.ts';
import type { ImageChoice, PlanInput } from '../cluster/plan-input.ts';
import { startedFor } from '../cluster/workload/restarted.ts';
import type { Labels } from '../kubernetes/labels.ts';
import type { LabelSelector, PodTemplate } from '../kubernetes/objects.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';
import type { Plan } from '../plan/plan.ts';
import { type Planned, planRelease } from '../plan/planning.ts';
import type { Journal, ReleaseRecord } from './journal.ts';

/** A revision that the journal knows. */
export interface Revision {
  readonly image: ImageChoice;
  /** Its pods as they were; undefined: today's, with its image in them. */
  readonly template: PodTemplate | undefined;
  readonly strategy: StrategyName;
  /** The image that it replaces; undefined: whichever runs. */
  readonly instead: string | undefined;
  /** Where it is from, for people. */
  readonly origin: string;
}

/** What the last promoted release replaced; undefined where none was promoted. */
export function revisionBefore({ history }: Journal): Revision | undefined {
  const last = history.find(({ outcome }) => outcome === 'promoted');
  return last && { ...replacedBy(last), instead: last.to };
}

/** The last promoted release, or what it replaced, by the tag of its image. */
export function revisionTagged({ history }: Journal, tag: string): Revision | undefined {
  for (const record of history.filter(({ outcome }) => outcome === 'promoted')) {
    if (parseImage(record.to)?.tag === tag) return promotedBy(record, history);
    if (parseImage(record.from)?.tag === tag) return replacedBy(record);
  }
  return undefined;
}

/** The plan of a release to a revision; undefined: one that the journal does not know. */
export function planRevision(input: PlanInput, revision: Revision | undefined): Planned {
  const runs = input.subject.container.image ?? '';
  if (revision?.instead !== undefined && revision.instead !== runs) {
    return refused(
      `the service runs ${runs}, and the last promoted release put ${revision.instead} there: name the version to go back to`,
    );
  }
  // What started the same image anew is gone back from by starting it anew once more.
  const isSameImage = revision !== undefined && revision.instead === revision.image.reference;
  const settings = isSameImage
    ? { ...input.settings, whenUnchanged: 'release' as const }
    : input.settings;
  const planned = planRelease({ ...input, settings });
  const template = revision?.template;
  if (planned.kind !== 'planned' || !template) return planned;
  const { container, image } = planned.plan;
  const known = template.spec.containers.find(({ name }) => name === container);
  if (known?.image !== image.reference) {
    return refused(`the pods of ${image.reference} had no container ${container} that ran it`);
  }
  const back = wearing(planned.plan, template, input.subject.service.spec);
  return { kind: 'planned', plan: atOnce(startedAnew(back, input.deployments)) };
}

/**
 * What has served before is not fed to clients by degrees, and none of its pods is ended for a probe:
 * all traffic in one step, watched as the last step of a release is.
 */
function atOnce(plan: Plan): Plan {
  if (plan.strategy === 'rolling') return plan;
  const preflight = { ...plan.settings.preflight, drainProbe: 'off' } as const;
  return { ...plan, steps: plan.steps.slice(-1), settings: { ...plan.settings, preflight } };
}

/** Pods that were kept warm but do not answer for themselves: the drain hook may have been their end. */
function startedAnew(plan: Plan, deployments: readonly Deployment[]): Plan {
  if (plan.strategy === 'rolling') return plan;
  const { candidate, release } = plan;
  const found = deployments.find(({ metadata }) => metadata.name === candidate.name);
  const wanted = found?.spec.replicas ?? 0;
  if ((found?.status?.readyReplicas ?? 0) >= wanted) return plan;
  return {
    ...plan,
    candidate: { ...candidate, template: startedFor(release, candidate.template) },
  };
}

function refused(why: string): Planned {
  return { kind: 'refused', why };
}

function replacedBy(record: ReleaseRecord): Revision {
  const pods = record.before ? 'as its pods were' : "in today's pod template";
  return {
    image: imageOf(record.from),
    template: record.before,
    strategy: record.strategy,
    instead: undefined,
    origin: `what release ${record.release} replaced, ${pods}`,
  };
}

/** Its pods are known if a later release replaced them. */
function promotedBy(record: ReleaseRecord, history: readonly ReleaseRecord[]): Revision {
  const successor = history.find(({ from, before }) => before && from === record.to);
  if (successor) return replacedBy(successor);
  return {
    image: imageOf(record.to),
    template: undefined,
    strategy: record.strategy,
    instead: undefined,
    origin: `what release ${record.release} promoted, in today's pod template`,
  };
}

function imageOf(reference: string): ImageChoice {
  const parsed = parseImage(reference);
  return { reference, tag: parsed?.tag ?? '', digest: parsed?.digest };
}

function wearing(
  plan: Plan,
  template: PodTemplate,
  { selector = {} }: { selector?: Labels },
): Plan {
  switch (plan.strategy) {
    case 'rolling': {
      const needed = { ...selector, ...demanded(plan.workload.selector, plan.workload.template) };
      return { ...plan, template: labelled(template, needed) };
    }
    case 'blue-green':
    case 'canary':
    case 'blue-green-with-canary': {
      const { candidate, selectors } = plan;
      const needed = {
        ...selectors.candidate,
        ...demanded(candidate.selector, candidate.template),
      };
      const pods = labelled(template, needed);
      // Rules of scheduling name the labels of a side, and the side may be the other one today.
      const { affinity, topologySpreadConstraints } = candidate.template.spec;
      const spec = { ...pods.spec, affinity, topologySpreadConstraints };
      return { ...plan, candidate: { ...candidate, template: { ...pods, spec } } };
    }
  }
}

/** What a selector asks of labels, as today's pods meet it. */
function demanded({ matchLabels = {}, matchExpressions = [] }: LabelSelector, today: PodTemplate) {
  const met = Object.entries(today.metadata?.labels ?? {}).filter(([label]) =>
    matchExpressions.some(({ key }) => key === label),
  );
  return { ...Object.fromEntries(met), ...matchLabels };
}

/** With the labels by which today's Service and Deployment find their pods. */
function labelled(template: PodTemplate, needed: Labels): PodTemplate {
  const labels = { ...template.metadata?.labels, ...needed };
  return { ...template, metadata: { ...template.metadata, labels } };
}
