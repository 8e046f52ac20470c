/** What the prober asks of a service, and what it has seen: plain data. */
import type { Instant } from '../base/vocabulary.ts';
import type { ProberSettings } from '../config/sections/prober.ts';
import type { Counted } from '../judge/sample.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Container } from '../kubernetes/objects.ts';

/** HTTP by GET, or a TCP connection that is opened and closed. */
export type ProbeTarget =
  | { readonly kind: 'http'; readonly path: string }
  | { readonly kind: 'tcp' };

/** fresh: over a connection that it opens · kept-alive: over one that has answered before. */
export type ProbeConnection = 'fresh' | 'kept-alive';

export const LOST_HOW = ['refused', 'reset', 'timed-out', 'other'] as const;
/** Why nothing was answered. */
export type LostHow = (typeof LOST_HOW)[number];

export interface Probes {
  readonly sent: number;
  readonly lost: number;
}

/** Since the release began. */
export interface ProbeCounts {
  readonly fresh: Probes;
  readonly keptAlive: Probes;
  readonly how: Readonly<Partial<Record<LostHow, number>>>;
  /** Answered, and with a status of 500 and above. */
  readonly errors: number;
  /** Sent by a prober that was never answered: it is not known whether this service would answer it. */
  readonly inVain?: number;
}

export const NO_PROBES: ProbeCounts = {
  fresh: { sent: 0, lost: 0 },
  keptAlive: { sent: 0, lost: 0 },
  how: {},
  errors: 0,
};

/** What had been sent at a moment. */
export interface EarlierProbes {
  readonly at: Instant;
  readonly counts: ProbeCounts;
}

/** Undefined where the config wants none, or the Service is only another name. */
export function probeTarget(
  { type, path }: ProberSettings,
  container: Pick<Container, 'readinessProbe' | 'ports'>,
  { spec }: Service,
  port: number,
): ProbeTarget | undefined {
  if (type === 'off' || spec.type === 'ExternalName') return undefined;
  const asked = path ?? readinessPath(container, port);
  if (type === 'tcp' || (type === 'auto' && asked === undefined)) return { kind: 'tcp' };
  return { kind: 'http', path: asked ?? '/' };
}

/** Of a probe that asks where the Service's clients do; another port may be another server. */
function readinessPath(
  { readinessProbe, ports = [] }: Pick<Container, 'readinessProbe' | 'ports'>,
  port: number,
): string | undefined {
  const { httpGet } = readinessProbe ?? {};
  if (!httpGet || (httpGet.scheme ?? 'HTTP') !== 'HTTP') return undefined;
  const named = ports.find(({ name }) => name === httpGet.port)?.containerPort;
  return (named ?? Number(httpGet.port)) === port ? (httpGet.path ?? '/') : undefined;
}

export function probesSent({ fresh, keptAlive }: ProbeCounts): number {
  return fresh.sent + keptAlive.sent;
}

export function probesLost({ fresh, keptAlive }: ProbeCounts): number {
  return fresh.lost + keptAlive.lost;
}

/** How many were answered since `before`, and with an error. */
export function answeredSince(before: ProbeCounts, now: ProbeCounts): Counted {
  const answered = (counts: ProbeCounts): number => probesSent(counts) - probesLost(counts);
  return { requests: answered(now) - answered(before), errors: now.errors - before.errors };
}

/** What had been sent at a moment, of `earlier`, the oldest of which is first. */
export function probesAt(earlier: readonly EarlierProbes[], at: Instant): ProbeCounts | undefined {
  return (earlier.findLast((each) => each.at <= at) ?? earlier[0])?.counts;
}

/** What was sent since `before`. */
export function probesSince(before: ProbeCounts, now: ProbeCounts): ProbeCounts {
  return combined(now, before, (a, b) => a - b, now.inVain);
}

/** Once one was answered, what was lost before counts like all the rest. */
export function probesOfBoth(before: ProbeCounts, more: ProbeCounts): ProbeCounts {
  return combined(before, more, (a, b) => a + b, more.inVain);
}

function combined(
  one: ProbeCounts,
  other: ProbeCounts,
  by: (a: number, b: number) => number,
  inVain: number | undefined,
): ProbeCounts {
  const of = (a: Probes, b: Probes): Probes => ({
    sent: by(a.sent, b.sent),
    lost: by(a.lost, b.lost),
  });
  const how = LOST_HOW.flatMap((each) => {
    const count = by(one.how[each] ?? 0, other.how[each] ?? 0);
    return count > 0 ? [[each, count] as const] : [];
  });
  return {
    fresh: of(one.fresh, other.fresh),
    keptAlive: of(one.keptAlive, other.keptAlive),
    how: Object.fromEntries(how),
    errors: by(one.errors, other.errors),
    ...(inVain === undefined ? {} : { inVain }),
  };
}
