/**
 * Sections of the journal: what a stage beside deploy says of its own part of a run, under the key
 * `stage.<name>` of the journal's ConfigMap. A stage writes what it is about to do before it does it, so
 * that a kill leaves nothing that no one knows of. The journal itself is another key: stages that run
 * side by side do not write over each other.
 *
 * Anyone who may edit ConfigMaps can write anything there: what is no section of this run is none.
 */
import { foreignText } from '../base/foreign-text.ts';
import { jsonOf, mostBytesOf } from '../base/json.ts';
import { type Instant, instant, type ReleaseId, releaseId } from '../base/vocabulary.ts';
import { isObject } from '../plan/shape/json.ts';
import { STAGES, type StageKind } from './stages.ts';

/** doing: begun, or about to · done: all of it · failed: it has ended, and not all of it is done. */
export type SectionState = 'doing' | 'done' | 'failed';

export interface StageSection {
  readonly version: 1;
  /** The run that it belongs to, by name and uid: what another run has left is not this one's. */
  readonly run: ReleaseId;
  readonly state: SectionState;
  /** When it came into that state. */
  readonly since: Instant;
  /** What later stages go by. Each is checked by its reader. */
  readonly facts: Facts;
  /** How what it leaves is undone, for people: a command. */
  readonly undo?: string;
}

export type Facts = Readonly<Record<string, unknown>>;
export type Data = Readonly<Record<string, string>> | undefined;

/** `none`: why there is nothing to go by. */
export type SectionFound =
  | { readonly kind: 'section'; readonly section: StageSection }
  | { readonly kind: 'none'; readonly why: string };

/** Of one section, in bytes: with one for every stage, journal and orders stay under 256 KiB. */
export const MOST_SECTION_BYTES = 8_192;

const STATES: readonly unknown[] = ['doing', 'done', 'failed'] satisfies SectionState[];
const KEYS = ['version', 'run', 'state', 'since', 'facts', 'undo'];
/** As in shape/checks.ts: a run's name and uid, and never a path. */
const RUN = /^[A-Za-z0-9]([-A-Za-z0-9._]{0,251}[A-Za-z0-9])?$/;
const MOST_UNDO_CHARACTERS = 600;
/** A verdict names an image, counts, and what speaks against it. */
export const MOST_FOUND_CHARACTERS = 900;

export function sectionKey(stage: string): string {
  return `stage.${stage}`;
}

/** The text as it is stored; undefined where it would be larger than a section may be. */
export function sectionText(section: StageSection): string | undefined {
  const text = JSON.stringify(section);
  return mostBytesOf(text) <= MOST_SECTION_BYTES ? text : undefined;
}

/** What a stage of this run has said. */
export function readSection(data: Data, stage: string, run: ReleaseId): SectionFound {
  const found = lastSection(data, stage);
  if (found.kind === 'none' || found.section.run === run) return found;
  return none(`the section of ${stage} is of another run, ${found.section.run}`);
}

/** What the stage has said last, in whatever run. */
export function lastSection(data: Data, stage: string): SectionFound {
  const text = data?.[sectionKey(stage)];
  if (text === undefined) return none(`the journal has no section of ${stage}`);
  if (mostBytesOf(text) > MOST_SECTION_BYTES) {
    return broken(stage, `it is larger than ${MOST_SECTION_BYTES} bytes`);
  }
  const parsed = jsonOf(text);
  const fault = faultIn(parsed);
  if (fault !== undefined) return broken(stage, fault);
  const { run, state, since, facts, undo } = parsed as StageSection; // as it was just found to be
  return {
    kind: 'section',
    section: {
      version: 1,
      run: releaseId(run),
      state,
      since: instant(since),
      facts,
      ...(undo === undefined ? {} : { undo: foreignText(undo, MOST_UNDO_CHARACTERS) }),
    },
  };
}

/** What a stage has to have prepared before a release begins, and why that is not so; undefined where it is. */
export function whyNotPrepared(found: SectionFound, stage: string): string | undefined {
  if (found.kind === 'none') return found.why;
  switch (found.section.state) {
    case 'done':
      return undefined;
    case 'doing':
      return `${stage} has begun, and has not ended`;
    case 'failed':
      return `${stage} has failed`;
  }
}

/**
 * What the stages of a run have left that nothing undoes by itself, by stage, for the record and for
 * people: `expanded schema … (it stays; to undo it: …)`.
 */
export function leftByStages(data: Data, run: ReleaseId): Readonly<Record<string, string>> {
  const stages: readonly StageKind[] = STAGES;
  return Object.fromEntries(
    stages
      .filter(({ undoneBy }) => undoneBy === 'request')
      .flatMap((stage) => {
        const found = readSection(data, stage.name, run);
        return found.kind === 'none' ? [] : [[stage.name, leftText(stage, found.section)]];
      }),
  );
}

/** A line of each stage that checks, of what it has found in this run, for the record: `passed: …`. */
export function foundByStages(data: Data, run: ReleaseId): Readonly<Record<string, string>> {
  const stages: readonly StageKind[] = STAGES;
  return Object.fromEntries(
    stages
      .filter(({ role }) => role === 'checks')
      .flatMap(({ name }) => {
        const found = readSection(data, name, run);
        const told = found.kind === 'none' ? undefined : found.section.facts.told;
        return typeof told === 'string' ? [[name, foreignText(told, MOST_FOUND_CHARACTERS)]] : [];
      }),
  );
}

function leftText({ leavesBehind }: StageKind, { state, undo }: StageSection): string {
  const how = {
    done: '',
    failed: ', as far as it came',
    doing: ', as far as it came before it was cut off',
  };
  const undone = undo === undefined ? 'it stays' : `it stays; undone on request only: ${undo}`;
  return `${leavesBehind}${how[state]} (${undone})`;
}

function faultIn(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not valid JSON, or no object';
  const { version, run, state, since, facts, undo } = value;
  if (version !== 1) return 'it is not of a version this release knows (1)';
  const foreign = Object.keys(value).find((key) => !KEYS.includes(key));
  if (foreign !== undefined) return 'it has a key that no section has';
  if (typeof run !== 'string' || !RUN.test(run)) return 'run is no name of a run';
  if (!STATES.includes(state)) return `state must be one of ${STATES.join(', ')}`;
  if (!Number.isSafeInteger(since) || Number(since) < 0) return 'since is no time';
  if (!isObject(facts)) return 'facts is not an object';
  return undo === undefined || typeof undo === 'string' ? undefined : 'undo is no text';
}

function broken(stage: string, why: string): SectionFound {
  return none(`the section of ${stage} cannot be read: ${why}`);
}

function none(why: string): SectionFound {
  return { kind: 'none', why };
}
