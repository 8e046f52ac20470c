// What a stage leaves beside the journal is read by those that come after it; whoever may edit ConfigMaps can
// write there too, so that what is no section of this very run is none.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { type Journal, journalData } from '../../../core/journal/journal.ts';
import {
  foundByStages,
  leftByStages,
  MOST_SECTION_BYTES,
  readSection,
  type StageSection,
  sectionKey,
  sectionText,
  whyNotPrepared,
} from '../../../core/journal/stage-sections.ts';
import { STAGES } from '../../../core/journal/stages.ts';
import { RUN, recordFor } from '../support/releases.ts';

const STAGE = 'database-migration';
const SECTION: StageSection = {
  version: 1,
  run: RUN,
  state: 'done',
  since: instant(1_800_000_000_000),
  facts: { applied: ['0007'], rows: 200_000 },
  undo: 'zero-downtime-database-migration rollback --to previous',
};

const dataOf = (value: unknown) => ({ [sectionKey(STAGE)]: JSON.stringify(value) });
const read = (value: unknown) => readSection(dataOf(value), STAGE, RUN);
const whyNone = (found: ReturnType<typeof read>) => (found.kind === 'none' ? found.why : found);

describe('a section', () => {
  test('is read as it was written', () => {
    const text = sectionText(SECTION) ?? '';
    const found = readSection({ [sectionKey(STAGE)]: text }, STAGE, RUN);
    expect(found).toEqual({ kind: 'section', section: SECTION });
  });

  test('is none where there is no journal, or no key', () => {
    const why = `the journal has no section of ${STAGE}`;
    expect(readSection(undefined, STAGE, RUN)).toEqual({ kind: 'none', why });
    expect(readSection({ 'stage.other': '{}' }, STAGE, RUN)).toEqual({ kind: 'none', why });
  });

  test('of another run is not this one’s', () => {
    const found = read({ ...SECTION, run: releaseId('run-0') });
    expect(whyNone(found)).toBe(`the section of ${STAGE} is of another run, run-0`);
  });

  test.each([
    ['a list', [SECTION], 'it is not valid JSON, or no object'],
    ['null', null, 'it is not valid JSON, or no object'],
    ['of a later version', { ...SECTION, version: 2 }, 'not of a version this release knows (1)'],
    ['with a key more', { ...SECTION, more: 1 }, 'a key that no section has'],
    ['of a path', { ...SECTION, run: '../run-1' }, 'run is no name of a run'],
    ['of no run', { ...SECTION, run: undefined }, 'run is no name of a run'],
    ['in no state', { ...SECTION, state: 'fine' }, 'state must be one of doing, done, failed'],
    ['since a text', { ...SECTION, since: '2026' }, 'since is no time'],
    ['since before time began', { ...SECTION, since: -1 }, 'since is no time'],
    ['with a list of facts', { ...SECTION, facts: [] }, 'facts is not an object'],
    ['undone by a map', { ...SECTION, undo: {} }, 'undo is no text'],
    ['that is large', { ...SECTION, facts: { x: 'x'.repeat(MOST_SECTION_BYTES) } }, 'larger than'],
  ])('is none where it is one %s', (_what, value, fault) => {
    expect(whyNone(read(value))).toContain(`the section of ${STAGE} cannot be read: `);
    expect(whyNone(read(value))).toContain(fault);
  });

  test('that nests without end is none, and takes no time', () => {
    const data = { [sectionKey(STAGE)]: '{"facts":'.repeat(800) };
    expect(whyNone(readSection(data, STAGE, RUN))).toContain('cannot be read');
  });

  test('is not written where it would be too large to be read, in bytes', () => {
    const letters = MOST_SECTION_BYTES / 2;
    expect(sectionText({ ...SECTION, facts: { x: 'x'.repeat(letters) } })).toBeDefined();
    expect(sectionText({ ...SECTION, facts: { x: 'ж'.repeat(letters) } })).toBeUndefined();
  });

  test('shows nothing that a terminal would act on', () => {
    const found = read({ ...SECTION, undo: 'rm\u001b[2J\nx' });
    expect(found).toMatchObject({ section: { undo: 'rm [2J x' } });
  });
});

describe('what has to be prepared before a release', () => {
  test.each([
    ['done', undefined],
    ['doing', `${STAGE} has begun, and has not ended`],
    ['failed', `${STAGE} has failed`],
  ] as const)('is so where its stage is %s', (state, why) => {
    expect(whyNotPrepared(read({ ...SECTION, state }), STAGE)).toBe(why);
  });

  test('is not where nothing is known of it, or another run did it', () => {
    expect(whyNotPrepared(readSection({}, STAGE, RUN), STAGE)).toContain('has no section');
    const other = read({ ...SECTION, run: 'run-0' });
    expect(whyNotPrepared(other, STAGE)).toContain('of another run');
  });
});

test('only of stages whose traces stay until somebody asks is told what they left', () => {
  const data = Object.fromEntries(
    STAGES.map(({ name }) => [sectionKey(name), JSON.stringify(SECTION)]),
  );
  const stages = STAGES.filter(({ undoneBy }) => (undoneBy as string) === 'request');
  expect(Object.keys(leftByStages(data, RUN))).toEqual(stages.map(({ name }) => name));
});

test('a full journal with a full section of every stage stays under 256 KiB', () => {
  const records = Array.from({ length: 20 }, (_, nth) =>
    recordFor(`r${nth}`, { cause: 'x'.repeat(30_000) }),
  );
  const journal: Journal = { version: 1, current: undefined, history: records, answers: [] };
  const full = { ...SECTION, facts: { x: 'x'.repeat(MOST_SECTION_BYTES - 300) } };
  const sections = STAGES.map(({ name }) => [sectionKey(name), sectionText(full)]);
  const data = { ...journalData(journal), ...Object.fromEntries(sections) };
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(256 * 1024);
});

test('what a stage that checks has found is a line of its own run, made fit for a record', () => {
  const scan = (run: string, told: unknown) => ({
    [sectionKey('security-scan')]: JSON.stringify({
      ...SECTION,
      run,
      facts: { verdict: 'passed', told },
    }),
  });
  expect(foundByStages(scan(RUN, 'passed: app\u001b[31m:v2'), RUN)).toEqual({
    'security-scan': 'passed: app [31m:v2',
  });
  expect(foundByStages(scan('run-0', 'passed: app:v2'), RUN)).toEqual({});
  expect(foundByStages(scan(RUN, 7), RUN)).toEqual({});
  expect(foundByStages(dataOf(SECTION), RUN)).toEqual({});
});
