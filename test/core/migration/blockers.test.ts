// Who keeps a migration waiting is named so that a person can end him, and nothing of his data is told.
import { expect, test } from '@jest/globals';
import {
  type Blocker,
  backOffMs,
  blockersText,
  isNamed,
  queryClass,
} from '../../../core/migration/wait/blockers.ts';

const HOLDER: Blocker = {
  pid: 4711,
  application: 'payment-service',
  state: 'idle in transaction',
  ageSeconds: 300,
  query: "SELECT * FROM cards WHERE number = '4111'",
};

test('a blocker has a pid, a name, a state, an age and a kind of query', () => {
  expect(blockersText([HOLDER])).toBe(
    'pid 4711 (payment-service, idle in transaction for 5m, last a SELECT)',
  );
  expect(blockersText([HOLDER])).not.toContain('4111');
});

test('of many the first are named, and nobody is told of as nobody', () => {
  expect(blockersText(Array.from({ length: 5 }, () => HOLDER))).toMatch(/and 2 more$/);
  expect(blockersText([])).toBe('somebody who was gone when we looked');
  const unnamed = { ...HOLDER, application: '\n', state: '', query: '' };
  expect(blockersText([unnamed])).toBe(
    'pid 4711 (without a name, in a state that this account may not see for 5m, its query is hidden)',
  );
});

test.each([
  ['  -- why\n/* or */ update a set b = 1', 'last an UPDATE'],
  ['WITH x AS (SELECT 1) SELECT * FROM x', 'last a SELECT'],
  ['(select 1)', 'last a SELECT'],
  ['hunter2', 'last something else'],
  ['/* never closed', 'last something else'],
])('of %j no more is told than: %s', (query, kind) => {
  expect(queryClass(query)).toBe(kind);
});

test('waiting grows, and does not grow for ever', () => {
  expect([0, 1, 2, 10].map(backOffMs)).toEqual([250, 500, 1_000, 8_000]);
});

test.each<[string, readonly string[], boolean]>([
  ['payment/1.4', ['payment/1.*'], true],
  ['payment/2.0', ['payment/1.*'], false],
  ['payment', ['payment'], true],
  ['payments', ['payment'], false],
  ['aXbXc', ['a*b*c'], true],
  ['ab', ['a*b*b'], false],
  ['anything', ['*'], true],
  ['anything', [], false],
  ['a.c', ['a?c'], false],
])('%s is of %j: %s', (name, patterns, is) => {
  expect(isNamed(name, patterns)).toBe(is);
});
