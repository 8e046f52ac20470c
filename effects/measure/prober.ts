/**
 * Asks the Service as a client would, for as long as the process drives its release: ten requests a
 * second in all, half over kept-alive connections and half over fresh ones, and ten more over fresh
 * ones while its endpoints change; never more than fifteen at once. Counts what was not answered, where
 * anything ever was.
 */

import type { ProbeTarget } from '../../core/cluster/prober.ts';
import {
  type EarlierProbes,
  type LostHow,
  NO_PROBES,
  type ProbeConnection,
  type ProbeCounts,
  probesSent,
} from '../../core/cluster/prober.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { ProbeAddress, Probed, ProbeLane } from '../http/probe-connection.ts';
import type { Observer } from '../kube/watch/observer.ts';

export interface Prober {
  /** Since this process began. */
  counts(): ProbeCounts;
  /** The same at each turn of the last minutes, the oldest first. */
  earlier(): readonly EarlierProbes[];
  stop(): void;
}

const LANES = 10;
const MORE_LANES = 5;
/** Each lane asks once a second, one after the other. */
const TURN_MS = 100;
/**
 * While proxies hear of other endpoints requests are lost that never are otherwise: for so long more
 * connections are opened. Those that are kept are asked no more often: one that is cut costs one request.
 */
const CHANGED_MS = 4_000;
/** As many more in each turn then: a gap of a third of a second is not to fall between two of them. */
const MORE_TURNS = 1;
const TIMEOUT_MS = 3_000;
/** No metrics system is believed that tells of what is longer ago. */
const KEPT_MS = 2 * 60_000;
/** So many requests go over one connection: no pod is to wait for the prober to close it. */
const KEPT_REQUESTS = 4;

interface Lane {
  readonly connection: ProbeConnection;
  open: ProbeLane | undefined;
  asked: number;
  isBusy: boolean;
  /** Turns that it missed because it still waited. */
  missed: number;
}

const NOTHING: Prober = {
  counts: () => NO_PROBES,
  earlier: () => [],
  stop: () => undefined,
};

export function startProber(context: StageContext, plan: Plan, observer: Observer): Prober {
  if (!plan.probe) return NOTHING;
  const prober = new ServiceProber(context, plan, plan.probe, observer);
  void prober.run();
  return prober;
}

class ServiceProber implements Prober {
  readonly counts: Prober['counts'];
  readonly earlier: Prober['earlier'];
  readonly #context: StageContext;
  readonly #plan: Plan;
  readonly #target: ProbeTarget;
  readonly #observer: Observer;
  readonly #counts: ReturnType<typeof createCounts>;
  #earlier: readonly EarlierProbes[] = [];
  readonly #over = new AbortController();
  readonly #lanes = Array.from({ length: LANES }, (_, at) =>
    lane(at % 2 === 1 ? 'kept-alive' : 'fresh', at),
  );
  readonly #more = Array.from({ length: MORE_LANES }, (_, at) => lane('fresh', at));
  /** Whether the last new connection was answered. */
  #opens = true;
  /** Whom the Service leads to, and since when. */
  #led: { readonly to: string; readonly since: number };

  constructor(context: StageContext, plan: Plan, target: ProbeTarget, observer: Observer) {
    const { log } = context;
    this.#context = context;
    this.#plan = plan;
    this.#target = target;
    this.#observer = observer;
    this.#counts = createCounts((reason) => log.event({ event: 'prober', prober: 'lost', reason }));
    this.counts = this.#counts.now;
    this.earlier = () => this.#earlier;
    this.#led = { to: leadsTo(observer), since: Number.NEGATIVE_INFINITY };
  }

  async run(): Promise<void> {
    const { clock } = this.#context;
    const { signal } = this.#over;
    for (let at = 0; !signal.aborted; at += 1) {
      this.#remember();
      void this.#turn(nth(this.#lanes, at));
      const more = this.#isChanging() ? MORE_TURNS : 0;
      for (let extra = 0; extra < more; extra += 1) {
        await clock.sleep(TURN_MS / (more + 1), signal);
        if (!signal.aborted) void this.#turn(nth(this.#more, at * more + extra));
      }
      await clock.sleep(TURN_MS / (more + 1), signal);
    }
  }

  stop(): void {
    this.#over.abort();
    for (const { open } of [...this.#lanes, ...this.#more]) open?.renew();
  }

  async #turn(lane: Lane): Promise<void> {
    if (lane.isBusy) {
      lane.missed += 1;
      return;
    }
    lane.isBusy = true;
    const probed = await this.#ask(lane);
    if (probed.over === 'fresh') this.#opens = probed.kind === 'answered';
    // Whatever it would have asked meanwhile would not have been answered either.
    this.#counts.add(probed, probed.kind === 'lost' ? 1 + lane.missed : 1);
    lane.missed = 0;
    lane.isBusy = false;
  }

  #remember(): void {
    const at = this.#context.clock.now();
    const kept = this.#earlier.filter((each) => at - each.at <= KEPT_MS);
    this.#earlier = [...kept, { at, counts: this.counts() }];
  }

  async #ask(lane: Lane): Promise<Probed> {
    // Where new connections are not answered, clients do not close those that are.
    const isDue = lane.asked % KEPT_REQUESTS === 0 && this.#opens;
    if (lane.connection === 'fresh' || isDue) {
      lane.open?.renew();
      lane.open = undefined;
    }
    lane.asked += 1;
    const address = addressOf(this.#plan, this.#observer, lane.asked);
    if (!address) return NOWHERE;
    lane.open ??= this.#context.openLane({ ...address, target: this.#target }, lane.connection);
    return lane.open.ask(TIMEOUT_MS);
  }

  #isChanging(): boolean {
    const now = this.#context.clock.now();
    const to = leadsTo(this.#observer);
    if (to !== this.#led.to) this.#led = { to, since: now };
    return now - this.#led.since < CHANGED_MS;
  }
}

function lane(connection: ProbeConnection, asked: number): Lane {
  return { connection, open: undefined, asked, isBusy: false, missed: 0 };
}

function nth(lanes: readonly Lane[], at: number): Lane {
  const found = lanes[at % lanes.length];
  if (!found) throw new Error('there are lanes');
  return found;
}

const NOWHERE: Probed = {
  kind: 'lost',
  over: 'fresh',
  how: 'refused',
  why: 'the Service has no ready endpoint',
};

/** Who is ready behind the Service, as one text. */
function leadsTo(observer: Observer): string {
  return observer
    .look()
    .slices.flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses)
    .join();
}

/** The Service's own address; of one that has none (headless), those of its pods, one after the other. */
function addressOf(
  { servicePort, port }: Plan,
  observer: Observer,
  nth: number,
): Pick<ProbeAddress, 'host' | 'port'> | undefined {
  const { service, slices } = observer.look();
  if (!service) return undefined;
  const { clusterIP } = service.spec;
  if (clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None') {
    return { host: clusterIP, port: servicePort };
  }
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses);
  const host = ready[nth % Math.max(1, ready.length)];
  return host === undefined ? undefined : { host, port };
}

/** The first loss of a kind is told; the figures tell of all of them. */
function createCounts(tellFirst: (why: string) => void) {
  let now: ProbeCounts = NO_PROBES;
  let wasAnswered = false;
  const told = new Set<LostHow>();
  return {
    // Who was never answered may have asked for what this service never answers.
    now: () => (wasAnswered ? now : { ...NO_PROBES, inVain: probesSent(now) }),
    add: (probed: Probed, times: number): void => {
      wasAnswered ||= probed.kind === 'answered';
      const key = probed.over === 'fresh' ? 'fresh' : 'keptAlive';
      const { sent, lost } = now[key];
      if (probed.kind === 'answered') {
        const errors = now.errors + (probed.status >= 500 ? 1 : 0);
        now = { ...now, errors, [key]: { sent: sent + times, lost } };
        return;
      }
      const { how, why } = probed;
      if (!told.has(how)) tellFirst(`${how} over a ${probed.over} connection: ${why}`);
      told.add(how);
      now = {
        ...now,
        how: { ...now.how, [how]: (now.how[how] ?? 0) + times },
        [key]: { sent: sent + times, lost: lost + times },
      };
    },
  };
}
