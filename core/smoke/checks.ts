/** Smoke checks: what is asked of a pod or of the Service, and whether the answer will do. */
import type { SmokeCheck } from '../config/settings.ts';
import type { Plan } from '../release/plan.ts';

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly why: string };

const DEFAULT_TIMEOUT_MS = 5_000;

/** The config's checks, or the readiness path; a service without either is asked for `/`. */
export function checksOf(plan: Plan): readonly SmokeCheck[] {
  const { smoke } = plan.settings;
  if (smoke.length > 0) return smoke;
  return [
    {
      name: 'readiness',
      path: plan.readinessPath ?? '/',
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

/** Undefined where the answer is as expected; otherwise what is wrong with it. */
export function faultOf(check: SmokeCheck, answer: Answer): string | undefined {
  if (answer.kind === 'failed') return answer.why;
  const { expectedStatus, expectedText } = check;
  const asExpected =
    expectedStatus === undefined
      ? answer.status >= 200 && answer.status < 300
      : answer.status === expectedStatus;
  if (!asExpected) return `answered ${answer.status}, expected ${expectedStatus ?? '2xx'}`;
  if (expectedText !== undefined && !answer.body.includes(expectedText)) {
    return `the answer does not contain "${expectedText}"`;
  }
  return undefined;
}
