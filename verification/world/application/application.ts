/**
 * The application under release, without a process: it answers, counts what it answered, lets go of
 * connections when it is asked to, and ends as well or as badly as its scenario says.
 */
import type { ContainerConfig } from '../../../embedded-cluster/node/runtime.ts';
import type {
  Script,
  ScriptedAnswer,
  ScriptedRequest,
} from '../../../embedded-cluster/node/scripted-runtime.ts';
import type { Scenario } from '../scenario.ts';

export const STABLE_TAG = 'v1';
export const CANDIDATE_TAG = 'v2';
/** A version that is good whatever the candidate is: for the release after a bad one. */
export const NEXT_TAG = 'v3';

/** What clients ask for. */
export const PAYMENTS = '/pay';
export const VERSION_HEADER = 'x-app-version';
export const LINGER_MS = 3_000;

const CRASHES_AFTER_MS = 9_000;
const CRASHED = 3;
/** Of a candidate that fails, unless its scenario says otherwise: every so many requests, one. */
const FAILING_EVERY = 5;

/** What runs in pods that are not the service's own, by tag of this repository. */
export const FOREIGN = 'worker';
/** deaf: takes no connections · answers: anything, with 200 · ends: takes none, and is done after a while. */
export const FOREIGN_TAGS = ['deaf', 'answers', 'ends'] as const;
const FOREIGN_WORKS_MS = 6_000;

/** One run of a container. */
export interface Instance {
  readonly podName: string;
  /** Of somebody else: it was never meant to be asked. */
  readonly isForeign: boolean;
  /** How often the container had run before. */
  readonly attempt: number;
  readonly version: string;
  /** Until then it takes no connections. */
  readonly listensFromMs: number;
  /** Answers with `connection: close`: whoever is connected goes elsewhere next time. */
  readonly letsGo: boolean;
  readonly life: 'running' | 'ending' | 'gone';
  /** Whether SIGTERM came first. */
  readonly wasAsked: boolean;
  /** Whether it ended by a crash, perhaps while it was ending anyway; otherwise as it was asked to, or killed. */
  readonly fell: boolean;
  readonly goneAtMs: number | undefined;
}

/** By itself: nobody had asked it to end. */
export function hasCrashed({ life, attempt, wasAsked, fell }: Instance): boolean {
  return fell || (life === 'gone' && !wasAsked) || attempt > 0;
}

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

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A pod that crashes: the `nth` of its version to start, when it has run for `afterMs`. */
export interface Crash {
  readonly version: string;
  readonly nth: number;
  readonly afterMs: number;
}

export function createApplication(
  scenario: Scenario,
  crashes: readonly Crash[],
  nowMs: () => number,
): Application {
  const { application, candidate, failingEvery = FAILING_EVERY } = scenario;
  const instances = new Map<string, Instance>();
  const started = new Map<string, number>();
  let lastCrash: Instance | undefined;
  let metrics: 'told' | 'out' = application.metrics === 'counted' ? 'told' : 'out';

  const scriptFor = ({ pod, image, attempt }: ContainerConfig): Script => {
    const isForeign = image.repository === FOREIGN;
    const version = isForeign ? FOREIGN : image.tag;
    const quality = version === CANDIDATE_TAG ? candidate : 'good';
    const instance: Mutable<Instance> = {
      podName: pod.metadata.name,
      isForeign,
      attempt,
      version,
      listensFromMs: nowMs() + application.listensAfterMs,
      letsGo: false,
      life: 'running',
      wasAsked: false,
      fell: false,
      goneAtMs: undefined,
    };
    instances.set(pod.status?.podIP ?? '', instance);
    const nth = started.get(version) ?? 0;
    started.set(version, nth + 1);
    const crash =
      quality === 'crashing'
        ? { afterMs: CRASHES_AFTER_MS }
        : crashes.find((each) => each.version === version && each.nth === nth);
    const counted = new Map<string, number>();
    let payments = 0;

    const count = (path: string, status: number): void => {
      const key = `http_requests_total{path="${path}",status="${status}"}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    };

    const statusOf = (path: string): number => {
      switch (path) {
        case '/ready':
          return quality === 'never-ready' ? 503 : 200;
        case '/smoke':
          return quality === 'broken' ? 500 : 200;
        case '/drain':
          if (application.drainHook === 'absent') return 404;
          instance.letsGo = true;
          return 202;
        case '/metrics':
          return metrics === 'told' ? 200 : 503;
        case PAYMENTS:
          payments += 1;
          return quality === 'failing' && payments % failingEvery === 0 ? 500 : 200;
        default:
          return 200;
      }
    };

    const answer = ({ path }: ScriptedRequest): ScriptedAnswer => {
      const status = statusOf(path);
      count(path, status);
      const told = path === '/metrics' && status === 200;
      return {
        status,
        body: told ? metricsPage(counted) : '',
        headers: {
          ...(application.versionHeader === 'told' ? { [VERSION_HEADER]: version } : {}),
          ...(instance.letsGo ? { connection: 'close' } : {}),
        },
      };
    };

    const exits =
      isForeign && image.tag === 'ends'
        ? { afterMs: FOREIGN_WORKS_MS, exitCode: 0 }
        : crash && { afterMs: crash.afterMs, exitCode: CRASHED };
    return {
      listensAfterMs: isForeign && image.tag !== 'answers' ? 'never' : application.listensAfterMs,
      answer,
      onEvent: (event) => {
        if (event === 'terminated') {
          instance.life = 'ending';
          instance.wasAsked = true;
          if (application.ending !== 'abrupt') instance.letsGo = true;
          return;
        }
        instance.life = 'gone';
        instance.goneAtMs = nowMs();
        instance.fell = event.exitCode === CRASHED;
        if (!instance.wasAsked && !isForeign) lastCrash = { ...instance };
      },
      onTerminate: ENDINGS[application.ending],
      log: [`version ${version} starts`],
      ...(exits ? { exits } : {}),
    };
  };

  return {
    scriptFor,
    at: (address) => instances.get(address),
    crashedSince: (atMs) => ((lastCrash?.goneAtMs ?? 0) > atMs ? lastCrash : undefined),
    setMetrics: (state) => {
      metrics = state;
    },
  };
}

const ENDINGS = {
  lingers: { exitsAfterMs: LINGER_MS, exitCode: 0, listens: 'until it exits' },
  closes: { exitsAfterMs: 200, exitCode: 0, listens: 'no more' },
  abrupt: { exitsAfterMs: 0, exitCode: 0, listens: 'no more' },
} as const;

function metricsPage(counted: ReadonlyMap<string, number>): string {
  const lines = [...counted].map(([key, value]) => `${key} ${value}`);
  return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
}
