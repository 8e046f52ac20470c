// A budget guards the pods that its whole selector matches, and allows of them what Kubernetes makes of it.
import { describe, expect, test } from '@jest/globals';
import type { LabelSelector } from '../../../core/kubernetes/objects.ts';
import { type Budget, checkBudgets } from '../../../core/preflight/budgets.ts';

const STABLE = { app: 'pay', version: 'blue' };
const CANDIDATE = { app: 'pay', version: 'green' };

function budgetOf(spec: NonNullable<Budget['spec']>): Budget {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'pay' }, spec };
}

function found(spec: NonNullable<Budget['spec']>, replicas = 4): string[] {
  const guarded = { name: 'pay', replicas, stable: STABLE, candidate: CANDIDATE };
  return checkBudgets(guarded, [budgetOf(spec)]).map(({ check }) => check);
}

describe('a budget covers', () => {
  const version = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]) => ({
    key: 'version',
    operator,
    ...(values ? { values } : {}),
  });

  test.each<[string, LabelSelector, string[]]>([
    ['both by what both carry', { matchLabels: { app: 'pay' } }, []],
    ['one by its colour', { matchLabels: STABLE }, ['pdb-misses-candidate']],
    ['none by a label of neither', { matchLabels: { app: 'other' } }, ['no-pdb']],
    ['both by an empty selector', {}, []],
    ['both by an expression', { matchExpressions: [version('In', ['blue', 'green'])] }, []],
    [
      'one by an expression',
      { matchExpressions: [version('In', ['blue'])] },
      ['pdb-misses-candidate'],
    ],
    ['none by an expression', { matchExpressions: [version('In', ['red'])] }, ['no-pdb']],
    [
      'none where the labels fit and the expression does not',
      { matchLabels: { app: 'pay' }, matchExpressions: [version('DoesNotExist')] },
      ['no-pdb'],
    ],
    [
      'one where the labels fit and the expression leaves the other out',
      { matchLabels: { app: 'pay' }, matchExpressions: [version('NotIn', ['green'])] },
      ['pdb-misses-candidate'],
    ],
  ])('%s', (_what, selector, checks) => {
    expect(found({ selector, maxUnavailable: 1 })).toEqual(checks);
  });

  test('none without a selector', () => expect(found({ maxUnavailable: 1 })).toEqual(['no-pdb']));
});

describe('of four pods it lets', () => {
  const selector = { matchLabels: { app: 'pay' } };

  test.each<
    [string, Pick<NonNullable<Budget['spec']>, 'minAvailable' | 'maxUnavailable'>, boolean]
  >([
    ['none go that must all stay', { minAvailable: 4 }, true],
    ['one go where three must stay', { minAvailable: 3 }, false],
    ['none go where more must stay than there are', { minAvailable: 5 }, true],
    ['none go where 76% must stay, rounded up', { minAvailable: '76%' }, true],
    ['one go where 75% must stay', { minAvailable: '75%' }, false],
    ['none go where none may', { maxUnavailable: 0 }, true],
    ['none go where 0% may', { maxUnavailable: '0%' }, true],
    ['one go where 1% may, rounded up', { maxUnavailable: '1%' }, false],
    ['all go where nothing is said', {}, false],
  ])('%s', (_what, spec, blocks) => {
    expect(found({ selector, ...spec }).includes('pdb-blocks')).toBe(blocks);
  });
});
