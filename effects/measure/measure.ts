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

type NeedOf<K extends Need['kind']> = Extract<Need, { kind: K }>;

export function startMeasuring(
  own: OwnRequests,
  plan: Plan,
  observer: Observer,
  changed: () => void,
): Measuring {
  return new Measurements(own, plan, observer, changed);
}

class Measurements implements Measuring {
  readonly readings = new Map<string, Reading>();
  readonly reports = new Map<string, Report>();
  readonly measured: ReadonlyMap<string, Measured>;
  readonly #context: StageContext;
  readonly #plan: Plan;
  readonly #observer: Observer;
  readonly #changed: () => void;
  readonly #count: ReturnType<typeof createCounting>;
  readonly #sources: ReturnType<typeof startPolling>;
  readonly #askedAt = new Map<string, number>();
  readonly #underWay = new Set<string>();
  /** Pages of some hundred kilobytes, of some hundred pods: not all at once. */
  readonly #gate = createGate(PAGES_AT_ONCE);
  /** A pod is ended for the drain probe only for as long as every decision asks for it. */
  readonly #probing = new Map<string, AbortController>();

  constructor(own: OwnRequests, plan: Plan, observer: Observer, changed: () => void) {
    this.#context = own.context;
    this.#plan = plan;
    this.#observer = observer;
    this.#changed = changed;
    const sharedPath = plan.probe?.kind === 'http' ? plan.probe.path : undefined;
    this.#count = createCounting(own, plan, sharedPath);
    this.#sources = startPolling(own.context, plan, observer);
    this.measured = this.#sources.measured;
  }

  meet(needs: readonly Need[]): void {
    for (const [key, withdrawal] of this.#probing) {
      const isAsked = needs.some((need) => need.kind === 'drain-probe' && need.key === key);
      if (!isAsked) withdrawal.abort();
    }
    const pods = new Map(this.#observer.look().pods.map((pod) => [pod.metadata.name, pod]));
    for (const need of needs) this.#start(need, pods);
  }

  #start(need: Need, pods: ReadonlyMap<string, Pod>): void {
    switch (need.kind) {
      case 'readings':
        this.#readPages(need, pods);
        break;
      case 'metrics':
        this.#sources.meet(this.#changed);
        break;
      case 'smoke':
        this.#smoke(need, pods);
        break;
      case 'connections':
        this.#countConnections(need, pods);
        break;
      case 'drain-probe':
        this.#probeDrain(need, pods.get(need.pod));
        break;
      case 'pods-anew':
        this.#relistPods(need);
        break;
      case 'answers':
        this.#askService(need);
        break;
    }
  }

  #readPages(need: NeedOf<'readings'>, pods: ReadonlyMap<string, Pod>): void {
    // No one to ask: what is never answered would always be due.
    if (this.#plan.metrics.kind === 'none') return;
    const now = this.#context.clock.now();
    for (const name of need.pods) {
      const pod = pods.get(name);
      const isDue = now - (this.#askedAt.get(name) ?? 0) >= need.everyMs;
      if (pod && isDue) this.#once(`read ${name}`, () => this.#readPage(pod));
    }
  }

  async #readPage(pod: Pod): Promise<void> {
    const { name } = pod.metadata;
    this.#askedAt.set(name, this.#context.clock.now());
    const reading = await this.#gate(() => this.#count(pod));
    // A pod that is being ended takes leave at some time; what it has told until then stands.
    const tookLeave = reading?.kind === 'failed' && isTerminating(pod) && this.readings.has(name);
    if (reading && !tookLeave) this.readings.set(name, reading);
  }

  #smoke({ key, pods: names }: NeedOf<'smoke'>, all: ReadonlyMap<string, Pod>): void {
    if (this.reports.has(key)) return;
    this.#once(key, async () => {
      const pods = podsNamed(names, all);
      const failures = await smoke(this.#context, targetsAmong(this.#plan, pods));
      this.#report(key, `${pods.length} pods`, failures);
    });
  }

  #countConnections(need: NeedOf<'connections'>, all: ReadonlyMap<string, Pod>): void {
    this.#once(need.key, async () => {
      const asked = podsNamed(need.pods, all).map((pod) =>
        this.#gate(() => held(this.#context, this.#plan, pod)),
      );
      const told = await Promise.all(asked);
      const text = connectionsText(told);
      const failures = text === undefined ? ['not every pod tells'] : [];
      this.#report(need.key, text ?? '', failures, countIn(connectionsHeld(told)));
      await this.#context.clock.sleep(need.everyMs);
    });
  }

  #probeDrain({ key }: NeedOf<'drain-probe'>, pod: Pod | undefined): void {
    if (!pod || this.reports.has(key)) return;
    this.#once(key, async () => {
      const withdrawal = new AbortController();
      this.#probing.set(key, withdrawal);
      const probed = await probeDrain(this.#context, this.#plan, pod, withdrawal.signal);
      this.#probing.delete(key);
      if (!probed) return;
      const { checked, failures } = probed;
      const { log } = this.#context;
      const verdict = failures.length === 0 ? 'clean' : 'lossy';
      log.event({ event: 'drain-probe', 'drain-probe': verdict, checked });
      for (const lost of failures) {
        log.event({ event: 'drain-probe', 'drain-probe': verdict, lost });
      }
      // A watch that is silent would show the pod that was ended as one that serves.
      await this.#observer.relistPods();
      this.#report(key, checked, failures);
    });
  }

  #relistPods({ key }: NeedOf<'pods-anew'>): void {
    if (this.reports.has(key)) return;
    this.#once(key, async () => {
      await this.#observer.relistPods();
      this.#report(key, 'the pods', []);
    });
  }

  #askService({ key, side }: NeedOf<'answers'>): void {
    if (this.reports.get(key)?.failures.length === 0) return;
    this.#once(key, async () => {
      const asked = await answers(this.#context, this.#plan, this.#observer, side);
      const { failures, ...more } = asked;
      this.#report(key, `${ANSWERS} connections`, failures, more);
      await this.#context.clock.sleep(RETRY_MS);
    });
  }

  #report(
    key: string,
    checked: string,
    failures: readonly string[],
    more: Pick<Report, 'count' | 'cannotTell'> = {},
  ): void {
    this.reports.set(key, { key, at: this.#context.clock.now(), checked, failures, ...more });
  }

  #once(key: string, work: () => Promise<void>): void {
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    void work().finally(() => {
      this.#underWay.delete(key);
      this.#changed();
    });
  }
}

function podsNamed(names: readonly string[], all: ReadonlyMap<string, Pod>): Pod[] {
  return names.map((name) => all.get(name)).filter((pod) => pod !== undefined);
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
