/**
 * Containers without processes: each follows a small script of what an application would do. For
 * simulations, where a whole release passes in milliseconds under a virtual clock.
 */
import type { Timer } from '../base/clock.ts';
import { sleep } from '../base/clock.ts';
import type { World } from '../kubernetes/world.ts';
import { containerId } from './container-id.ts';
import type { NodeLogs } from './logs.ts';
import type {
  ConnectOutcome,
  ContainerConfig,
  ContainerExit,
  ContainerRuntime,
  ExecOutcome,
  HttpOutcome,
  RunningContainer,
} from './runtime.ts';

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterMs?: number;
}

export interface Script {
  /** How long it takes to listen; until then connections are refused. Absent: at once. */
  readonly listensAfterMs?: number | 'never';
  readonly answer?: (request: ScriptedRequest, aliveMs: number) => ScriptedAnswer;
  readonly exits?: ContainerExit & { readonly afterMs: number };
  readonly onTerminate?:
    | 'ignores it'
    | {
        readonly exitsAfterMs: number;
        readonly exitCode: number;
        /** Whether it still takes new connections while it ends. */
        readonly listens: 'until it exits' | 'no more';
      };
  readonly exec?: (command: readonly string[]) => ExecOutcome;
  /** Told of what happens to the container, as an application hears of SIGTERM. */
  readonly onEvent?: (event: 'terminated' | ContainerExit) => void;
  /** What it writes when it starts, a line each. */
  readonly log?: readonly string[];
}

export type ScriptFor = (config: ContainerConfig) => Script;

export type ScriptedResponse =
  | { readonly type: 'answered'; readonly answer: ScriptedAnswer }
  | { readonly type: 'refused' };

export interface ScriptedRuntime extends ContainerRuntime {
  /** What a client that connects to the pod right now is answered. */
  request(podIP: string, request: ScriptedRequest): ScriptedResponse;
}

interface ScriptedContainer extends RunningContainer {
  respond(request: ScriptedRequest): ScriptedResponse;
}

export interface ScriptedRuntimeOptions {
  readonly world: World;
  readonly logs: NodeLogs;
  readonly scriptFor: ScriptFor;
  /** How long it takes to make a pod's network. */
  readonly sandboxMs?: (() => number) | undefined;
}

export function createScriptedRuntime(options: ScriptedRuntimeOptions): ScriptedRuntime {
  const { world, logs, scriptFor, sandboxMs = () => 0 } = options;
  const listening = new Map<string, Set<ScriptedContainer>>();
  return {
    createSandbox: async (pod, podIP) => {
      await sleep(world.clock, sandboxMs());
      const containers = new Set<ScriptedContainer>();
      listening.set(podIP, containers);
      return {
        start: (config) => {
          const script = scriptFor(config);
          const container = startScript(world, script);
          containers.add(container);
          const log = logs.open(pod, config.container.name);
          for (const line of script.log ?? []) log.write(`${line}\n`);
          void container.exited.then(() => {
            containers.delete(container);
            log.end();
          });
          return Promise.resolve(container);
        },
        remove: () => {
          for (const container of containers) container.kill();
          if (listening.get(podIP) === containers) listening.delete(podIP);
          return Promise.resolve();
        },
      };
    },
    request: (podIP, request) => {
      for (const container of listening.get(podIP) ?? []) {
        const response = container.respond(request);
        if (response.type === 'answered') return response;
      }
      return { type: 'refused' };
    },
  };
}

function startScript(world: World, script: Script): ScriptedContainer {
  const { clock } = world;
  const startedAtMs = clock.now();
  const timers: Timer[] = [];
  let state: 'running' | 'ending' | 'exited' = 'running';
  let exit: (how: ContainerExit) => void = () => undefined;
  const exited = new Promise<ContainerExit>((resolve) => {
    exit = (how) => {
      if (state === 'exited') return;
      state = 'exited';
      for (const timer of timers) timer.cancel();
      script.onEvent?.(how);
      resolve(how);
    };
  });
  const exitAfter = (delayMs: number, how: ContainerExit): void => {
    timers.push(clock.after(delayMs, () => exit(how)));
  };
  if (script.exits) exitAfter(script.exits.afterMs, script.exits);

  const onTerminate = script.onTerminate ?? DEFAULT_END;
  const isListening = (): boolean => {
    const { listensAfterMs = 0 } = script;
    const isUp = listensAfterMs !== 'never' && clock.now() - startedAtMs >= listensAfterMs;
    const isClosing =
      state === 'ending' && onTerminate !== 'ignores it' && onTerminate.listens === 'no more';
    return state !== 'exited' && isUp && !isClosing;
  };
  const respond: ScriptedContainer['respond'] = (request) => {
    if (!isListening()) return { type: 'refused' };
    const answer = script.answer?.(request, clock.now() - startedAtMs) ?? { status: 200 };
    return { type: 'answered', answer };
  };

  return {
    id: containerId(world.random),
    exited,
    terminate: () => {
      if (state !== 'running' || onTerminate === 'ignores it') return;
      state = 'ending';
      script.onEvent?.('terminated');
      exitAfter(onTerminate.exitsAfterMs, { exitCode: onTerminate.exitCode });
    },
    kill: () => exit({ exitCode: 137 }),
    exec: (command) => Promise.resolve(script.exec?.(command) ?? NOTHING_TO_EXECUTE),
    httpGet: async ({ path, headers }, timeoutMs): Promise<HttpOutcome> => {
      const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
      const response = respond({ method: 'GET', path, headers: named });
      if (response.type === 'refused') return response;
      const { status, afterMs = 0 } = response.answer;
      if (afterMs > 0) await sleep(clock, Math.min(afterMs, timeoutMs));
      return afterMs > timeoutMs ? { type: 'timed-out' } : { type: 'answered', status };
    },
    connect: () => {
      const outcome: ConnectOutcome = { type: isListening() ? 'connected' : 'refused' };
      return Promise.resolve(outcome);
    },
    respond,
  };
}

const DEFAULT_END = { exitsAfterMs: 0, exitCode: 0, listens: 'no more' } as const;
const NOTHING_TO_EXECUTE: ExecOutcome = { type: 'exited', exitCode: 0, output: '' };
