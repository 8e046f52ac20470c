/**
 * A stage as a process of the simulated world: the production step under virtual time, which may be
 * asked to stop (SIGTERM), killed at any write, or left where it is at any moment.
 */
import { setMaxListeners } from 'node:events';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { Clock } from '../../../effects/base/clock.ts';
import { messageOf, StageFailure } from '../../../effects/base/failure.ts';
import { ANYWHERE } from '../../../effects/context/destinations.ts';
import { createLog } from '../../../effects/context/log.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { createKube } from '../../../effects/kube/client.ts';
import { inClusterTime } from '../../../effects/kube/cluster-time.ts';
import type { ApiRequest } from '../../../effects/kube/transport.ts';
import type { Stage } from '../../../effects/stage/run-stage.ts';
import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import type { ApiGate } from './api-gate.ts';
import { simulatedAsk } from './ask.ts';
import { simulatedHold } from './keep-alive.ts';
import { simulatedLanes } from './prober.ts';
import { createProcessLifecycle, type ProcessLifecycle } from './process-lifecycle.ts';
import { simulatedReach } from './reach.ts';
import { type ApiUse, type Kill, simulatedTransport } from './transport.ts';

/** bug: it threw what no stage may throw. */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number; readonly results: Results }
  | { readonly kind: 'killed' }
  | { readonly kind: 'bug'; readonly why: string };

type Results = Readonly<Record<string, string>>;

export interface StageProcess {
  readonly name: string;
  readonly use: ApiUse;
  readonly ended: Promise<Ended>;
  /** SIGTERM. */
  stop(): void;
  /** SIGKILL. */
  kill(): void;
  /** The machine stalls for a while. */
  freeze(): void;
  thaw(): void;
  isFrozen(): boolean;
}

/** What one process asked of the API, and when it was there. */
export interface ProcessRun {
  readonly name: string;
  readonly use: Readonly<ApiUse>;
  readonly fromMs: number;
  /** Undefined as long as it runs. */
  toMs: number | undefined;
}

export interface ProcessOptions {
  readonly killAt?: (write: number, request: ApiRequest) => Kill | undefined;
  readonly latencyMs: () => number;
  /** By how much the clock of its machine is ahead. */
  readonly skewMs?: number;
  /** Between it and the API. */
  readonly gate?: ApiGate;
  /** Told its name at once, whoever else may not know of it yet. */
  readonly onKilled?: (name: string) => void;
  readonly log: (line: string) => void;
}

export function startProcess(
  cluster: SimulatedCluster,
  name: string,
  step: Stage,
  given: Readonly<Record<string, string>>,
  { killAt = () => undefined, latencyMs, skewMs = 0, gate, onKilled, log }: ProcessOptions,
): StageProcess {
  const life = createProcessLifecycle();
  life.onKill(() => onKilled?.(name));
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const use: ApiUse = { requests: 0, writes: 0, done: 0, leased: false };
  const own = clockOf(cluster, life, skewMs);
  const { clock, transport } = inClusterTime(
    simulatedTransport({ cluster, life, use, latencyMs, killAt, gate }),
    own,
  );
  const ask = simulatedAsk(cluster, life, latencyMs);
  const context: StageContext = {
    kube: createKube(transport, own, stop.signal),
    ask,
    destinations: async () => ANYWHERE,
    askConfigured: ask,
    hold: simulatedHold(ask),
    reach: simulatedReach(ask),
    certificate: async () => ({ kind: 'none', why: 'nobody speaks TLS here' }),
    openLane: simulatedLanes(cluster, life),
    post: () => Promise.resolve({ status: undefined, why: 'no mail goes out of this world' }),
    clock,
    log: createLog('text', (line) => {
      if (life.state !== 'killed') log(`${name}: ${line.trimEnd()}`);
    }),
    secretsDir: '',
    stop: stop.signal,
    process: name,
  };
  const killed = new Promise<Ended>((resolve) => life.onKill(() => resolve({ kind: 'killed' })));
  const options = { ...defaultsOf(step), ...given };
  return {
    name,
    use,
    ended: Promise.race([run(step, options, context), killed]).then((ended) => {
      if (ended.kind !== 'exited') log(`${name}: ${ended.kind}`);
      else log(`${name}: exit ${ended.code}`);
      return ended;
    }),
    stop: () => stop.abort(),
    kill: life.kill,
    freeze: life.freeze,
    thaw: life.thaw,
    isFrozen: () => life.state === 'frozen',
  };
}

async function run(step: Stage, options: Results, context: StageContext): Promise<Ended> {
  try {
    const { exitCode, results, summary } = await step.run(options, context);
    if (summary) context.log.event(summary);
    return { kind: 'exited', code: exitCode, results };
  } catch (thrown) {
    context.log.event({ event: 'error', error: messageOf(thrown) });
    if (thrown instanceof StageFailure) {
      return { kind: 'exited', code: thrown.exitCode, results: {} };
    }
    return { kind: 'bug', why: thrown instanceof Error ? String(thrown.stack) : String(thrown) };
  }
}

/** What yargs would fill in. */
function defaultsOf(step: Stage): Record<string, string> {
  const defaults = Object.entries(step.options).map(([name, option]) => [name, option.default]);
  return Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
}

function clockOf({ clock }: SimulatedCluster, life: ProcessLifecycle, skewMs: number): Clock {
  return {
    now: (): Instant => instant(clock.now() + skewMs),
    sleep: (delayMs, signal) =>
      life.guard(
        new Promise<void>((resolve) => {
          if (signal?.aborted) return resolve();
          const done = (): void => {
            timer.cancel();
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const timer = clock.after(delayMs, done);
          signal?.addEventListener('abort', done, { once: true });
        }),
      ),
  };
}
