// A candidate that was decided against answers on, over connections that are kept: every answer may be
// an error, and cutting a connection costs one request.
import { describe, expect, test } from '@jest/globals';
import {
  type Condemned,
  isLetGoAtOnce,
} from '../../../../../core/strategies/two-sided/drain/condemned.ts';

const BUSY: Condemned = { errorShare: 0.3, requestsPerSecond: 60, leftMs: 10_000, connections: 6 };

describe('a side that was decided against', () => {
  test.each<[string, Partial<Condemned>, boolean]>([
    ['180 errors to come cost more than 6 connections', {}, true],
    ['all its answers are errors', { errorShare: 1, requestsPerSecond: 1, connections: 5 }, true],
    ['nothing reaches it any more: it is drained as ever', { requestsPerSecond: 0 }, false],
    ['it answers well', { errorShare: 0 }, false],
    [
      '2 errors to come cost less than 6 connections',
      { requestsPerSecond: 1, leftMs: 6_000 },
      false,
    ],
    ['the drain is over in a moment', { leftMs: 100 }, false],
    ['many idle connections are cut for few errors', { connections: 5_000 }, false],
    ['nobody tells the connections, and errors go on for long', { connections: undefined }, true],
    ['nobody tells them, and it ends soon', { connections: undefined, leftMs: 2_000 }, false],
  ])('%s', (_name, change, expected) => {
    expect(isLetGoAtOnce({ ...BUSY, ...change })).toBe(expected);
  });
});
