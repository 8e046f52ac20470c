import { describe, expect, test } from '@jest/globals';
import { openConnections } from '../../../../../core/metrics/page/connections.ts';
import { connectionsText } from '../../../../../core/strategies/two-sided/drain/connections.ts';

const gauge = (name: string, value: number, labels = {}) => ({ name, labels, value });

describe('open connections', () => {
  test.each([
    ['a gauge that is known', [gauge('http_connections_open', 4)], undefined, 3],
    [
      'by connector',
      [
        gauge('tomcat_connections_current_connections', 3, { name: 'a' }),
        gauge('tomcat_connections_current_connections', 2, { name: 'b' }),
      ],
      undefined,
      4,
    ],
    ['only the one that asks', [gauge('http_connections_open', 1)], undefined, 0],
    [
      'the gauge that the config names',
      [gauge('http_connections_open', 9), gauge('mine', 2)],
      'mine',
      1,
    ],
  ])('%s', (_what, samples, wanted, count) => {
    expect(openConnections(samples, wanted)?.count).toBe(count);
  });

  test.each([
    ['no gauge', [gauge('http_requests_total', 4)], undefined],
    ['not the one that was named', [gauge('http_connections_open', 4)], 'mine'],
  ])('%s tells nothing', (_what, samples, wanted) => {
    expect(openConnections(samples, wanted)).toBeUndefined();
  });
});

describe('the record says', () => {
  const told = (count: number) => ({ count, gauge: 'http_connections_open' });

  test.each([
    ['none, where every pod says none', [told(0), told(0)], '0 told-by=http_connections_open'],
    ['the most there can be', [told(1), told(2)], 'at-most-3 told-by=http_connections_open'],
    ['nothing, where one pod does not tell', [told(0), undefined], undefined],
    ['nothing, where there was nobody to ask', [], undefined],
  ])('%s', (_what, all, text) => {
    expect(connectionsText(all)).toBe(text);
  });
});
