/**
 * What clients have asked of a pod since it was first read: all that it counts, on every path, less
 * what the cluster and the stages have asked it themselves. That is taken off by count, and only
 * where it was counted, so that clients who ask a probed path are seen, and probes alone are no one.
 */

import type { Instant } from '../../base/vocabulary.ts';
import type { Counted, LatencyHistogram } from '../../judge/sample.ts';
import { bothLatencies, type Counters } from '../traffic.ts';
import { type ByPath, bare, type Family, joined, less, NOTHING, sum, totalOf } from './families.ts';
import { fastestOff, grownLatency } from './histograms.ts';
import type { PodPage } from './pods.ts';

/** Something that asks a pod again and again, such as a probe of the kubelet. */
export interface Periodic {
  readonly path: string;
  readonly everyMs: number;
  /** Whether it is certain to ask; one that may is taken off only where its path is told. */
  readonly isCertain: boolean;
}

/** What of a pod's requests is not its clients'. */
export interface Own {
  /** What the stages have sent to the pod so far, and were answered with an error, by path. */
  readonly sent: ByPath;
  readonly periodic: readonly Periodic[];
  /** A pod that is not ready fails its probes; one that is ready passes them. */
  readonly isReady: boolean;
}

type Page = Pick<PodPage, 'families' | 'latencies'>;

export interface PodCount {
  readonly since: Instant;
  readonly at: Instant;
  readonly last: Page;
  /** What had been sent before. */
  readonly sentBefore: ByPath;
  /** By what the page has grown since. */
  readonly gross: ByPath;
  readonly latencies: Readonly<Record<string, LatencyHistogram>>;
  /** For how long the pod was not ready, and the errors that it answered meanwhile, by path. */
  readonly unready: { readonly ms: number; readonly errors: Readonly<Record<string, number>> };
  /** The clients' part of it. Never goes down: what was once seen to be theirs stays theirs. */
  readonly net: ByPath;
}

export function countOn(before: PodCount | undefined, page: Page, own: Own, at: Instant): PodCount {
  const last = { families: page.families, latencies: page.latencies };
  if (!before) {
    const nothing = { gross: {}, latencies: {}, unready: { ms: 0, errors: {} }, net: {} };
    return { since: at, at, last, sentBefore: own.sent, ...nothing };
  }
  const gross = bothPaths(before.gross, joined(page.families, grownFamilies(before.last, page)));
  const next = {
    ...before,
    at,
    last,
    gross,
    latencies: grownLatencies(before, page),
    unready: own.isReady ? before.unready : unreadyFor(before, gross, at),
  };
  return { ...next, net: netOf(next, own) };
}

/** `sharedPath`: what of the counters is on a path that somebody asks through the Service. */
export function clientsOf(count: PodCount, sharedPath?: string): Counters {
  const { gross, net } = count;
  const counts = totalOf(net);
  const shared = sharedPath === undefined ? undefined : net[placeOf(gross, sharedPath) ?? ''];
  const latency = latencyOf(count);
  return {
    ...counts,
    ...(latency ? { latency } : {}),
    ...(shared ? { shared } : {}),
  };
}

/** Under which path of the page a request was counted; undefined where the page does not count it. */
function placeOf(gross: ByPath, path: string): string | undefined {
  const told = bare(path) ?? path;
  if (told in gross) return told;
  return '' in gross ? '' : undefined;
}

function netOf(count: PodCount, own: Own): ByPath {
  const { gross, net } = count;
  const off = ownByPlace(count, own);
  return Object.fromEntries(
    Object.entries(gross).map(([path, all]) => {
      const taken = off[path] ?? NOTHING;
      const had = net[path] ?? NOTHING;
      const requests = Math.max(had.requests, all.requests - taken.requests);
      const left = all.errors - taken.errors - probeErrors(count, path, own);
      const errors = Math.max(had.errors, Math.min(requests, left));
      const clientErrors = Math.min(requests - errors, all.clientErrors ?? 0);
      return [path, clientErrors > 0 ? { requests, errors, clientErrors } : { requests, errors }];
    }),
  );
}

/** What of the growth was asked by the stages and by those who ask again and again. */
function ownByPlace({ gross, sentBefore, since, at }: PodCount, own: Own): ByPath {
  const off: Record<string, Counted> = {};
  const take = (path: string, counts: Counted): void => {
    const place = placeOf(gross, path);
    if (place !== undefined) off[place] = sum(off[place] ?? NOTHING, counts);
  };
  for (const [path, { requests, errors }] of Object.entries(own.sent)) {
    const before = sentBefore[path] ?? NOTHING;
    take(path, { requests: requests - before.requests, errors: errors - before.errors });
  }
  const certain = own.periodic.filter(({ path, isCertain }) => {
    const place = placeOf(gross, path);
    return place !== '' || (isCertain && countsProbes(gross, own, at - since));
  });
  for (const each of certain) take(each.path, { requests: turns(each, at - since), errors: 0 });
  return off;
}

/** Turns that may have come in so long: one more than fits, for it may have been due at once. */
function turns({ everyMs }: Periodic, forMs: number): number {
  return Math.floor(forMs / everyMs) + 1;
}

/** A page that tells no paths and grows by less than the probes alone does not count them. */
function countsProbes(gross: ByPath, { periodic }: Own, forMs: number): boolean {
  const expected = periodic
    .filter(({ path, isCertain }) => isCertain && placeOf(gross, path) === '')
    .reduce((all, each) => all + turns(each, forMs) - 2, 0);
  return (gross['']?.requests ?? 0) >= expected;
}

function unreadyFor(before: PodCount, gross: ByPath, at: Instant): PodCount['unready'] {
  const errors = Object.entries(gross).map(([path, now]): [string, number] => {
    const grown = now.errors - (before.gross[path]?.errors ?? 0);
    return [path, (before.unready.errors[path] ?? 0) + grown];
  });
  return { ms: before.unready.ms + at - before.at, errors: Object.fromEntries(errors) };
}

/** While a pod is not ready, as many errors as its probes can have had were theirs. */
function probeErrors({ unready, gross }: PodCount, path: string, own: Own): number {
  if (unready.ms === 0) return 0;
  const most = own.periodic
    .filter((each) => each.isCertain && placeOf(gross, each.path) === path)
    .reduce((all, each) => all + turns(each, unready.ms), 0);
  return Math.min(most, unready.errors[path] ?? 0);
}

function grownFamilies(last: Page, now: Page): Family[] {
  return now.families.map(({ name, paths }) => {
    const before = last.families.find((each) => each.name === name)?.paths ?? {};
    // One that went down was reset by a restart: it hides nothing, all that it has is new.
    const wasReset =
      totalOf(paths).requests < totalOf(before).requests ||
      totalOf(paths).errors < totalOf(before).errors;
    const grown = Object.entries(paths).map(([path, counts]): [string, Counted] => [
      path,
      wasReset ? counts : less(counts, before[path] ?? NOTHING),
    ]);
    return { name, paths: Object.fromEntries(grown) };
  });
}

function bothPaths(a: ByPath, b: ByPath): ByPath {
  const paths = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...paths].map((path) => [path, sum(a[path] ?? NOTHING, b[path] ?? NOTHING)]),
  );
}

function grownLatencies({ last, latencies }: PodCount, page: Page): PodCount['latencies'] {
  const all = { ...latencies };
  for (const [path, now] of Object.entries(page.latencies)) {
    const grown = grownLatency(last.latencies[path], now);
    const had = all[path];
    if (grown) all[path] = had ? bothLatencies(had, grown) : grown;
  }
  return all;
}

/** Without what was taken off: probes and scrapes are quicker than what clients ask. */
function latencyOf({ latencies, gross, net }: PodCount): LatencyHistogram | undefined {
  const taken = (path: string): number => (gross[path]?.requests ?? 0) - (net[path]?.requests ?? 0);
  const apart = new Set(Object.keys(latencies).filter((path) => path !== ''));
  const rest = Object.keys(gross)
    .filter((path) => !apart.has(path))
    .reduce((all, path) => all + taken(path), 0);
  return Object.entries(latencies)
    .map(([path, latency]) => fastestOff(latency, path === '' ? rest : taken(path)))
    .reduce<LatencyHistogram | undefined>((a, b) => (a ? bothLatencies(a, b) : b), undefined);
}
