/**
 * Reads and writes the sections that stages have beside the journal, in its ConfigMap. A stage owns its own key
 * and no other (server-side apply, under a name of its own), so that stages side by side do not undo each other.
 */
import type { ReleaseId } from '../../../core/base/vocabulary.ts';
import { unfinished } from '../../../core/journal/journal.ts';
import {
  foundByStages,
  lastSection,
  leftByStages,
  MOST_SECTION_BYTES,
  readSection,
  type SectionFound,
  type StageSection,
  sectionKey,
  sectionText,
} from '../../../core/journal/stage-sections.ts';
import { managerOfStage } from '../../../core/kubernetes/field-managers.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { StageFailure } from '../../base/failure.ts';
import type { Kube } from '../../kube/client.ts';
import { emptyConfigMap, parsed, readConfigMap } from './journal.ts';

/** The service whose journal it is. */
export interface SectionPlace {
  readonly namespace: string;
  readonly service: string;
}

/** What a stage of this run has said so far. */
export async function peekSection(
  kube: Kube,
  { namespace, service }: SectionPlace,
  stage: string,
  run: ReleaseId,
): Promise<SectionFound> {
  const stored = await readConfigMap(kube, namespace, service);
  return readSection(stored?.data, stage, run);
}

/** What the stage has said last, in whatever run. */
export async function peekLast(
  kube: Kube,
  { namespace, service }: SectionPlace,
  stage: string,
): Promise<SectionFound> {
  return lastSection((await readConfigMap(kube, namespace, service))?.data, stage);
}

/** What the stages of a run have left that nothing undoes by itself, by stage. */
export async function peekLeft(
  kube: Kube,
  { namespace, service }: SectionPlace,
  run: ReleaseId,
): Promise<Readonly<Record<string, string>>> {
  const stored = await readConfigMap(kube, namespace, service);
  return leftByStages(stored?.data, run);
}

/** What the stages of a run that check have found, by stage. */
export async function peekFound(
  kube: Kube,
  { namespace, service }: SectionPlace,
  run: ReleaseId,
): Promise<Readonly<Record<string, string>>> {
  return foundByStages((await readConfigMap(kube, namespace, service))?.data, run);
}

/**
 * Writes a stage's section, over that of an earlier run. Throws with exit code 4 where the one that is there
 * belongs to a release that is under way.
 */
export async function saveSection(
  kube: Kube,
  { namespace, service }: SectionPlace,
  stage: string,
  section: StageSection,
): Promise<void> {
  const text = sectionText(section);
  if (text === undefined) {
    throw new StageFailure(
      3,
      `what ${stage} has to say is larger than ${MOST_SECTION_BYTES} bytes`,
    );
  }
  for (;;) {
    const stored = await readConfigMap(kube, namespace, service);
    refuseIfUnderWay(stored, stage, section.run);
    const own = { ...emptyConfigMap(namespace, service), data: { [sectionKey(stage)]: text } };
    const manager = managerOfStage(stage);
    const written = stored
      ? await kube.apply(asOf(stored, own), manager)
      : await kube.create(own, manager);
    if (written.kind === 'done') return;
  }
}

/** Applied to what was read, or not at all. */
function asOf({ metadata: { resourceVersion = '' } }: ConfigMap, own: ConfigMap): ConfigMap {
  return { ...own, metadata: { ...own.metadata, resourceVersion } };
}

function refuseIfUnderWay(stored: ConfigMap | undefined, stage: string, run: ReleaseId): void {
  const other = unfinished(parsed(stored))?.plan.release;
  const found = lastSection(stored?.data, stage);
  if (other === undefined || other === run) return;
  if (found.kind === 'none' || found.section.run !== other) return;
  throw new StageFailure(
    4,
    `release ${other} is under way, and ${stage} has prepared it`,
    'wait for it to end, or conclude it; nothing was changed',
  );
}
