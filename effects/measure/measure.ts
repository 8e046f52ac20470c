/**
 * Measures what the next decision needs, in the background: the pods' metrics, other sources, smoke
 * checks, and fresh connections through the Service. What is asked for is named by a key, so that an
 * old measurement never answers a new question.
 */

import type { Need, Reading, Report } from '../../core/cluster/observation.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { isTerminating } from '../../core/kubernetes/pods/pods.ts';
import type { Measured } from '../../core/metrics/metric.ts';
import { type OpenConnections, openConnections } from '../../core/metrics/page/connections.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { targetsAmong } from '../../core/smoke/target.ts';
import {
  connectionsHeld,
  connectionsText,
} from '../../core/strategies/two-sided/drain/connections.ts';
import { createGate } from '../base/gate.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Observer } from '../kube/watch/observer.ts';
import { ANSWERS, answers } from './answers.ts';
import { probeDrain } from './drain-probe.ts';
import { createCounting } from './metrics/counting.ts';
import { readSamples } from './metrics/pod.ts';
import { startPolling } from './metrics/polling.ts';
import type { OwnRequests } from './own-requests.ts';
import { smoke } from './smoke.ts';

export interface Measuring {
  readonly readings: ReadonlyMap<string, Reading>;
  readonly measured: ReadonlyMap<string, Measured>;
  readonly reports: ReadonlyMap<string, Report>;
  /** Starts what is due; does not wait for it. */
  meet(needs: readonly Need[]): void;
}

const PAGES_AT_ONCE = 16;
const RETRY_MS = 250;

export function startMeasuring(
  own: OwnRequests,
  plan: Plan,
  observer: Observer,
  changed: () => void,
): Measuring {
  const { context } = own;
  const { clock } = context;
  const sharedPath = plan.probe?.kind === 'http' ? plan.probe.path : undefined;
  const count = createCounting(own, plan, sharedPath);
  const sources = startPolling(context, plan, observer);
  const readings = new Map<string, Reading>();
  const askedAt = new Map<string, number>();
  const reports = new Map<string, Report>();
  const underWay = new Set<string>();
  /** A pod is ended for the drain probe only for as long as every decision asks for it. */
  const probing = new Map<string, AbortController>();

  const once = (key: string, work: () => Promise<void>): void => {
    if (underWay.has(key)) return;
    underWay.add(key);
    void work().finally(() => {
      underWay.delete(key);
      changed();
    });
  };

  /** Pages of some hundred kilobytes, of some hundred pods: not all at once. */
  const gate = createGate(PAGES_AT_ONCE);
  const read = async (pod: Pod): Promise<void> => {
    const { name } = pod.metadata;
    askedAt.set(name, clock.now());
    const reading = await gate(() => count(pod));
    // A pod that is being ended takes leave at some time; what it has told until then stands.
    const tookLeave = reading?.kind === 'failed' && isTerminating(pod) && readings.has(name);
    if (reading && !tookLeave) readings.set(name, reading);
  };

  const report = (
    key: string,
    checked: string,
    failures: readonly string[],
    more: Pick<Report, 'count' | 'cannotTell'> = {},
  ): void => {
    reports.set(key, { key, at: clock.now(), checked, failures, ...more });
  };

  const meet = (need: Need, podNamed: (name: string) => Pod | undefined): void => {
    switch (need.kind) {
      case 'readings':
        // No one to ask: what is never answered would always be due.
        if (plan.metrics.kind === 'none') return;
        for (const name of need.pods) {
          const pod = podNamed(name);
          const last = askedAt.get(name) ?? 0;
          if (pod && clock.now() - last >= need.everyMs) once(`read ${name}`, () => read(pod));
        }
        return;
      case 'metrics':
        sources.meet(changed);
        return;
      case 'smoke':
        if (reports.has(need.key)) return;
        once(need.key, async () => {
          const pods = need.pods.map(podNamed).filter((pod) => pod !== undefined);
          const failures = await smoke(context, targetsAmong(plan, pods));
          report(need.key, `${pods.length} pods`, failures);
        });
        return;
      case 'connections':
        once(need.key, async () => {
          const pods = need.pods.map(podNamed).filter((pod) => pod !== undefined);
          const told = await Promise.all(pods.map((pod) => gate(() => held(context, plan, pod))));
          const text = connectionsText(told);
          report(
            need.key,
            text ?? '',
            text === undefined ? ['not every pod tells'] : [],
            countIn(connectionsHeld(told)),
          );
          await clock.sleep(need.everyMs);
        });
        return;
      case 'drain-probe': {
        const pod = podNamed(need.pod);
        if (!pod || reports.has(need.key)) return;
        once(need.key, async () => {
          const withdrawal = new AbortController();
          probing.set(need.key, withdrawal);
          const probed = await probeDrain(context, plan, pod, withdrawal.signal);
          probing.delete(need.key);
          if (!probed) return;
          const { checked, failures } = probed;
          const verdict = failures.length === 0 ? 'clean' : 'lossy';
          context.log.event({ event: 'drain-probe', 'drain-probe': verdict, checked });
          for (const lost of failures) {
            context.log.event({ event: 'drain-probe', 'drain-probe': verdict, lost });
          }
          // A watch that is silent would show the pod that was ended as one that serves.
          await observer.relistPods();
          report(need.key, checked, failures);
        });
        return;
      }
      case 'pods-anew':
        if (reports.has(need.key)) return;
        once(need.key, async () => {
          await observer.relistPods();
          report(need.key, 'the pods', []);
        });
        return;
      case 'answers':
        if (reports.get(need.key)?.failures.length === 0) return;
        once(need.key, async () => {
          const { failures, ...more } = await answers(context, plan, observer, need.side);
          report(need.key, `${ANSWERS} connections`, failures, more);
          await clock.sleep(RETRY_MS);
        });
    }
  };

  return {
    readings,
    measured: sources.measured,
    reports,
    meet: (needs) => {
      for (const [key, withdrawal] of probing) {
        const isAsked = needs.some((need) => need.kind === 'drain-probe' && need.key === key);
        if (!isAsked) withdrawal.abort();
      }
      const pods = new Map(observer.look().pods.map((pod) => [pod.metadata.name, pod]));
      for (const need of needs) meet(need, (name) => pods.get(name));
    },
  };
}

function countIn(count: number | undefined): Pick<Report, 'count'> {
  return count === undefined ? {} : { count };
}

/** The connections that a pod holds open, by its own word. */
async function held(
  context: StageContext,
  { metrics, settings }: Plan,
  pod: Pod,
): Promise<OpenConnections | undefined> {
  if (metrics.kind !== 'pods') return undefined;
  const samples = await readSamples(context, pod, metrics);
  return typeof samples === 'string'
    ? undefined
    : openConnections(samples, settings.drain.connectionsMetric);
}
