// A quota is held against what it still allows, as its status tells, or its spec where there is none yet.
import { expect, test } from '@jest/globals';
import { checkQuotas } from '../../../../core/preflight/capacity/capacity.ts';
import type { ResourceQuota } from '../../../../core/preflight/capacity/quotas.ts';
import { template } from '../../support/objects.ts';

const PODS = template('v2', { app: 'pay' });

function quotaOf(more: Partial<ResourceQuota>): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, ...more };
}

test.each<[string, Partial<ResourceQuota>, boolean]>([
  [
    'that leaves room for just so many',
    { status: { hard: { pods: '10' }, used: { pods: '7' } } },
    true,
  ],
  [
    'that leaves room for one less',
    { status: { hard: { pods: '10' }, used: { pods: '8' } } },
    false,
  ],
  ['of which nothing is used', { status: { hard: { pods: '3' } } }, true],
  ['that was only just written', { spec: { hard: { pods: '2' } } }, false],
  [
    'whose spec says less than its status',
    { spec: { hard: { pods: '2' } }, status: { hard: { pods: '3' } } },
    true,
  ],
  ['of something else', { status: { hard: { secrets: '0' } } }, true],
  ['that says nothing', {}, true],
])('a quota %s allows three pods more: %s', (_what, quota, allows) => {
  const findings = checkQuotas(3, PODS, [quotaOf(quota)]);
  expect(findings.map(({ severity }) => severity)).toEqual(allows ? [] : ['refuse']);
});
