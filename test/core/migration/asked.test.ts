// What is wrong with a command is said before a database is touched.
import { expect, test } from '@jest/globals';
import { faultsOf } from '../../../core/migration/asked.ts';
import type { MigrationAsked, MigrationSettings } from '../../../core/migration/engine.ts';

const SETTINGS: MigrationSettings = {
  migrationsDir: 'migrations',
  credentialsDir: 'credentials',
  run: 'run-1',
  release: undefined,
  lint: 'standard',
  lockWaitMs: 60_000,
  lockTimeoutMs: 2_000,
  statementTimeoutMs: 60_000,
  deadlineMs: 600_000,
};
const CONTRACT = {
  command: 'contract',
  oldPods: { kind: 'vouched', by: 'ada' },
  oldSessions: [],
  soakMs: 0,
  backup: undefined,
} as const;
const DOWN = { command: 'rollback', schema: true, oldSessions: [] } as const;

test.each<[string, MigrationAsked, RegExp]>([
  ['a way back to no place', { ...DOWN, to: 'yesterday' }, /^to must be previous, or the number/],
  ['a number without its zeros', { ...DOWN, to: '7' }, /^to must be previous/],
  ['a contract up to a word', { ...CONTRACT, upTo: 'last' }, /^up-to must be the number/],
  ['a baseline at a word', { command: 'baseline', to: 'previous' }, /^to must be the number/],
  ['a repair without a reason', { command: 'repair', reason: ' ' }, /^reason must say why/],
  ['a novel', { command: 'repair', reason: 'x'.repeat(501) }, /longer than 500/],
  ['a flag that is SQL', { command: 'pause', flag: "x'; --" }, /^flag must be a word/],
])('%s is refused', (_what, asked, fault) => {
  expect(faultsOf(SETTINGS, asked)).toEqual([expect.stringMatching(fault)]);
});

test.each<[Partial<MigrationSettings>, readonly string[]]>([
  [{ lockTimeoutMs: 0 }, ['lock-timeout must be longer than 0']],
  [
    { statementTimeoutMs: 0, deadlineMs: 0 },
    ['statement-timeout must be longer than 0', 'deadline must be longer than 0'],
  ],
  [{ lockTimeoutMs: 700_000 }, ['lock-timeout must not be longer than the deadline']],
  [{ lockWaitMs: 0 }, []],
])('times that cannot be meant are refused: %j', (times, faults) => {
  expect(faultsOf({ ...SETTINGS, ...times }, { command: 'plan' })).toEqual(faults);
});
