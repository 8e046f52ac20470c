// What comes back from elsewhere: bounded in bytes and time, and never repeated as it came.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { noResponse, numberOf } from '../../../core/metrics/metric.ts';
import { clientsOf, countOn } from '../../../core/metrics/page/pod-count.ts';
import { readPage } from '../../../core/metrics/page/pods.ts';
import { readNumber } from '../../../core/metrics/prometheus/api.ts';
import { readTraffic } from '../../../core/metrics/prometheus/traffic.ts';
import { createLog } from '../../../effects/context/log.ts';
import { conditionIssue, metBy } from '../../../effects/expressions/cel.ts';
import { pathIssue } from '../../../effects/expressions/json-path.ts';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { readMetricsPage } from '../../../effects/measure/metrics/page.ts';
import { cpuMs } from '../../support/cpu.ts';

const MIB = 2 ** 20;
let server: Server;
let base: string;

beforeAll(async () => {
  const bomb = gzipSync(Buffer.alloc(200 * MIB, 'a 1\n'));
  server = createServer(({ url }, response) => {
    response.on('error', () => undefined);
    switch (url) {
      case '/bomb':
        response.setHeader('content-encoding', 'gzip');
        response.end(bomb);
        return;
      case '/endless': {
        const write = (): void => {
          if (!response.destroyed && response.write('x'.repeat(MIB))) setImmediate(write);
          else response.once('drain', write);
        };
        write();
        return;
      }
      case '/drops':
        response.write('a');
        setInterval(() => response.write('a'), 50).unref();
        return;
      case '/elsewhere':
        response.writeHead(302, { location: 'http://169.254.169.254/latest/' });
        response.end();
        return;
      case '/half/SECRETPART':
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => response.destroy());
        return;
      case '/gzip/SECRETPART':
        response.setHeader('content-encoding', 'gzip');
        response.end('not gzip');
        return;
      default:
        response.socket?.destroy();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('an answer from elsewhere', () => {
  test.each([
    ['/bomb', 'the answer is larger than 4194304 bytes'],
    ['/endless', 'the answer is larger than 4194304 bytes'],
    ['/drops', 'no answer within 500 ms'],
  ])('%s is given up: %s', async (path, why) => {
    const before = process.memoryUsage().rss;
    const timeoutMs = path === '/drops' ? 500 : 10_000;
    const answer = await askOverNetwork({ method: 'GET', url: `${base}${path}`, timeoutMs });
    expect(answer).toMatchObject({ kind: 'failed', why: expect.stringContaining(why) });
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MIB);
  });

  test('that leads elsewhere is not followed', async () => {
    const answer = await askOverNetwork({
      method: 'GET',
      url: `${base}/elsewhere`,
      timeoutMs: 2_000,
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 302 });
  });

  test.each([
    '/services/SECRETPART',
    '/services/../x/SECRETPART',
    '/?token=SECRETPART',
    '/half/SECRETPART',
    '/gzip/SECRETPART',
  ])('that does not come does not tell the URL: %s', async (path) => {
    for (const url of [
      `${base}${path}`,
      `${base.replace('127.0.0.1', 'LocalHost')}${path}`,
      `${base.replace('//', '//me:SECRETPART@')}${path}`,
      `${base.replace('http', 'ftp')}${path}`,
      path,
    ]) {
      const answer = await askOverNetwork({ method: 'GET', url, timeoutMs: 2_000 });
      expect(answer).toMatchObject({ kind: 'failed' });
      expect(JSON.stringify(answer)).not.toContain('SECRETPART');
    }
  });

  test('that is no number is told by its kind', () => {
    const at = instant(0);
    expect(JSON.stringify(numberOf('wJalrXUtnFEMI', at))).not.toContain('wJalr');
    const refused = noResponse({ kind: 'answered', status: 400, body: 'wJalrXUtnFEMI' }, at);
    expect(refused).toMatchObject({ oddity: 'bad-query', why: 'answered 400' });
  });
});

describe('a metrics page of whoever is on trial', () => {
  const n = 1_000_000;
  test.each([
    ['spaces', `a${' '.repeat(n)}x`],
    ['blank lines', `${'\n'.repeat(n)}a 1\n`],
    ['spaces between labels', `a{b="c"${' '.repeat(n)}x`],
    ['digits', `a ${'1'.repeat(n)}x`],
    ['labels', `a{${'b="c",'.repeat(n / 6)}`],
    ['backslashes', `a{b="${'\\'.repeat(n)}`],
    ['pairs of backslashes', `a{b="${'\\\\'.repeat(n / 2)}"} 1`],
    ['comments', `${'#'.repeat(n)}\n${' \t'.repeat(n / 2)}`],
    ['a name', 'a'.repeat(n)],
    ['many samples', 'a 1\n'.repeat(n / 4)],
  ])('is read in time that grows with its length alone: %s', async (_name, page) => {
    const took = await cpuMs(() => {
      try {
        readMetricsPage(page);
      } catch (thrown) {
        expect(String(thrown).length).toBeLessThan(200);
      }
    });
    expect(took).toBeLessThan(1_000);
  });

  test.each([
    [
      'a path of its own for every request',
      (at: number) => `http_requests_total{status="200",path="/${at}"} 1\n`,
    ],
    [
      'a bound of its own for every bucket',
      (at: number) => `http_request_duration_seconds_bucket{le="${at}"} 1\n`,
    ],
    [
      'a breaker in every line',
      (at: number) => `resilience4j_circuitbreaker_state{name="b${at}",state="open"} 1\n`,
    ],
  ])('is made something of in no longer time, with %s', async (_name, line) => {
    const lines = Array.from({ length: 39_000 }, (_, at) => line(at));
    const text = `http_requests_total{status="500"} 1\n${lines.join('')}`;
    const own = { sent: {}, periodic: [{ path: '/1', everyMs: 1_000, isCertain: true }] };
    const took = await cpuMs(() => {
      const page = readPage(readMetricsPage(text), ['x'], new Set(['/1']));
      if (!page) throw new Error('no page');
      const before = countOn(undefined, page, { ...own, isReady: true }, instant(0));
      clientsOf(countOn(before, page, { ...own, isReady: true }, instant(1_000)), '/1');
    });
    expect(took).toBeLessThan(1_000);
  });

  test('of 80 KB is read in less than 200 ms', async () => {
    for (const page of [`a${' '.repeat(80_000)}x`, `a{b="c"${' '.repeat(80_000)}x`]) {
      expect(await cpuMs(() => expect(() => readMetricsPage(page)).toThrow())).toBeLessThan(200);
    }
  });

  test.each([
    ['samples', 'a 1\n'.repeat(40_001), 'more than 40000 samples'],
    ['labels', `a{${'b="c",'.repeat(200)}} 1`, 'line 1 is not a sample'],
  ])('has no more %s than any application', (_name, page, why) => {
    expect(() => readMetricsPage(page)).toThrow(why);
  });

  test('is not repeated in what is wrong with it', () => {
    const page = '\u001b]8;;https://evil.example\u0007click <!channel>';
    expect(() => readMetricsPage(page)).toThrow(
      /^line 1 is not a sample: a text of \d+ characters$/,
    );
  });

  test('keeps escaped labels as they were meant', () => {
    const [sample] = readMetricsPage('a{path="/x\\"y\\\\z\\nw"} 1');
    expect(sample?.labels).toEqual({ path: '/x"y\\z\nw' });
  });
});

describe("Prometheus' answer", () => {
  const at = instant(1_700_000_000_000);
  const answered = (result: readonly unknown[], resultType = 'vector') => {
    const body = JSON.stringify({ status: 'success', data: { resultType, result } });
    return { kind: 'answered', status: 200, body } as const;
  };

  test('with a pod in every series is read in time that grows with its length alone', async () => {
    const series = Array.from({ length: 30_000 }, (_, pod) => ({
      metric: { side: 'candidate', measure: 'requests', pod: `${pod}` },
      value: [1_700_000_000, '1'],
    }));
    const preset = { by: 'pod', unitsPerSecond: 1 } as const;
    const took = await cpuMs(() => {
      const { candidate } = readTraffic(answered(series), preset, at);
      expect(candidate.kind).toBe('counted');
    });
    expect(took).toBeLessThan(1_000);
  });

  test.each([
    ['null', [null]],
    ['a number', [7]],
    ['values that are a text', [{ metric: {}, values: 'x' }]],
    ['points that are numbers', [{ metric: {}, values: [5, 6] }]],
    ['a value without a time', [{ metric: {}, value: ['x', '1'] }]],
    ['labels that are numbers', [{ metric: { side: 7 }, value: [1, '1'] }]],
  ])('that holds %s is none', (_name, result) => {
    expect(readNumber(answered(result), at)).toMatchObject({ oddity: 'malformed' });
    expect(readTraffic(answered(result), { by: 'pod', unitsPerSecond: 1 }, at)).toMatchObject({
      candidate: { oddity: 'malformed' },
    });
  });
});

describe('expressions of a config', () => {
  test.each([
    `"${'a'.repeat(28)}!".matches("^(a+)+$") || result > 1.0`,
    '[1, 2].all(x, x > 0)',
    'result in [1.0, 2.0]',
    '{"a": 1.0}["a"] > result',
    'size("abc") > 1',
    'result > 1.0 && "a" == "a"',
    `result > ${'1.0 + '.repeat(200)}1.0`,
  ])('cannot do more than compare and compute: %s', (text) => {
    expect(conditionIssue(text)).toEqual(expect.stringMatching(/cannot use|is longer than/));
  });

  test.each(['10000000000000000001 - 1 > 1', '1 / 0 > 1'])(
    'that cannot be computed are no conditions: %s',
    (text) => expect(conditionIssue(text)).toContain('cannot be computed'),
  );

  test('that cannot be computed for some numbers are not met by these', () => {
    const success = 'result > 5.0 ? 1 / 0 > 1 : true';
    const metric = { success, failure: undefined } as unknown as Parameters<typeof metBy>[0]; // all that is read
    expect(conditionIssue(success)).toBeUndefined();
    expect([metBy(metric, 1, 1), metBy(metric, 6, 1)]).toEqual(['success', 'failure']);
  });

  test.each([
    ['result <= stable * 1.1', true],
    ['!(result > 2.0) && (stable == 1.0 ? true : false)', true],
    ['-result < 0.0 || result / 2.0 != 1.0', true],
  ])('that compare and compute are taken: %s', (success, holds) => {
    expect(conditionIssue(success)).toBeUndefined();
    const metric = { success, failure: undefined } as unknown as Parameters<typeof metBy>[0]; // all that is read
    expect(metBy(metric, 1, 1)).toBe(holds ? 'success' : 'failure');
  });

  test.each([
    ["$[?match(@.a, '(a+)+b')]", 'must not use match() or search()'],
    ["$[?search (@.a, '(a+)+b')]", 'must not use match() or search()'],
    ['$..*..*', 'must not use .. more than once'],
    [`$.${'a.'.repeat(300)}b`, 'is longer than 500 characters'],
    [`$${'[*,*]'.repeat(60)}`, 'must not select several at once'],
    ["$['a','a']['a','a']", 'must not select several at once'],
    [`$[?${'count('.repeat(40)}@.*`, 'must not use more than 3 functions'],
    ['$.a[?count($.a[*]) > 1].b', 'must not use $ but at its beginning'],
  ])('of JSON cannot take for ever: %s', (path, why) => {
    expect(pathIssue(path)).toContain(why);
  });

  test("names may be called what they like: $['match(..)']['a..b..c']", () => {
    expect(pathIssue("$['match(..)']['a..b..c']")).toBeUndefined();
  });
});

describe('a line of the log', () => {
  const lines = (format: 'text' | 'json', log: string): string => {
    const written: string[] = [];
    createLog(format, (line) => written.push(line)).event({
      event: 'container-log',
      pod: 'p',
      log,
    });
    expect(written).toHaveLength(1);
    return written[0] ?? '';
  };
  const evil =
    'boom" outcome=promoted stage=deploy x="\u001b[2K\u001b[1A\r\nstage=deploy outcome=promoted\u2028\\';

  test('stays one line that no terminal obeys', () => {
    for (const format of ['text', 'json'] as const) {
      const line = lines(format, evil);
      expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}]/u);
      expect(line.indexOf('\n')).toBe(line.length - 1);
    }
  });

  test('has no field that somebody else wrote, not even after a quote or a backslash', () => {
    expect(Object.keys(JSON.parse(lines('json', evil)))).toEqual(['time', 'event', 'pod', 'log']);
    // A value in quotes ends at the first quote that no backslash precedes.
    const rest = lines('text', evil).replaceAll(/"(?:[^"\\]|\\.)*"/g, '…');
    expect(rest.trimEnd()).toBe('pod=p log=…');
  });

  test('keeps a quote inside a value whole', () => {
    const log = 'it said "no" to x=1';
    expect(JSON.parse(lines('json', log)).log).toBe(log);
    expect(lines('text', log)).toBe('pod=p log="it said \\"no\\" to x=1"\n');
  });

  test('is bounded in length and in the time that it takes', async () => {
    const took = await cpuMs(() => {
      expect(lines('json', 'a'.repeat(5_000_000)).length).toBeLessThan(30_000);
      expect(lines('text', `${'a='.repeat(2_000_000)}`).length).toBeLessThan(60_000);
    });
    expect(took).toBeLessThan(1_000);
  });
});
