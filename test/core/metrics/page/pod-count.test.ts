// What clients have asked of a pod, whatever else asks it: probes and scrapes are taken off by count,
// and a path that somebody probes is a path like any other.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import {
  clientsOf,
  countOn,
  type Own,
  type PodCount,
} from '../../../../core/metrics/page/pod-count.ts';
import { readPage } from '../../../../core/metrics/page/pods.ts';
import type { Sample } from '../../../../core/metrics/page/sample.ts';

/** By status, since the start: how often each path was answered so. */
type Answers = Readonly<Record<string, Readonly<Record<string, number>>>>;

const READY: Own['periodic'] = [{ path: '/', everyMs: 1_000, isCertain: true }];
const LIVE: Own['periodic'] = [{ path: '/live', everyMs: 10_000, isCertain: true }];
const SCRAPED: Own['periodic'] = [{ path: '/metrics', everyMs: 5_000, isCertain: false }];

const NOBODY: Own = { sent: {}, periodic: [], isReady: true };

/** How a page tells paths. */
type Labels = (path: string) => Readonly<Record<string, string>>;
const TOLD: Labels = (path) => ({ path });
const UNTOLD: Labels = () => ({});
const OTHERS: Labels = (path) => ({ handler: path === '/pay' ? path : 'other' });

function page(answers: Answers, labels: Labels) {
  const samples = Object.entries(answers).flatMap(([path, byStatus]) =>
    Object.entries(byStatus).map(
      ([status, value]): Sample => ({
        name: 'http_requests_total',
        labels: { status, ...labels(path) },
        value,
      }),
    ),
  );
  const read = readPage(samples);
  if (!read) throw new Error('no page');
  return read;
}

/** Reads once a second, from a first reading on which a probe had been answered. */
function readFor(
  seconds: number,
  answersAt: (second: number) => Answers,
  ownAt: (second: number) => Own,
  labels: Labels,
): PodCount {
  let count: PodCount | undefined;
  for (let second = 0; second <= seconds; second += 1) {
    count = countOn(count, page(answersAt(second), labels), ownAt(second), instant(second * 1_000));
  }
  if (!count) throw new Error('nothing was read');
  return count;
}

describe('requests of clients', () => {
  test.each<[string, Labels]>([
    ['paths are told', TOLD],
    ['no path is told', UNTOLD],
    ['what is probed is counted as another path', OTHERS],
  ])('probes and scrapes alone are no traffic, where %s', (_name, labels) => {
    const answers = (second: number): Answers => ({
      '/': { '200': 1 + second },
      '/live': { '200': 1 + Math.floor(second / 10) },
      '/metrics': { '200': second + Math.floor(second / 15) },
      '/smoke': { '200': second > 5 ? 1 : 0 },
    });
    const own = (second: number): Own => ({
      sent: {
        '/metrics': { requests: second, errors: 0 },
        '/smoke': { requests: second > 5 ? 1 : 0, errors: 0 },
      },
      periodic: [...READY, ...LIVE, ...(labels === TOLD ? SCRAPED : [])],
      isReady: true,
    });
    const { requests, errors } = clientsOf(readFor(60, answers, own, labels));
    // Where no path is told, a scrape of somebody else's cannot be told from a client.
    expect(requests).toBeLessThanOrEqual(labels === TOLD ? 0 : 4);
    expect(errors).toBe(0);
  });

  test.each<[string, Labels]>([
    ['paths are told', TOLD],
    ['no path is told', UNTOLD],
  ])('three of ten answers on the probed path are errors: they count, where %s', (_n, labels) => {
    const answers = (second: number): Answers => ({
      '/': { '200': 1 + 8 * second, '500': 3 * second },
    });
    const own = (): Own => ({ ...NOBODY, periodic: READY });
    const counted = clientsOf(readFor(30, answers, own, labels));
    expect(counted.requests).toBeGreaterThanOrEqual(298);
    expect(counted.requests).toBeLessThanOrEqual(300);
    expect(counted.errors).toBe(90);
  });

  test('a pod that is not ready fails its own probes, and those are not its clients', () => {
    const answers = (second: number): Answers => ({
      '/': { '200': 10, '503': second },
      '/pay': { '200': 5 * second, '500': second },
    });
    const own = (): Own => ({ ...NOBODY, periodic: READY, isReady: false });
    for (const labels of [TOLD, UNTOLD]) {
      const { requests, errors } = clientsOf(readFor(30, answers, own, labels));
      expect(requests).toBeGreaterThanOrEqual(178);
      expect(errors).toBeGreaterThanOrEqual(28);
      expect(errors).toBeLessThanOrEqual(30);
    }
  });

  test('clients who get errors on the path of a failing probe count, for there are more of them', () => {
    const answers = (second: number): Answers => ({ '/': { '500': 10 * second } });
    const own = (): Own => ({ ...NOBODY, periodic: READY, isReady: false });
    const { requests, errors } = clientsOf(readFor(30, answers, own, TOLD));
    // Of three hundred, the probes can have been thirty-one.
    expect({ requests, errors }).toEqual({ requests: 269, errors: 269 });
  });

  test('an application that does not count its probes is not robbed of its few requests', () => {
    const answers = (second: number): Answers => ({
      '/pay': { '500': 1 + Math.floor(second / 3) },
    });
    const own = (): Own => ({ ...NOBODY, periodic: READY });
    expect(clientsOf(readFor(30, answers, own, UNTOLD))).toMatchObject({
      requests: 10,
      errors: 10,
    });
    expect(clientsOf(readFor(30, answers, own, TOLD))).toMatchObject({ requests: 10, errors: 10 });
  });

  test('what was asked before the first reading is nobody of this release', () => {
    const count = readFor(
      0,
      () => ({ '/pay': { '500': 1_000 } }),
      () => NOBODY,
      TOLD,
    );
    expect(clientsOf(count)).toEqual({ requests: 0, errors: 0 });
  });

  test('a restart hides nothing of what came before it or after', () => {
    const answers = (second: number): Answers => ({
      '/pay': { '200': second < 10 ? 100 + 10 * second : 10 * (second - 9), '500': 0 },
    });
    const { requests } = clientsOf(readFor(20, answers, () => NOBODY, TOLD));
    expect(requests).toBe(90 + 110);
  });

  test('a family that comes late does not bring its past along', () => {
    const early: Answers = { '/pay': { '200': 500 } };
    let count = countOn(undefined, page(early, TOLD), NOBODY, instant(0));
    const both = page({ '/pay': { '200': 510 } }, TOLD);
    const twice = {
      ...both,
      families: [
        ...both.families,
        {
          name: 'http_request_duration_seconds_count',
          paths: { '/pay': { requests: 508, errors: 0 } },
        },
      ],
    };
    count = countOn(count, twice, NOBODY, instant(1_000));
    expect(clientsOf(count).requests).toBe(10);
  });

  test('answers that blame the client are told apart', () => {
    const answers = (second: number): Answers => ({ '/pay': { '404': 10 * second } });
    expect(clientsOf(readFor(5, answers, () => NOBODY, TOLD))).toEqual({
      requests: 50,
      errors: 0,
      clientErrors: 50,
    });
  });
});
