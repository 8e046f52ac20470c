/** One run of the application's container: what it answers, and what becomes of it. */
import type {
  Script,
  ScriptedAnswer,
  ScriptedRequest,
} from '../../../embedded-cluster/node/scripted-runtime.ts';
import type { Scenario } from '../scenario.ts';

/** What clients ask for. */
export const PAYMENTS = '/pay';
export const VERSION_HEADER = 'x-app-version';
export const LINGER_MS = 3_000;

const CRASHED = 3;
/** Of a candidate that fails, unless its scenario says otherwise: every so many requests, one. */
const FAILING_EVERY = 5;

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

export interface Run {
  readonly scenario: Scenario;
  readonly quality: Scenario['candidate'] | 'good';
  /** Of which clients see what it is just now. */
  readonly instance: { -readonly [Key in keyof Instance]: Instance[Key] };
  readonly counted: Map<string, number>;
  payments: number;
  readonly hasMetrics: () => boolean;
}

export function startedRun(
  instance: Pick<Instance, 'podName' | 'isForeign' | 'attempt' | 'version' | 'listensFromMs'>,
  rest: Pick<Run, 'scenario' | 'quality' | 'hasMetrics'>,
): Run {
  return {
    ...rest,
    instance: {
      ...instance,
      letsGo: false,
      life: 'running',
      wasAsked: false,
      fell: false,
      goneAtMs: undefined,
    },
    counted: new Map(),
    payments: 0,
  };
}

export function answer(run: Run, { path }: ScriptedRequest): ScriptedAnswer {
  const { counted, instance, scenario } = run;
  const status = statusOf(run, path);
  const key = `http_requests_total{path="${path}",status="${status}"}`;
  counted.set(key, (counted.get(key) ?? 0) + 1);
  return {
    status,
    body: path === '/metrics' && status === 200 ? metricsPage(counted) : '',
    headers: {
      ...(scenario.application.versionHeader === 'told'
        ? { [VERSION_HEADER]: instance.version }
        : {}),
      ...(instance.letsGo ? { connection: 'close' } : {}),
    },
  };
}

function statusOf(run: Run, path: string): number {
  const { quality, scenario } = run;
  switch (path) {
    case '/ready':
      return quality === 'never-ready' ? 503 : 200;
    case '/smoke':
      return quality === 'broken' ? 500 : 200;
    case '/drain':
      if (scenario.application.drainHook === 'absent') return 404;
      run.instance.letsGo = true;
      return 202;
    case '/metrics':
      return run.hasMetrics() ? 200 : 503;
    case PAYMENTS: {
      run.payments += 1;
      const { failingEvery = FAILING_EVERY } = scenario;
      return quality === 'failing' && run.payments % failingEvery === 0 ? 500 : 200;
    }
    default:
      return 200;
  }
}

/** SIGTERM: from now on it ends, as its scenario says. */
export function asked({ instance, scenario }: Run): void {
  instance.life = 'ending';
  instance.wasAsked = true;
  if (scenario.application.ending !== 'abrupt') instance.letsGo = true;
}

export function gone({ instance }: Run, exitCode: number, atMs: number): void {
  instance.life = 'gone';
  instance.goneAtMs = atMs;
  instance.fell = exitCode === CRASHED;
}

export function crashAfter(afterMs: number): Script['exits'] & object {
  return { afterMs, exitCode: CRASHED };
}

function metricsPage(counted: ReadonlyMap<string, number>): string {
  const lines = [...counted].map(([key, value]) => `${key} ${value}`);
  return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
}
