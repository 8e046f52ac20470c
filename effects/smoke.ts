/** Runs smoke checks over HTTP, against pods or against the Service. */
import type { SmokeCheck } from '../core/config/settings.ts';
import type { Pod } from '../core/kubernetes/objects.ts';
import { faultOf } from '../core/smoke/checks.ts';
import type { Outside } from './outside.ts';

export interface SmokeTarget {
  /** For people: `pod payment-service-green-x`, `service payment-service`. */
  readonly name: string;
  readonly host: string;
  /** Where a check names no port of its own. */
  readonly port: number;
}

// A single hiccup is no reason to undo a release.
const TRIES = 3;
const PAUSE_MS = 500;

export function podTarget(pod: Pod, port: number): SmokeTarget {
  return { name: `pod ${pod.metadata.name}`, host: pod.status?.podIP ?? '', port };
}

/** Every check against every target; a line for each that does not do. */
export async function smoke(
  outside: Outside,
  checks: readonly SmokeCheck[],
  targets: readonly SmokeTarget[],
): Promise<string[]> {
  const faults = targets.flatMap((target) =>
    checks.map(async (check) => {
      const fault = await smokeOne(outside, check, target);
      return fault && `${check.name} on ${target.name}: ${fault}`;
    }),
  );
  return (await Promise.all(faults)).filter((fault) => fault !== undefined);
}

async function smokeOne(
  { ask, clock }: Outside,
  check: SmokeCheck,
  target: SmokeTarget,
): Promise<string | undefined> {
  const { method, path, headers, body, timeoutMs } = check;
  const url = `http://${target.host}:${check.port ?? target.port}${path}`;
  for (let tried = 1; ; tried += 1) {
    const fault = faultOf(check, await ask({ method, url, headers, body, timeoutMs }));
    if (fault === undefined) return undefined;
    if (tried === TRIES) return `${method} ${url} ${fault}`;
    await clock.sleep(PAUSE_MS);
  }
}
