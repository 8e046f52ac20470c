// The three patches that are not apply, by example.
import { describe, expect, test } from '@jest/globals';
import { jsonPatch } from '../../kubernetes/api/patch/json-patch.ts';
import { mergePatch } from '../../kubernetes/api/patch/merge-patch.ts';
import { strategicMerge } from '../../kubernetes/api/patch/strategic-merge.ts';
import { typeShape } from '../../kubernetes/kinds/types/shapes.ts';
import { createTestApi } from './support.ts';

describe('a JSON patch', () => {
  const target = { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 };
  test.each([
    ['adds a field', [{ op: 'add', path: '/c', value: 1 }], { ...target, c: 1 }],
    [
      'adds into a list',
      [{ op: 'add', path: '/a/b/1', value: 9 }],
      { ...target, a: { b: [1, 9, 2, 3] } },
    ],
    [
      'adds to its end',
      [{ op: 'add', path: '/a/b/-', value: 9 }],
      { ...target, a: { b: [1, 2, 3, 9] } },
    ],
    ['replaces', [{ op: 'replace', path: '/a/b/0', value: 9 }], { ...target, a: { b: [9, 2, 3] } }],
    ['replaces the whole', [{ op: 'replace', path: '', value: 9 }], 9],
    ['removes', [{ op: 'remove', path: '/a/b/1' }], { ...target, a: { b: [1, 3] } }],
    ['copies', [{ op: 'copy', from: '/a/b/0', path: '/c' }], { ...target, c: 1 }],
    ['moves', [{ op: 'move', from: '/a/b', path: '/c' }], { ...target, a: {}, c: [1, 2, 3] }],
    [
      'reads escapes',
      [
        { op: 'replace', path: '/x~1y', value: 5 },
        { op: 'replace', path: '/m~0n', value: 6 },
      ],
      { ...target, 'x/y': 5, 'm~n': 6 },
    ],
    ['goes on after a test that holds', [{ op: 'test', path: '/a/b', value: [1, 2, 3] }], target],
  ])('%s', (_what, patch, expected) => {
    const before = structuredClone(target);
    expect(jsonPatch(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });

  test.each([
    ['a path that is not there', [{ op: 'remove', path: '/nowhere' }], 'Invalid'],
    ['replacing what is not there', [{ op: 'replace', path: '/a/z', value: 1 }], 'Invalid'],
    ['an index beyond the end', [{ op: 'add', path: '/a/b/9', value: 1 }], 'Invalid'],
    ['a test that does not hold', [{ op: 'test', path: '/a/b/0', value: 2 }], 'Invalid'],
    ['an operation that is none', [{ op: 'frobnicate', path: '/a' }], 'BadRequest'],
    ['what is no list', { op: 'remove', path: '/a' }, 'BadRequest'],
  ])('refuses %s', (_what, patch, reason) => {
    expect(() => jsonPatch(target, patch)).toThrow(expect.objectContaining({ reason }));
  });
});

describe('a merge patch', () => {
  test.each([
    [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    [{ a: 1 }, { a: null }, {}],
    [{ a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 1 }, { a: { b: null } }, { a: {} }],
    [{ a: 1 }, 'x', 'x'],
  ])('of %j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });
});

describe('a strategic merge patch of a pod', () => {
  const pod = typeShape('PodSpec');
  const env = (...names: string[]): object[] => names.map((name) => ({ name, value: name }));
  const target = {
    containers: [
      { name: 'app', image: 'a:1', env: env('A', 'B'), args: ['x'] },
      { name: 'side', image: 's:1' },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a' }],
  };
  const app = target.containers[0];
  const side = target.containers[1];

  test.each<[string, object, object]>([
    [
      'merges containers by name',
      { containers: [{ name: 'app', image: 'a:2' }] },
      { containers: [{ ...app, image: 'a:2' }, side] },
    ],
    [
      'adds one that is not there',
      { containers: [{ name: 'new', image: 'n:1' }] },
      { containers: [app, side, { name: 'new', image: 'n:1' }] },
    ],
    [
      'merges variables in them',
      { containers: [{ name: 'app', env: [{ name: 'B', value: 'b' }] }] },
      { containers: [{ ...app, env: [...env('A'), { name: 'B', value: 'b' }] }, side] },
    ],
    [
      'removes an item by directive',
      { containers: [{ name: 'side', $patch: 'delete' }] },
      { containers: [app] },
    ],
    [
      'replaces an item by directive',
      { containers: [{ name: 'app', image: 'a:3', $patch: 'replace' }] },
      { containers: [{ name: 'app', image: 'a:3' }, side] },
    ],
    [
      'replaces a list by directive',
      { containers: [{ $patch: 'replace' }, { name: 'only', image: 'o:1' }] },
      { containers: [{ name: 'only', image: 'o:1' }] },
    ],
    [
      'orders a list',
      { '$setElementOrder/containers': [{ name: 'side' }, { name: 'app' }] },
      { containers: [side, app] },
    ],
    [
      'replaces lists that have no identity',
      { containers: [{ name: 'app', args: ['y'] }], tolerations: [{ key: 'b' }] },
      { containers: [{ ...app, args: ['y'] }, side], tolerations: [{ key: 'b' }] },
    ],
    [
      'keeps only the named keys where one of several may be set',
      { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    ],
    ['removes a field', { nodeSelector: null }, { nodeSelector: undefined }],
    [
      'replaces a map by directive',
      { nodeSelector: { $patch: 'replace', zone: 'a' } },
      { nodeSelector: { zone: 'a' } },
    ],
  ])('%s', (_what, patch, expected) => {
    expect(strategicMerge(target, patch, pod)).toEqual({ ...target, ...expected });
  });

  test('takes values out of a set', () => {
    const metadata = { finalizers: ['a', 'b'] };
    const patch = { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] };
    expect(strategicMerge(metadata, patch, typeShape('ObjectMeta'))).toEqual({
      finalizers: ['b', 'c'],
    });
  });

  test('refuses an item without its key', () => {
    expect(() => strategicMerge(target, { containers: [{ image: 'x' }] }, pod)).toThrow(
      'map does not contain key: name',
    );
  });
});

describe('PATCH', () => {
  const path = '/apis/tekton.dev/v1/namespaces/default/pipelineruns';

  test('of a custom object is not strategic', () => {
    const api = createTestApi();
    api.post(path, { metadata: { name: 'r' }, spec: { pipelineRef: { name: 'p' } } });
    const answer = api.patch(`${path}/r`, 'application/strategic-merge-patch+json', {});
    expect(answer.status).toBe(415);
    expect(answer.body.message).toContain('application/merge-patch+json');
  });

  test('in a language that nobody speaks is refused', () => {
    const api = createTestApi();
    const map = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';
    expect(api.patch(map, 'application/json', {}).status).toBe(415);
  });

  test('of a stale resourceVersion is a conflict', () => {
    const api = createTestApi();
    const map = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';
    const patch = { metadata: { resourceVersion: '1' }, data: { a: 'b' } };
    expect(api.patch(map, 'application/merge-patch+json', patch).status).toBe(409);
  });
});
