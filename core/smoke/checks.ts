/** Smoke checks: what is asked of a pod or of the Service, where, and whether the answer will do. */

import { type Check, DEFAULT_TIMEOUT_MS, type HttpCheck, type Scheme } from '../base/check.ts';
import type { SmokeCheck } from '../config/sections/smoke.ts';
import { hostText } from '../kubernetes/pods/ports.ts';
import type { Plan } from '../plan/plan.ts';

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly why: string };

type Planned = Pick<Plan, 'settings' | 'readinessPath' | 'readinessChecks' | 'scheme' | 'port'>;

/** The config's checks, or what the readiness probe asks. */
export function checksOf(plan: Planned): readonly Check[] {
  const { smoke } = plan.settings;
  if (smoke === 'none') return [];
  if (smoke.length > 0) return smoke.map((check) => configured(plan, check));
  return readinessOf(plan);
}

/** Also asks a plan of an older version, which knew only a path. */
function readinessOf({ readinessChecks, readinessPath }: Planned): readonly Check[] {
  if (readinessChecks) return readinessChecks;
  return [
    {
      kind: 'http',
      name: 'readiness',
      scheme: 'HTTP',
      host: undefined,
      path: readinessPath ?? '/',
      method: 'GET',
      port: undefined,
      headers: {},
      body: undefined,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      expectedStatus: undefined,
      expectedText: undefined,
    },
  ];
}

function configured(plan: Planned, check: SmokeCheck): HttpCheck {
  const scheme = check.scheme ?? schemeOf(plan, check.port);
  return { ...check, kind: 'http', host: undefined, scheme };
}

/** How the pods speak at a port; undefined: the one that the Service sends to. */
export function schemeOf(plan: Planned, port: number | undefined): Scheme {
  if (port === undefined || port === plan.port) return plan.scheme ?? 'HTTP';
  const probe = plan.readinessChecks?.find((check) => check.kind === 'http' && check.port === port);
  return probe?.kind === 'http' ? probe.scheme : 'HTTP';
}

/** A path that the pods answer at the port of the traffic: the probe's, where that is where it asks. */
export function trafficPath(plan: Planned): string {
  if (!plan.readinessChecks) return plan.readinessPath ?? '/';
  const probe = plan.readinessChecks.find(
    ({ kind, port }) => kind === 'http' && port === plan.port,
  );
  return probe?.kind === 'http' ? probe.path : '/';
}

/**
 * `https://10.1.2.3:8443/ready`; H2C is HTTP as a URL has it. Whatever a path says, it leads to no other
 * host or port: annotations and journals have some that begin with `@`, or with a number.
 */
export function urlOf(scheme: Scheme, host: string, port: number, path: string): string {
  const protocol = scheme === 'HTTPS' ? 'https' : 'http';
  return `${protocol}://${hostText(host)}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** How HTTP is spoken at a URL: the certificates of pods are no one's to verify. */
export function speaking(scheme: Scheme): {
  readonly unverified: boolean;
  readonly http2: boolean;
} {
  return { unverified: scheme === 'HTTPS', http2: scheme === 'H2C' };
}

/** Undefined where the answer is as expected; otherwise what is wrong with it. */
export function faultOf(
  check: Pick<HttpCheck, 'expectedStatus' | 'expectedText'>,
  answer: Answer,
): string | undefined {
  if (answer.kind === 'failed') return answer.why;
  const { expectedStatus, expectedText } = check;
  const { status } = answer;
  const asExpected =
    typeof expectedStatus === 'number'
      ? status === expectedStatus
      : status >= 200 && status < (expectedStatus === 'probe' ? 400 : 300);
  if (!asExpected) return `answered ${status}, expected ${wordsFor(expectedStatus)}`;
  if (expectedText !== undefined && !answer.body.includes(expectedText)) {
    return `the answer does not contain "${expectedText}"`;
  }
  return undefined;
}

function wordsFor(expected: HttpCheck['expectedStatus']): string {
  if (expected === 'probe') return '2xx or 3xx, as its probe does';
  return expected === undefined ? '2xx' : String(expected);
}
