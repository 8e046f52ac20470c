import { describe, expect, test } from '@jest/globals';
import { readMetricsPage } from '../../../../effects/measure/metrics/page.ts';

describe('a metrics page', () => {
  test('is read with its labels, times and exemplars, whatever its values look like', () => {
    const page = `# HELP a what it is
# TYPE a counter
a{path="/x y",quote="\\"",} 1.5e3 1700000000000
  a{} .5
b_bucket{le="+Inf"} 7 # {trace_id="1"} 0.2 1700000000.1
c +Inf
d NaN

# EOF
`;
    expect(readMetricsPage(page).map(({ name, value }) => [name, value])).toEqual([
      ['a', 1500],
      ['a', 0.5],
      ['b_bucket', 7],
      ['c', Number.POSITIVE_INFINITY],
      ['d', Number.NaN],
    ]);
  });

  test('is read with what its labels have escaped', () => {
    const [one] = readMetricsPage('a{path="/x\\"y\\\\z\\nw",_b1="q",B="r"} 1\n');
    expect(one?.labels).toEqual({ path: '/x"y\\z\nw', _b1: 'q', B: 'r' });
  });

  test.each([
    [
      'up 1\nhttp_requests_total{status="200} 7\n',
      'line 2 is not a sample: a text of 34 characters',
    ],
    ['# TYPE a counter\n\na{status="500"} \n', 'line 3 is not a sample'],
    ['<!doctype html>\n<title>Login</title>', 'line 1 is not a sample'],
    ['{"requests": 7}', 'line 1 is not a sample'],
    ['a seven', 'line 1 is not a sample'],
    ['a 1 2 3', 'line 1 is not a sample'],
  ])('with a line that cannot be read is none: %j', (page, fault) => {
    expect(() => readMetricsPage(page)).toThrow(fault);
  });

  test('of many labels is read to its end, also where a brace is missing', () => {
    // Whoever tries every way to read it needs longer than a test may take.
    const line = `a{${Array.from({ length: 200 }, (_, i) => `l${i}="v"`).join(' , ')} 1`;
    expect(() => readMetricsPage(line)).toThrow('line 1');
  });
});
