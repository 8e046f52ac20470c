/** Gathers what is known of versions, and holds it against each other: nothing is asked where nothing is written. */
import { parseImage } from '../../core/base/image.ts';
import { together, type VersionBook } from '../../core/config/sections/before/compatibility.ts';
import type { Settings } from '../../core/config/settings.ts';
import {
  knownSchemas,
  schemaKnownBy,
  whyBelowFloor,
} from '../../core/journal/database/schema-knowledge.ts';
import type { SectionFound } from '../../core/journal/stage-sections.ts';
import { checkCompatibility } from '../../core/preflight/compatibility/check.ts';
import { DATABASE, type Running, type Told } from '../../core/preflight/compatibility/known.ts';
import {
  faultyLabels,
  IMAGE_VERSION,
  ruleInLabels,
} from '../../core/preflight/compatibility/labels.ts';
import {
  runningBehind,
  runningSchema,
  versionOfPod,
} from '../../core/preflight/compatibility/running.ts';
import { type VersionsSeen, versionsSeen } from '../../core/preflight/compatibility/seen.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { BadInput } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import { isVersionRange, VERSIONS } from '../expressions/versions.ts';
import type { PlanInputs } from '../inputs/plan-inputs.ts';
import type { ReleaseSubject } from '../ownership/lease/lease.ts';
import type { ImageFacts } from './image-facts.ts';
import { loadVersionBooks } from './version-books.ts';

export interface Compatibility {
  readonly findings: readonly Finding[];
  /** Undefined where nothing is written of versions. */
  readonly versions: VersionsSeen | undefined;
}

/** `last`: what the last migration left. Throws BadInput where the ConfigMap, or a label of the image, is not what it should be. */
export async function askCompatibility(
  { kube }: StageContext,
  { namespace, service }: ReleaseSubject,
  settings: Settings,
  inputs: PlanInputs,
  asked: VersionBook | undefined,
  last: SectionFound,
  factsOfImage: () => Promise<ImageFacts>,
): Promise<Compatibility> {
  const image = inputs.resolved.image.reference;
  const books = await loadVersionBooks(kube, namespace);
  const migrates = settings.migration?.kind === 'files';
  // With files the run itself brings what is not known yet, and says so where it cannot.
  const floor = migrates ? [] : floorFindings(last, image);
  if (!asked && !books) return { findings: floor, versions: undefined };
  const { tag = '' } = parseImage(image) ?? {};
  const facts = await factsOfImage();
  const candidate = versionOfImage(tag, facts);
  const rule = ruleIn(facts, image, candidate);
  const own = together([
    ...(asked ? [asked] : []),
    ...[books?.get(service) ?? []].flat(),
    ...(rule ? [{ ...NOTHING, rules: [rule] }] : []),
  ]);
  const others = new Map([...(books ?? [])].filter(([name]) => name !== service));
  const { container, deployment } = inputs.subject;
  const stable = versionOfPod(VERSIONS, deployment.spec.template.metadata?.labels, container.image);
  const known = {
    service,
    candidate,
    stable,
    own,
    others,
    migrates,
    running: runningIn(inputs, own, last),
  };
  const silent = facts.kind === 'silent' ? [notTold(image, facts.why)] : [];
  const findings = [...checkCompatibility(VERSIONS, known), ...silent, ...floor];
  return { findings, versions: versionsSeen(VERSIONS, known) };
}

const NOTHING: VersionBook = {
  rules: [],
  stops: [],
  majorsAtOnce: undefined,
  minorsAtOnce: undefined,
  breakingChanges: 'warn',
  elsewhere: {},
};

/** The tag first: it is what was asked for. */
function versionOfImage(tag: string, facts: ImageFacts): Told {
  const label = facts.kind === 'told' ? facts.labels.get(IMAGE_VERSION) : undefined;
  const version = VERSIONS.read(tag) ?? (label === undefined ? undefined : VERSIONS.read(label));
  return version ?? { unknown: `the tag ${tag} is none, and the label ${IMAGE_VERSION} neither` };
}

function ruleIn(facts: ImageFacts, image: string, candidate: Told) {
  const rule = facts.kind === 'told' ? ruleInLabels(facts.labels, candidate) : undefined;
  const faulty = rule ? faultyLabels(rule, isVersionRange) : [];
  if (faulty.length === 0) return rule;
  throw new BadInput(
    faulty.map(
      (key) => `image ${image}: its label ${key} is not a range of versions such as ">=2.3 <4"`,
    ),
  );
}

/** What is written of elsewhere stands for what the namespace does not have. */
function runningIn(
  { neighbours }: PlanInputs,
  { elsewhere }: VersionBook,
  last: SectionFound,
): (name: string) => Running {
  return (name) => {
    const found =
      name === DATABASE ? runningSchema(VERSIONS, last) : runningBehind(VERSIONS, neighbours, name);
    const written = Object.hasOwn(elsewhere, name)
      ? VERSIONS.read(elsewhere[name] ?? '')
      : undefined;
    return found.kind === 'runs' || written === undefined
      ? found
      : { kind: 'runs', versions: [written] };
  };
}

/** An image that no migration came with may be of a service that migrates its database in another way now. */
function floorFindings(last: SectionFound, image: string): Finding[] {
  if (schemaKnownBy(knownSchemas(last), image) === undefined) return [];
  const why = whyBelowFloor(last, image);
  if (why === undefined) return [];
  return [
    {
      check: 'schema-floor',
      severity: 'refuse',
      message: `${image} cannot run on the database as it is: ${why}`,
      advice: 'release a version that came with this migration, or a later one',
    },
  ];
}

function notTold(image: string, why: string): Finding {
  return {
    check: 'version-unknown',
    severity: 'warn',
    message: `what ${image} says of its own version is not known: ${why}`,
    advice: 'what the release config and the namespace say of it is held against what runs',
  };
}
