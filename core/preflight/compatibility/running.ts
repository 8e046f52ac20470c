/** Which versions run: as the tags of images and the labels of pods have it. */
import { foreignText } from '../../base/foreign-text.ts';
import { parseImage } from '../../base/image.ts';
import type { Neighbours } from '../../cluster/neighbours.ts';
import type { SectionFound } from '../../journal/stage-sections.ts';
import { selects } from '../../kubernetes/labels.ts';
import type { Container, Pod } from '../../kubernetes/objects.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { Running, Told } from './known.ts';
import type { Version, Versions } from './versions.ts';

const VERSION_LABEL = 'app.kubernetes.io/version';

/**
 * The tag first: a release changes the image of a workload and leaves its labels as they are, so that they
 * may be those of the version before.
 */
export function versionOfPod(
  versions: Versions,
  labels: Readonly<Record<string, string>> | undefined,
  image: string | undefined,
): Told {
  const tag = parseImage(image ?? '')?.tag;
  const label = labels?.[VERSION_LABEL];
  const found = [tag, label].flatMap((text) =>
    text === undefined ? [] : (versions.read(text) ?? []),
  );
  const [version] = found;
  if (version !== undefined) return version;
  const shown = tag === undefined ? 'its image has no tag' : `the tag ${foreignText(tag)} is none`;
  return { unknown: `${shown}, and its pods have no label ${VERSION_LABEL} that is one` };
}

/** What serves behind a Service of the namespace. */
export function runningBehind(
  versions: Versions,
  { services, pods }: Neighbours,
  name: string,
): Running {
  const service = services.find(({ metadata }) => metadata.name === name);
  if (!service) return { kind: 'absent', why: `there is no service ${name} in the namespace` };
  const { selector } = service.spec;
  const serving = pods.filter(
    (pod) => isServing(pod) && selects(selector ?? {}, pod.metadata.labels),
  );
  const [first] = serving;
  if (!first || selector === undefined) {
    return { kind: 'absent', why: `no pod of the namespace serves ${name}` };
  }
  const found = new Set<Version>();
  for (const pod of serving) {
    const told = versionOfPod(versions, pod.metadata.labels, containerOf(pod, name)?.image);
    if (typeof told !== 'string')
      return { kind: 'unknown', why: `${pod.metadata.name}: ${told.unknown}` };
    found.add(told);
  }
  return { kind: 'runs', versions: [...found].toSorted(versions.compare) };
}

/** The only one, the one named as the service, or the one whose port is asked; a sidecar is not. */
function containerOf({ spec: { containers } }: Pod, name: string): Container | undefined {
  const named = containers.find((each) => each.name === name);
  return named ?? containers.find(({ ports = [] }) => ports.length > 0) ?? containers[0];
}

/** The schema of the service's database, as the last migration has said. */
export function runningSchema(versions: Versions, last: SectionFound): Running {
  const schema = last.kind === 'section' ? last.section.facts.schema : undefined;
  const version = typeof schema === 'string' ? versions.read(schema) : undefined;
  if (version !== undefined) return { kind: 'runs', versions: [version] };
  const why =
    last.kind === 'section'
      ? 'the last migration was not one of SQL files'
      : 'the journal knows of no migration';
  return { kind: 'unknown', why };
}
