/** Conditions, paths and queries of a config, each as if it were the whole input. */
import { conditionIssue, metBy } from '../../effects/expressions/cel.ts';
import { pathIssue, select } from '../../effects/expressions/json-path.ts';
import { queryIssue } from '../../effects/expressions/promql.ts';
import { insist, type Target } from '../target.ts';

const DOCUMENT = {
  a: [1, { b: 2, 'a b': [3] }, null],
  b: { b: { b: 'x' } },
  many: Array.from({ length: 200 }, (_, at) => ({ a: at, b: [at] })),
};

export const expressions: Target = {
  name: 'expressions',
  form: 'text',
  words: [
    ...[
      'result',
      'stable',
      ' <= ',
      ' && ',
      ' || ',
      '!',
      '? ',
      ' : ',
      '1.1',
      '(',
      ')',
      ' * ',
      'in ',
    ],
    ...['.matches("^(a+)+$")', '[1, 2].all(x, x > 0)', 'size(', '"a"', 'has(', 'dyn('],
    ...['$', '$.', '..', '[*]', '[?', '@.a', '[0:9:2]', "['a b']", 'match(', 'length(', 'count('],
    ...['sum(', 'rate(', '[5m]', ' by (le)', '{a=~"b"}', 'histogram_quantile(0.9, ', '{{pods}}'],
  ],
  read: (input) => {
    const condition = conditionIssue(input);
    const both = { success: input, failure: undefined } as Parameters<typeof metBy>[0]; // all that is read
    const met = metBy(both, 1, 2);
    insist(condition === undefined || met === 'failure', 'a condition that is none was met');
    const path = pathIssue(input);
    const selected = select(input, DOCUMENT);
    insist(path === undefined || selected.length === 0, 'a path that is none leads somewhere');
    return [condition, path, queryIssue(input)].filter((said) => said !== undefined);
  },
};
