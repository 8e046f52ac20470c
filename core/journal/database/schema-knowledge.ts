/**
 * Which image knows the schema up to where, as the section of the last migration says: what a contract needs
 * before it removes something, and a way back before it leads to an image that cannot run any more.
 */
import { foreignText } from '../../base/foreign-text.ts';
import { parseImage } from '../../base/image.ts';
import type { Facts, SectionFound } from '../stage-sections.ts';

/** An image, by its digest where that is known, and the last migration among those that came with it. */
export interface KnownSchema {
  readonly image: string;
  /** The number of a migration, such as `0007`. */
  readonly schema: string;
}

/** As many as fit a section; further back no one goes. */
const MOST_IMAGES = 12;
const ID = /^\d{4}$/;
const MOST_CHARACTERS = 300;

export function knownSchemas(found: SectionFound): readonly KnownSchema[] {
  const images = found.kind === 'section' ? found.section.facts.images : undefined;
  if (!Array.isArray(images)) return [];
  return images.slice(0, MOST_IMAGES).flatMap((each: unknown) => {
    const { image, schema }: Record<string, unknown> = Object(each);
    const isOne = typeof image === 'string' && typeof schema === 'string' && ID.test(schema);
    return isOne && image.length <= MOST_CHARACTERS ? [{ image, schema }] : [];
  });
}

/** With what the image of this run knows; newest first. */
export function withSchema(
  known: readonly KnownSchema[],
  image: string,
  schema: string,
): readonly KnownSchema[] {
  const key = keyOf(image);
  if (!ID.test(schema) || key.length > MOST_CHARACTERS) return known;
  const others = known.filter((each) => each.image !== key);
  return [{ image: key, schema }, ...others].slice(0, MOST_IMAGES);
}

/** Undefined where no migration came with that image. */
export function schemaKnownBy(known: readonly KnownSchema[], image: string): string | undefined {
  return known.find((each) => each.image === keyOf(image))?.schema;
}

/** Why an image cannot run on the schema any more; undefined where nothing is known against it. */
export function whyBelowFloor(found: SectionFound, image: string): string | undefined {
  const { compatFloor, floorRaisedBy } = floorIn(found);
  if (compatFloor === '') return undefined;
  const knows = schemaKnownBy(knownSchemas(found), image);
  if (knows !== undefined && knows >= compatFloor) return undefined;
  const has =
    knows === undefined ? 'it is not known to know' : `it knows the schema up to ${knows}, not`;
  return `${has} migration ${compatFloor}, behind which there is no way back${floorRaisedBy}`;
}

/**
 * How far the files were run, as the section says: numbers of migrations, empty where none is known. What is at
 * or below the baseline, others have run: before the first release no section says so.
 */
export function runAlready(
  found: SectionFound,
  baseline: string,
): {
  readonly expandedTo: string;
  readonly contractedTo: string;
} {
  const facts: Facts = found.kind === 'section' ? found.section.facts : {};
  const { schema } = facts;
  const expandedTo = typeof schema === 'string' && ID.test(schema) ? schema : '';
  return {
    expandedTo: later(expandedTo, baseline),
    contractedTo: later(floorIn(found).compatFloor, baseline),
  };
}

/** Of two numbers of four digits, or empty ones. */
function later(one: string, other: string): string {
  return one > other ? one : other;
}

function floorIn(found: SectionFound): { compatFloor: string; floorRaisedBy: string } {
  const facts: Facts = found.kind === 'section' ? found.section.facts : {};
  const { compatFloor, floorRaisedBy } = facts;
  const isFloor = typeof compatFloor === 'string' && ID.test(compatFloor);
  const by = typeof floorRaisedBy === 'string' && floorRaisedBy !== '' ? floorRaisedBy : undefined;
  return {
    compatFloor: isFloor ? compatFloor : '',
    floorRaisedBy: by === undefined ? '' : `: ${foreignText(by, MOST_CHARACTERS)}`,
  };
}

function keyOf(image: string): string {
  return parseImage(image)?.digest ?? image;
}
