/**
 * The application under release, without a process: it answers, counts what it answered, lets go of
 * connections when it is asked to, and ends as well or as badly as its scenario says.
 */
import type { ContainerConfig } from '../../../embedded-cluster/node/runtime.ts';
import type { Script } from '../../../embedded-cluster/node/scripted-runtime.ts';
import type { Scenario } from '../scenario.ts';
import {
  answer,
  asked,
  crashAfter,
  gone,
  type Instance,
  LINGER_MS,
  type Run,
  startedRun,
} from './run.ts';
import { CANDIDATE_TAG, FOREIGN } from './versions.ts';

const CRASHES_AFTER_MS = 9_000;
const FOREIGN_WORKS_MS = 6_000;

export interface Application {
  readonly scriptFor: (config: ContainerConfig) => Script;
  /**
   * The run that is under way, or was last, in the pod with that address: other than its name, a
   * StatefulSet gives it to no other.
   */
  at(address: string): Instance | undefined;
  /** The last that crashed, if it was after that time. */
  crashedSince(atMs: number): Instance | undefined;
  /** While it is out, no pod tells its metrics. */
  setMetrics(state: 'told' | 'out'): void;
}

/** A pod that crashes: the `nth` of its version to start, when it has run for `afterMs`. */
export interface Crash {
  readonly version: string;
  readonly nth: number;
  readonly afterMs: number;
}

/** All runs of the application, and what they have in common. */
interface Runs {
  readonly scenario: Scenario;
  readonly crashes: readonly Crash[];
  readonly nowMs: () => number;
  /** By the address of the pod. */
  readonly instances: Map<string, Instance>;
  /** How many of each version. */
  readonly started: Map<string, number>;
  lastCrash: Instance | undefined;
  metrics: 'told' | 'out';
}

export function createApplication(
  scenario: Scenario,
  crashes: readonly Crash[],
  nowMs: () => number,
): Application {
  const runs: Runs = {
    ...{ scenario, crashes, nowMs },
    instances: new Map(),
    started: new Map(),
    lastCrash: undefined,
    metrics: scenario.application.metrics === 'counted' ? 'told' : 'out',
  };
  return {
    scriptFor: (config) => startRun(runs, config),
    at: (address) => runs.instances.get(address),
    crashedSince: (atMs) => ((runs.lastCrash?.goneAtMs ?? 0) > atMs ? runs.lastCrash : undefined),
    setMetrics: (state) => {
      runs.metrics = state;
    },
  };
}

function startRun(runs: Runs, { pod, image, attempt }: ContainerConfig): Script {
  const { scenario, started, nowMs } = runs;
  const { application, candidate } = scenario;
  const isForeign = image.repository === FOREIGN;
  const version = isForeign ? FOREIGN : image.tag;
  const listensFromMs = nowMs() + application.listensAfterMs;
  const run = startedRun(
    { podName: pod.metadata.name, isForeign, attempt, version, listensFromMs },
    {
      scenario,
      quality: version === CANDIDATE_TAG ? candidate : 'good',
      hasMetrics: () => runs.metrics === 'told',
    },
  );
  runs.instances.set(pod.status?.podIP ?? '', run.instance);
  const nth = started.get(version) ?? 0;
  started.set(version, nth + 1);
  const exits =
    isForeign && image.tag === 'ends'
      ? { afterMs: FOREIGN_WORKS_MS, exitCode: 0 }
      : crashOf(runs, run, nth);
  return {
    listensAfterMs: isForeign && image.tag !== 'answers' ? 'never' : application.listensAfterMs,
    answer: (request) => answer(run, request),
    onEvent: (event) => {
      if (event === 'terminated') asked(run);
      else end(runs, run, event.exitCode);
    },
    onTerminate: ENDINGS[application.ending],
    log: [`version ${version} starts`],
    ...(exits ? { exits } : {}),
  };
}

function crashOf({ crashes }: Runs, { quality, instance }: Run, nth: number): Script['exits'] {
  if (quality === 'crashing') return crashAfter(CRASHES_AFTER_MS);
  const crash = crashes.find((each) => each.version === instance.version && each.nth === nth);
  return crash && crashAfter(crash.afterMs);
}

function end(runs: Runs, run: Run, exitCode: number): void {
  gone(run, exitCode, runs.nowMs());
  const { instance } = run;
  if (!instance.wasAsked && !instance.isForeign) runs.lastCrash = { ...instance };
}

const ENDINGS = {
  lingers: { exitsAfterMs: LINGER_MS, exitCode: 0, listens: 'until it exits' },
  closes: { exitsAfterMs: 200, exitCode: 0, listens: 'no more' },
  abrupt: { exitsAfterMs: 0, exitCode: 0, listens: 'no more' },
} as const;
