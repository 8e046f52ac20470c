// A backfill is to be noticed by nobody: how large its batches are, what they wait for, what they say.
import { expect, test } from '@jest/globals';
import { leftSql, updateSql, windowSql } from '../../../core/migration/backfill/batch-sql.ts';
import {
  firstSize,
  nextSize,
  type Pressure,
  progressText,
  whyWait,
} from '../../../core/migration/backfill/steering.ts';
import type { Backfill } from '../../../core/migration/files/backfill-file.ts';

const BACKFILL: Backfill = {
  schema: 'shop',
  table: 'Order s',
  key: ['tenant', 'id'],
  set: [['note', "'x' -- why"]],
  where: 'note IS NULL -- yet',
  batchRows: 5_000,
  targetMs: 100,
  maxLagBytes: 1_048_576,
  maxOldestTxSeconds: 60,
  maxActive: 10,
  pauseFlag: 'noon',
  syncTrigger: undefined,
};

test.each<[rows: number, tookMs: number, next: number]>([
  [1_000, 100, 1_000],
  [1_000, 50, 2_000],
  [1_000, 1, 2_000],
  [1_000, 0, 2_000],
  [1_000, 200, 500],
  [1_000, 9_000, 250],
  [4_000, 50, 5_000],
  // Below a hundred the way to the server is what takes long: it does not get shorter by fewer rows.
  [300, 9_000, 100],
  [100, 9_000, 100],
  // After a batch that found no way, and was cut.
  [1, 9_000, 2],
  [60, 9_000, 100],
  [1_000, -3, 2_000],
])('after %i rows that were held for %i ms, the next batch has %i', (rows, tookMs, next) => {
  expect(nextSize(BACKFILL, rows, tookMs)).toBe(next);
});

test('the first batch is small, and no larger than any may be', () => {
  expect(firstSize(BACKFILL)).toBe(200);
  expect(firstSize({ ...BACKFILL, batchRows: 7 })).toBe(7);
  expect(nextSize({ ...BACKFILL, batchRows: 7 }, 7, 9_000)).toBe(7);
});

const CALM: Pressure = { lagBytes: 0, oldestTxSeconds: 1, active: 1, isPaused: false };

test.each<[Partial<Pressure>, string | undefined]>([
  [{}, undefined],
  [{ lagBytes: undefined }, undefined],
  [{ lagBytes: 1_048_576 }, undefined],
  [{ lagBytes: 3_145_728 }, 'a replica is 3.0 MiB behind'],
  [{ oldestTxSeconds: 61, active: 11 }, 'a transaction is 61 s old, 11 sessions are at work'],
  [{ isPaused: true }, 'the flag noon is set (take it away with resume)'],
])('under %j it waits for: %s', (pressure, reason) => {
  expect(whyWait(BACKFILL, { ...CALM, ...pressure })).toBe(reason);
});

test('limits that are not set hold nothing up', () => {
  const free = {
    ...BACKFILL,
    maxLagBytes: undefined,
    maxOldestTxSeconds: undefined,
    maxActive: undefined,
  };
  expect(
    whyWait(free, { lagBytes: 1e12, oldestTxSeconds: 1e6, active: 1e4, isPaused: false }),
  ).toBe(undefined);
});

test('progress has a rate and a time that is left', () => {
  const progress = {
    rowsSeen: 412_000,
    rowsDone: 380_000,
    estimate: 1_000_000,
    seenNow: 205_000,
    elapsedMs: 10_000,
  };
  expect(progressText(progress)).toBe(
    '412,000 of about 1,000,000 rows looked at, 380,000 filled, 20,500/s, about 28.7s left',
  );
  expect(progressText({ ...progress, elapsedMs: 0 })).not.toContain('left');
});

test('a window begins behind the cursor and ends after so many rows, by the whole key', () => {
  expect(windowSql(BACKFILL, undefined, 10)).toEqual({
    text: 'SELECT array["tenant"::text, "id"::text] AS last, count(*) OVER () AS seen FROM (SELECT "tenant", "id" FROM "shop"."Order s" ORDER BY "tenant", "id" LIMIT 10) AS rows ORDER BY "tenant" DESC, "id" DESC LIMIT 1',
    values: [],
  });
  const next = windowSql(BACKFILL, ['a', '7'], 10);
  expect(next.text).toContain('WHERE ("tenant", "id") > ($1, $2) ORDER BY');
  expect(next.values).toEqual(['a', '7']);
});

test('an update stays in its window, and no comment swallows what stands behind it', () => {
  expect(updateSql(BACKFILL, ['a', '7'], ['b', '9'])).toEqual({
    text: `UPDATE "shop"."Order s" SET "note" = ('x' -- why\n) WHERE ("tenant", "id") <= ($1, $2) AND ("tenant", "id") > ($3, $4) AND (note IS NULL -- yet\n)`,
    values: ['b', '9', 'a', '7'],
  });
  expect(leftSql(BACKFILL).text).toContain('(note IS NULL -- yet\n)');
});
