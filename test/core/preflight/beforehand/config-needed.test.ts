// Which ConfigMaps the candidate's pods cannot start without: one way of naming them more or less decides.
import { expect, test } from '@jest/globals';
import type { PodTemplate } from '../../../../core/kubernetes/objects.ts';
import { configNeeded } from '../../../../core/preflight/beforehand/candidate.ts';

function neededBy(spec: object): Record<string, string[]> {
  const container = { name: 'app', image: 'shop:v2' };
  const template = { spec: { containers: [container], ...spec } } as unknown as PodTemplate; // as the API has it
  return Object.fromEntries([...configNeeded(template)].map(([name, keys]) => [name, [...keys]]));
}

const container = (more: object) => ({ name: 'app', image: 'shop:v2', ...more });
const items = [{ key: 'app.yaml', path: 'app.yaml' }];

test.each<[string, object, Record<string, string[]>]>([
  ['none', {}, {}],
  [
    'a variable',
    {
      containers: [
        container({ env: [{ valueFrom: { configMapKeyRef: { name: 'c', key: 'a' } } }] }),
      ],
    },
    { c: ['a'] },
  ],
  [
    'all variables of one',
    { containers: [container({ envFrom: [{ configMapRef: { name: 'c' } }] })] },
    { c: [] },
  ],
  [
    'an init container',
    { initContainers: [container({ envFrom: [{ configMapRef: { name: 'c' } }] })] },
    { c: [] },
  ],
  ['a whole volume', { volumes: [{ configMap: { name: 'c' } }] }, { c: [] }],
  [
    'some files of a volume',
    { volumes: [{ configMap: { name: 'c', items } }] },
    { c: ['app.yaml'] },
  ],
  [
    'a projected volume',
    { volumes: [{ projected: { sources: [{ configMap: { name: 'c' } }] } }] },
    { c: [] },
  ],
  [
    'some files of a projected one',
    { volumes: [{ projected: { sources: [{ configMap: { name: 'c', items } }] } }] },
    { c: ['app.yaml'] },
  ],
  ['a volume of another kind', { volumes: [{ emptyDir: {} }, { projected: {} }] }, {}],
  ['one that may be missing', { volumes: [{ configMap: { name: 'c', optional: true } }] }, {}],
  [
    'the same one in two ways',
    { volumes: [{ configMap: { name: 'c' } }, { configMap: { name: 'c', items } }] },
    { c: ['app.yaml'] },
  ],
])('%s', (_what, spec, needed) => {
  expect(neededBy(spec)).toEqual(needed);
});
