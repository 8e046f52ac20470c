// What becomes of $(…), case by case.
import { describe, expect, test } from '@jest/globals';
import {
  referencesIn,
  substituteDeep,
  substituteText,
  substituteValue,
} from '../../../tekton/substitution/substitute.ts';
import { lookUp, paramVariables, type Variables } from '../../../tekton/substitution/variables.ts';

const variables: Variables = new Map<string, string | string[] | Record<string, string>>([
  ['params.tag', 'v1.2.0'],
  ['params.a.b', 'dotted'],
  ['params.with-dash', 'dashed'],
  ['params.empty', ''],
  ['params.list', ['one', 'two words', '']],
  ['params.none', []],
  ['params.db', { host: 'localhost', port: '5432' }],
  ['params.evil', '$(params.tag) $HOME `id` "'],
  ['tasks.build.results.digest', 'sha256:1'],
  ['tasks.build.results.images', ['a', 'b']],
  ['tasks.build.results.ref', { name: 'n' }],
  ['tasks.build.status', 'Succeeded'],
  ['tasks.status', 'Completed'],
  ['context.taskRun.name', 'run-1'],
  ['workspaces.source.path', '/workspace/source'],
  ['workspaces.none.path', ''],
  ['results.outcome.path', '/tekton/results/outcome'],
  ['steps.step-a.exitCode.path', '/tekton/steps/step-a/exitCode'],
]);

describe('in a text', () => {
  test.each([
    ['a param', '$(params.tag)', 'v1.2.0'],
    ['a param within a text', 'image:$(params.tag)!', 'image:v1.2.0!'],
    ['several', '$(params.tag)-$(params.with-dash)', 'v1.2.0-dashed'],
    ['in brackets with single quotes', "$(params['tag'])", 'v1.2.0'],
    ['in brackets with double quotes', '$(params["tag"])', 'v1.2.0'],
    ['a name with a dot', '$(params.a.b)', 'dotted'],
    ['a name with a dot in brackets', '$(params["a.b"])', 'dotted'],
    ['an empty value', '--x=$(params.empty)', '--x='],
    ['an element of a list', '$(params.list[1])', 'two words'],
    ['an element of a list in brackets', "$(params['list'][0])", 'one'],
    ['a key of an object', '$(params.db.host):$(params.db.port)', 'localhost:5432'],
    ['a result', '$(tasks.build.results.digest)', 'sha256:1'],
    ['a result in brackets', "$(tasks.build.results['digest'])", 'sha256:1'],
    ['an element of a result', '$(tasks.build.results.images[1])', 'b'],
    ['a key of a result', '$(tasks.build.results.ref.name)', 'n'],
    ['how a task ended', '$(tasks.build.status)', 'Succeeded'],
    ['how all tasks ended', '$(tasks.status)', 'Completed'],
    ['the context', '$(context.taskRun.name)', 'run-1'],
    ['a workspace', '$(workspaces.source.path)/x', '/workspace/source/x'],
    ['a workspace that is not bound', '$(workspaces.none.path)', ''],
    ['the path of a result', '$(results.outcome.path)', '/tekton/results/outcome'],
    ['the path of a result in brackets', '$(results["outcome"].path)', '/tekton/results/outcome'],
    ['the exit code of a step', '$(steps.step-a.exitCode.path)', '/tekton/steps/step-a/exitCode'],
  ])('%s', (_what, text, expected) => {
    expect(substituteText(text, variables)).toBe(expected);
  });

  test.each([
    ['an unknown variable', '$(params.unknown)'],
    ['an unknown key', '$(params.db.user)'],
    ['an element that is not there', '$(params.list[3])'],
    ['an element of a text', '$(params.tag[0])'],
    ['a variable of the shell', '$(HOME) $HOME'],
    ['a command of the shell', '$(cat /etc/passwd)'],
    ['a list, which fits into no text', 'x $(params.list[*])'],
    ['an object, which fits into no text', 'x $(params.db)'],
    ['a dollar too many', '$$params.tag'],
    ['something left open', '$(params.tag'],
    ['spaces inside', '$( params.tag )'],
    ['brackets of another kind', '$(params[`tag`])'],
  ])('%s stays as it is', (_what, text) => {
    expect(substituteText(text, variables)).toBe(text);
  });

  test('what a value brings in is not looked at again', () => {
    expect(substituteText('$(params.evil)', variables)).toBe('$(params.tag) $HOME `id` "');
  });

  test('a reference within a reference is found, and the outer one left', () => {
    expect(substituteText('$($(params.tag))', variables)).toBe('$(v1.2.0)');
  });
});

describe('as a whole value', () => {
  test.each([
    ['a list with a star', '$(params.list[*])', ['one', 'two words', '']],
    ['a list without', '$(params.list)', ['one', 'two words', '']],
    ['an object', '$(params.db[*])', { host: 'localhost', port: '5432' }],
    ['a list that is a result', '$(tasks.build.results.images[*])', ['a', 'b']],
    ['a text', '$(params.tag)', 'v1.2.0'],
    [
      'elements of a list',
      ['a', '$(params.list[*])', 'b$(params.tag)'],
      ['a', 'one', 'two words', '', 'bv1.2.0'],
    ],
    ['an empty list between elements', ['a', '$(params.none[*])', 'b'], ['a', 'b']],
    ['an object as an element, which stays', ['$(params.db[*])'], ['$(params.db[*])']],
    [
      'values of an object',
      { k: '$(params.tag)', '$(params.tag)': 'v' },
      { k: 'v1.2.0', '$(params.tag)': 'v' },
    ],
  ])('%s', (_what, value, expected) => {
    expect(substituteValue(value, variables)).toEqual(expected);
  });
});

test('in a spec, every text is looked at, and lists of texts grow', () => {
  const step = {
    image: 'node:$(params.tag)',
    args: ['--tag=$(params.tag)', '$(params.list[*])'],
    env: [{ name: 'A', value: '$(params.tag)', n: 1 }],
    flag: true,
    none: null,
  };
  expect(substituteDeep(step, variables)).toEqual({
    image: 'node:v1.2.0',
    args: ['--tag=v1.2.0', 'one', 'two words', ''],
    env: [{ name: 'A', value: 'v1.2.0', n: 1 }],
    flag: true,
    none: null,
  });
});

test('references are found wherever they stand', () => {
  expect(referencesIn({ a: ['$(x.y)', { b: 'z$(p)$(q)' }], c: 1 })).toEqual(['x.y', 'p', 'q']);
});

describe('params as variables', () => {
  const declared = [
    { name: 'tag', default: 'latest' },
    { name: 'db', default: { host: 'a', port: '1' } },
    { name: 'needed' },
  ];

  test('have their default until they are given', () => {
    const given = [{ name: 'tag', value: 'v2' }];
    expect(lookUp(paramVariables(declared), 'params.tag')).toBe('latest');
    expect(lookUp(paramVariables(declared, given), 'params.tag')).toBe('v2');
  });

  test('without a default mean nothing until they are given', () => {
    expect(lookUp(paramVariables(declared), 'params.needed')).toBeUndefined();
  });

  test('that are objects keep the keys that were not given', () => {
    const given = [{ name: 'db', value: { port: '2' } }];
    expect(lookUp(paramVariables(declared, given), 'params.db.host')).toBe('a');
    expect(lookUp(paramVariables(declared, given), 'params.db.port')).toBe('2');
  });
});
