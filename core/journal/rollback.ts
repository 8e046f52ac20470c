/**
 * Going back to a revision that served before. That is a release like any other: it is planned,
 * started beside what serves, tried, judged, and recorded; only its pods come out of the journal.
 */
import { parseImage } from '../base/image.ts';
import type { StrategyName } from '../base/vocabulary.ts';
import type { ImageChoice, PlanInput } from '../cluster/plan-input.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import { type Planned, planRelease } from '../plan/planning.ts';
import { makerOf } from '../plan/registry.ts';
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
  const { selector = {} } = input.subject.service.spec;
  const former = { template, selector, deployments: input.deployments };
  return { kind: 'planned', plan: makerOf(planned.plan).goingBack(planned.plan, former) };
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
