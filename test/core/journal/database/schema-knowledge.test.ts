// An image that does not know what a contract has removed must not come back, and nothing is removed that the
// version that serves still needs. What stands in a section may be anybody's: it is looked at.
import { describe, expect, test } from '@jest/globals';
import {
  knownSchemas,
  runAlready,
  schemaKnownBy,
  whyBelowFloor,
  withSchema,
} from '../../../../core/journal/database/schema-knowledge.ts';
import { podsOfOthers, servingIn } from '../../../../core/journal/database/serving.ts';
import type { Facts, SectionFound } from '../../../../core/journal/stage-sections.ts';
import type { Pod } from '../../../../core/kubernetes/objects.ts';
import { AT, endedAs, journalOf, RUN, releaseIn } from '../../support/releases.ts';

const section = (facts: Facts): SectionFound => ({
  kind: 'section',
  section: { version: 1, run: RUN, state: 'done', since: AT, facts },
});
const NONE: SectionFound = { kind: 'none', why: 'there is none' };
const DIGEST = `sha256:${'a'.repeat(64)}`;
const V1 = 'shop/pay:v1';
const V2 = `shop/pay:v2@${DIGEST}`;
const KNOWN = withSchema(withSchema([], V1, '0006'), V2, '0007');

describe('how far the files were run', () => {
  test.each([
    [NONE, '0007', '0007'],
    [section({ schema: '0009', compatFloor: '0005' }), '0009', '0007'],
    [section({ schema: '0003', compatFloor: '0003' }), '0007', '0007'],
  ])('is never below the baseline', (found, expandedTo, contractedTo) => {
    expect(runAlready(found, '0007')).toEqual({ expandedTo, contractedTo });
  });

  test.each([
    [
      'is known of a run that said so',
      section({ schema: '0007', compatFloor: '0005' }),
      '0007',
      '0005',
    ],
    ['is not where nothing was said', NONE, '', ''],
    [
      'is not where a section holds something else',
      section({ schema: 7, compatFloor: '../5' }),
      '',
      '',
    ],
  ])('%s', (_what, found, expandedTo, contractedTo) => {
    expect(runAlready(found, '')).toEqual({ expandedTo, contractedTo });
  });
});

describe('which image knows the schema up to where', () => {
  test('is kept by digest, newest first, once for each, and of the last dozen', () => {
    expect(KNOWN).toEqual([
      { image: DIGEST, schema: '0007' },
      { image: V1, schema: '0006' },
    ]);
    expect(withSchema(KNOWN, V1, '0007').map(({ schema }) => schema)).toEqual(['0007', '0007']);
    const many = Array.from({ length: 30 }, (_, at) => `shop/pay:v${at}`);
    const kept = many.reduce((known, image) => withSchema(known, image, '0001'), KNOWN);
    expect(kept).toHaveLength(12);
    expect(kept[0]?.image).toBe('shop/pay:v29');
  });

  test('is found by the digest, under whatever tag', () => {
    expect(schemaKnownBy(KNOWN, `shop/pay:latest@${DIGEST}`)).toBe('0007');
    expect(schemaKnownBy(KNOWN, 'shop/pay:v2')).toBeUndefined();
  });

  test.each([
    ['no list', 'all'],
    [
      'a list of something else',
      [1, null, { image: 1, schema: '0001' }, { image: 'x', schema: '1' }],
    ],
    ['a name without end', [{ image: 'x'.repeat(400), schema: '0001' }]],
  ])('is nothing where a section has %s', (_what, images) => {
    expect(knownSchemas(section({ images }))).toEqual([]);
  });

  test('is not kept of a run that has brought no migrations', () => {
    expect(withSchema(KNOWN, 'shop/pay:v3', '')).toEqual(KNOWN);
  });
});

describe('the way back', () => {
  const facts = { images: KNOWN, compatFloor: '0007', floorRaisedBy: 'the contract of 0007_notes' };

  test.each([
    ['nothing was contracted', { images: KNOWN, compatFloor: '' }, V1],
    ['the image knows what was contracted', facts, V2],
    ['the floor is no number of a migration', { ...facts, compatFloor: 'high' }, V1],
  ])('is open where %s', (_what, given, image) => {
    expect(whyBelowFloor(section(given), image)).toBeUndefined();
    expect(whyBelowFloor(NONE, image)).toBeUndefined();
  });

  test.each([
    ['of an image that knows less', V1, 'it knows the schema up to 0006, not migration 0007'],
    ['of one that nothing is known of', 'shop/pay:v0', 'it is not known to know migration 0007'],
  ])('is closed %s, and says what has closed it', (_what, image, why) => {
    expect(whyBelowFloor(section(facts), image)).toContain(why);
    expect(whyBelowFloor(section(facts), image)).toContain('the contract of 0007_notes');
  });
});

describe('what serves', () => {
  const promoted = endedAs('promoted', releaseIn('blue-green', 'monitoring'));

  test('is what was promoted last, since then', () => {
    const serving = servingIn(journalOf(promoted));
    expect(serving).toMatchObject({ image: promoted.plan.image.reference, since: AT });
  });

  test.each([
    ['is under way', releaseIn('rolling', 'rolling'), 'release run-1 is under way'],
    [
      'has come back',
      endedAs('rolled-back', promoted),
      'the last release, run-1, was not promoted',
    ],
  ])('is not said where a release %s', (_what, released, why) => {
    expect(servingIn(journalOf(released))).toContain(why);
  });

  test('and pods of anything else count, as long as they are there', () => {
    const serving = servingIn(journalOf(promoted));
    if (typeof serving === 'string') throw new Error(serving);
    const { plan } = promoted;
    if (plan.strategy === 'rolling') throw new Error('it has two sides');
    const pod = (image: string, more: object = {}, labels = plan.selectors.both) =>
      ({
        metadata: { name: 'p', labels, ...more },
        spec: { containers: [{ name: plan.container, image }] },
      }) as unknown as Pod; // all that is looked at
    const old = pod(V1);
    const ending = pod(V1, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const pods = [old, ending, pod(serving.image), pod(V1, {}, { app: 'ledger' })];
    expect(podsOfOthers(serving, pods)).toEqual([old, ending]);
  });
});
