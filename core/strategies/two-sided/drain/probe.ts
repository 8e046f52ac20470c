/**
 * The drain probe: before the candidate gets traffic, one of its pods is ended under kept-alive
 * connections, and what their client sees is what clients of every later release will see. The
 * ReplicaSet makes the pod anew; nothing is switched before it is there again.
 */

import { because, type Cause, type Instant } from '../../../base/vocabulary.ts';
import type { Action } from '../../../cluster/action.ts';
import type { Need, Observation, Report } from '../../../cluster/observation.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Plan } from '../../../plan/plan.ts';
import { startFailure } from '../../common/start-up.ts';

/** `go`: with what the record is to keep of it, if it was made. */
export type ProbeVerdict =
  | { readonly kind: 'wait'; readonly waitingFor: string }
  | { readonly kind: 'go'; readonly evidence: string | undefined }
  | { readonly kind: 'refuse'; readonly cause: Cause; readonly actions: readonly Action[] };

function reportOf(plan: Plan, seen: Observation): Report | undefined {
  return seen.reports.get(`${plan.release}/drain-probe`);
}

/**
 * What is to be measured, as long as it was not; nothing where the config does not want it. Always of
 * the same pod: where a process was killed as it ended one, the next ends that one as well, and the
 * first request finds no pod left when it arrives late, with the candidate serving by then.
 */
export function probeNeed(plan: Plan, seen: Observation, candidate: readonly Pod[]): Need[] {
  const names = candidate.filter(isServing).map(({ metadata }) => metadata.name);
  const [pod] = names.sort();
  if (plan.settings.preflight.drainProbe === 'off' || reportOf(plan, seen) || !pod) return [];
  return [{ kind: 'drain-probe', key: `${plan.release}/drain-probe`, pod }];
}

/**
 * What became of the probe. Nothing goes on before the pod that was ended for it is there again.
 * `wanted`: how many pods the candidate has by now; `since`: when the phase began in which the probe is made.
 */
export function probeVerdict(
  plan: Plan,
  seen: Observation,
  candidate: readonly Pod[],
  wanted: number,
  since: Instant,
): ProbeVerdict {
  const { drainProbe } = plan.settings.preflight;
  if (drainProbe === 'off') return { kind: 'go', evidence: undefined };
  const report = reportOf(plan, seen);
  const lost = report?.failures[0];
  if (report && lost !== undefined && drainProbe === 'require') {
    const text = `the drain probe lost requests: ${lost}; ${report.checked}`;
    return { kind: 'refuse', cause: because('drain-probe', text), actions: [] };
  }
  const ready = candidate.filter(isServing).length;
  const progress = `${ready} of ${wanted} candidate pods ready`;
  if (ready < wanted) {
    // Pods that fall again and again never serve for long enough to be probed.
    const failure = startFailure(plan, { pods: candidate, progress, since }, seen);
    if (failure) return { kind: 'refuse', ...failure };
    if (report) return { kind: 'wait', waitingFor: `${progress} after the drain probe` };
  }
  if (!report) return { kind: 'wait', waitingFor: 'one candidate pod to be ended under a client' };
  const evidence =
    lost === undefined ? `clean: ${report.checked}` : `lossy: ${lost}; ${report.checked}`;
  return { kind: 'go', evidence };
}
