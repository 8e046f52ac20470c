// What the engine tells later stages lies in the journal, where every byte is somebody's.
import { expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import {
  bounded,
  endedBadly,
  MIGRATION_COMMANDS,
  MIGRATION_EXIT_CODES,
  MIGRATION_PHASES,
  type MigrationEnd,
  type MigrationFacts,
} from '../../../core/migration/engine.ts';

const ids = Array.from({ length: 3_000 }, (_, at) => String(at).padStart(4, '0'));

const FULL: MigrationFacts = {
  version: 1,
  schema: '2999',
  compatFloor: '2998',
  floorRaisedBy: 'x'.repeat(10_000),
  pending: { expand: ids, backfill: ids, validate: ids, contract: ids },
  expandedNow: ids,
  gates: ids.map((gate) => ({ gate, holds: true, seen: 'y'.repeat(10_000) })),
  backup: { kind: 'pg_dump', takenAt: instant(0), about: 'z'.repeat(10_000) },
};

test('the facts of three thousand migrations fit into a section of the journal', () => {
  const facts = bounded(FULL);
  expect(JSON.stringify(facts).length).toBeLessThan(8_192);
  expect(facts.pending.expand.slice(0, 2)).toEqual(['0000', '0001']);
  for (const phase of MIGRATION_PHASES) expect(facts.pending[phase].length).toBeGreaterThan(20);
});

test('every command and every exit code says what it is', () => {
  const texts = [...Object.values(MIGRATION_COMMANDS), ...Object.values(MIGRATION_EXIT_CODES)];
  expect(new Set(texts).size).toBe(texts.length);
  expect(Object.keys(MIGRATION_EXIT_CODES).map(Number)).toEqual([
    0, 2, 10, 11, 12, 13, 14, 75, 143,
  ]);
});

test('who is refused is told what it means that he was, and each thing that is wrong', () => {
  const problems = [{ message: 'no backup', advice: 'take one' }];
  const end: MigrationEnd = endedBadly('contract', 75, problems);
  expect(end.summary).toBe(
    'contract: try again later: what was done is kept, the next run goes on from there',
  );
  expect(end).toMatchObject({ exitCode: 75, problems, facts: undefined });
});
