// Connections that a pod holds: the one over which it was asked is none of its clients'.
import { describe, expect, test } from '@jest/globals';
import { openConnections } from '../../../../core/metrics/page/connections.ts';

const told = (name: string, ...values: number[]) =>
  values.map((value) => ({ name, labels: {}, value }));

describe('open connections', () => {
  test('are all that the gauge tells, less our own', () => {
    const gauge = 'http_connections_open';
    expect(openConnections(told(gauge, 3, 4), undefined)).toEqual({ count: 6, gauge });
    expect(openConnections(told(gauge, 0), undefined)).toEqual({ count: 0, gauge });
  });

  test.each(['tomcat_connections_current_connections', 'jetty_connections_current_connections'])(
    'are looked for as %s too, after the first',
    (gauge) => {
      expect(openConnections(told(gauge, 5), undefined)).toEqual({ count: 4, gauge });
      const both = [...told(gauge, 5), ...told('http_connections_open', 9)];
      expect(openConnections(both, undefined)?.count).toBe(8);
    },
  );

  test('are those of the gauge that the config names, and of no other', () => {
    const page = [...told('http_connections_open', 9), ...told('sockets', 3)];
    expect(openConnections(page, 'sockets')).toEqual({ count: 2, gauge: 'sockets' });
    expect(openConnections(page, 'missing')).toBeUndefined();
  });

  test('are not none where nothing tells them', () => {
    expect(openConnections(told('up', 1), undefined)).toBeUndefined();
  });
});
