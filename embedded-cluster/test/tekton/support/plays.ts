// Small Pipelines, and what their tasks do when they are played.
import { pods } from '../../../kubernetes/collection.ts';
import type { Pod } from '../../../kubernetes/shapes.ts';
import { pipelineRuns, taskRuns } from '../../../tekton/collections.ts';
import { isDone, succeededCondition } from '../../../tekton/conditions.ts';
import type { PipelineRun, TaskRun } from '../../../tekton/model/runs.ts';
import type { Played, Script } from './pod-player.ts';
import { NAMESPACE, type Simulation, simulate } from './simulation.ts';

export interface Act {
  readonly seconds?: number;
  readonly exit?: number;
  readonly results?: Readonly<Record<string, string>>;
  /** What the entrypoint says to the controller alone. */
  readonly internal?: Readonly<Record<string, string>>;
  /** Seconds after SIGTERM, and the exit code then. */
  readonly onTerm?: { readonly seconds: number; readonly exit: number };
}

function played(act: Act): Played {
  const { seconds = 1, exit = 0, results = {}, internal = {}, onTerm } = act;
  const entries = (texts: object, type: number): object[] =>
    Object.entries(texts).map(([key, value]) => ({ key, value, type }));
  const told = { StartedAt: '2026-11-21T05:50:11.147Z', ...internal };
  return {
    runsMs: seconds * 1000,
    exitCode: exit,
    message: JSON.stringify([...entries(results, 1), ...entries(told, 3)]),
    ...(onTerm && { onTerm: { takesMs: onTerm.seconds * 1000, exitCode: onTerm.exit } }),
  };
}

export interface PlayedTask extends Simulation {
  taskRun(): TaskRun;
  /** As it is now; the pod of the second attempt is `run-pod-retry1`. */
  pod(name?: string): Pod;
  finish(): Promise<void>;
}

/** A TaskRun `run`; `act` says what a step does in which attempt. */
export function playTask(
  spec: object,
  act: (step: string, attempt: number) => Act = () => ({}),
  others: readonly unknown[] = [],
): PlayedTask {
  const simulation = simulate((pod, container) =>
    played(act(container.replace('step-', ''), attemptOf(pod))),
  );
  for (const other of others) simulation.create(other);
  const metadata = { name: 'run' };
  simulation.create({ apiVersion: 'tekton.dev/v1', kind: 'TaskRun', metadata, spec });
  const taskRun = (): TaskRun => found(taskRuns(simulation.world).get(NAMESPACE, 'run'));
  return {
    ...simulation,
    taskRun,
    pod: (name = 'run-pod') => found(pods(simulation.world).get(NAMESPACE, name)),
    finish: async () => {
      await simulation.until(() => isDone(taskRun().status));
      await simulation.run(60);
    },
  };
}

function found<T>(object: T | undefined): T {
  if (object === undefined) throw new Error('there is none');
  return object;
}

function attemptOf({ metadata }: Pod): number {
  return Number(/-retry(\d+)$/.exec(metadata.name)?.[1] ?? 0);
}

/** Acts by pipeline task; the further ones of a task are for its retries. */
export type Acts = Readonly<Record<string, Act | readonly Act[]>>;

export function playing(acts: Acts): Script {
  return (pod: Pod) => {
    const task = pod.metadata.labels?.['tekton.dev/pipelineTask'] ?? '';
    const own = [acts[task] ?? {}].flat();
    return played(own[Math.min(attemptOf(pod), own.length - 1)] ?? {});
  };
}

export const STEP = { name: 'run', image: 'images.example/node:20', command: ['node'] };

/** An embedded Task with these results, whose step says its params in its arguments. */
export function embedded(fields: object = {}): object {
  return { taskSpec: { steps: [STEP], ...fields } };
}

export interface PlayedRun extends Simulation {
  pipelineRun(): PipelineRun;
  taskRun(pipelineTask: string): TaskRun;
  /** Runs the world until the run is done, and a minute longer. */
  finish(): Promise<void>;
  /** Changes what is asked of the run. */
  ask(spec: object): void;
}

/** A PipelineRun `run` of an embedded Pipeline, in a world of its own. */
export function play(pipelineSpec: object, acts: Acts = {}, spec: object = {}): PlayedRun {
  const simulation = simulate(playing(acts));
  simulation.create({
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name: 'run' },
    spec: { pipelineSpec, ...spec },
  });
  return { ...simulation, ...handles(simulation) };
}

function handles(simulation: Simulation): Omit<PlayedRun, keyof Simulation> {
  const { world } = simulation;
  const pipelineRun = (): PipelineRun => found(pipelineRuns(world).get(NAMESPACE, 'run'));
  return {
    pipelineRun,
    taskRun: (pipelineTask) => found(taskRuns(world).get(NAMESPACE, `run-${pipelineTask}`)),
    finish: async () => {
      await simulation.until(() => isDone(pipelineRun().status));
      await simulation.run(60);
    },
    ask: (spec) => {
      const run = pipelineRun();
      pipelineRuns(world).update({ ...run, spec: { ...run.spec, ...spec } });
    },
  };
}

/** The steps of a Task whose program gets these arguments. */
export function says(...args: string[]): object {
  return { steps: [{ ...STEP, args }] };
}

export function podOf({ world }: PlayedRun, pipelineTask: string): Pod {
  return found(pods(world).get(NAMESPACE, `run-${pipelineTask}-pod`));
}

/** What the program of a task's first step got as its arguments. */
export function said(run: PlayedRun, pipelineTask: string): string[] {
  const args = podOf(run, pipelineTask).spec.containers[0]?.args ?? [];
  return args.slice(args.indexOf('--') + 1);
}

/** `True Completed` */
export function verdict(run: PipelineRun | TaskRun): string {
  const condition = succeededCondition(run.status);
  return `${condition?.status} ${condition?.reason}`;
}

export function message(run: PipelineRun | TaskRun): string | undefined {
  return succeededCondition(run.status)?.message;
}

/** `name: reason` of each task that was skipped. */
export function skipped(run: PipelineRun): string[] {
  return (run.status?.skippedTasks ?? []).map(({ name, reason }) => `${name}: ${reason}`);
}

export function children(run: PipelineRun): string[] {
  return (run.status?.childReferences ?? []).map(({ pipelineTaskName }) => pipelineTaskName);
}

/** The params that a pipeline task was started with. */
export function given(run: TaskRun): Record<string, unknown> {
  return Object.fromEntries((run.spec.params ?? []).map(({ name, value }) => [name, value]));
}
