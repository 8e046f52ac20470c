/**
 * Invariant 16, in worlds in which nothing goes wrong that takes time: a bad candidate is turned back as soon as
 * the limit by which it is bad allows.
 */
import type { GeneratedScenario } from '../../scenarios/scenario-generator.ts';
import type { Scenario } from '../../world/scenario.ts';
import type { Report } from '../broken.ts';
import type { Calm } from './calm.ts';
import { type Stretch, seconds } from './course.ts';
import { GRACE_MS, LOOK_MS, propagatedMs, startMs } from './explained.ts';

/** So long a limit must be exceeded (core/triggers/settings.ts). */
const EXCEEDED_MS = 3_000;
/** Fewer requests than this say nothing (core/triggers/kinds/metric.ts). */
const LEAST_REQUESTS = 20;
/** Before a pod of a candidate that fails answers its first error it has answered so many well (world/application). */
const BEFORE_ERROR = 4;

interface Due {
  readonly from: readonly string[];
  readonly withinMs: number;
}

type Story = Pick<GeneratedScenario, 'scenario' | 'visits'>;

export function checkVerdict(
  story: Story,
  stretches: readonly Stretch[],
  isCalm: Calm,
  report: Report,
): void {
  const due = dueIn(story);
  const first = stretches.filter(({ release }) => release === 'first');
  const began = first.find(({ phase }) => due?.from.includes(phase));
  if (!due || !began || !isCalm(began.fromMs, began.fromMs + due.withinMs)) return;
  const back = first.find(({ direction }) => direction === 'back');
  const tookMs = (back?.fromMs ?? Number.POSITIVE_INFINITY) - began.fromMs;
  if (tookMs <= due.withinMs) return;
  const after = back ? `after ${seconds(tookMs)}` : 'never';
  const seen = `a candidate that is ${story.scenario.candidate} was turned back ${after}, and ${seconds(due.withinMs)} are explained`;
  report('a verdict comes as soon as the limit explains', seen);
}

/** When the candidate is first there to be found bad, and by when it is; undefined: not in this world. */
function dueIn(story: Story): Due | undefined {
  const { scenario } = story;
  const { candidate, strategy, application, windows } = scenario;
  switch (candidate) {
    case 'never-ready':
      return { from: ['preparing', 'rolling'], withinMs: windows.readySeconds * 1000 + LOOK_MS };
    case 'broken':
      return strategy === 'rolling'
        ? undefined
        : { from: ['testing'], withinMs: startMs(scenario) + GRACE_MS };
    case 'failing':
      return application.metrics === 'counted' && isAsked(story) ? failingDue(scenario) : undefined;
    // It crashes when it likes, and may be good for as long as it is watched.
    case 'crashing':
    case 'good':
      return undefined;
  }
}

/** With session affinity clients stay with the pods that they know, and those of the candidate may get none. */
function isAsked({ scenario, visits }: Story): boolean {
  const isBound = visits.some(({ name }) => name === 'session-affinity');
  return scenario.router !== 'service' || !isBound || firstShare(scenario).share === 1;
}

function failingDue(scenario: Scenario): Due {
  const withinMs = propagatedMs(scenario) + countedMs(scenario) + EXCEEDED_MS;
  if (scenario.strategy !== 'rolling') return { from: ['confirming'], withinMs };
  // A StatefulSet first ends the pod whose name the new one bears.
  const endMs = scenario.shape === 'stateful-set' ? GRACE_MS : 0;
  return { from: ['rolling'], withinMs: endMs + startMs(scenario) + withinMs };
}

/**
 * Until the candidate has had enough requests, at the first share that it gets: a pod of ten gets one request in
 * ten. Which ones is chance, so as many more as lie within three standard deviations of a Poisson process.
 */
function countedMs(scenario: Scenario): number {
  const { load, router } = scenario;
  const { share, pods } = firstShare(scenario);
  const enough = LEAST_REQUESTS + BEFORE_ERROR * pods;
  // By the plain Service whoever keeps a connection stays with the pod at its other end.
  const clients = router === 'service' ? load.fresh : load.fresh + load.keptAlive;
  return Math.ceil(((enough + 3 * Math.sqrt(enough)) / (clients * share)) * load.everyMs);
}

/** What a candidate gets at first (world/service.ts), and among how many pods. */
function firstShare({ strategy, switching, router, shape, replicas }: Scenario): {
  readonly share: number;
  readonly pods: number;
} {
  const others = shape === 'stateful-set' ? replicas - 1 : replicas;
  const beside = { share: 1 / (others + 1), pods: 1 };
  switch (strategy) {
    case 'rolling':
      return beside;
    case 'blue-green':
      return { share: switching === 'instant' ? 1 : 0.3, pods: replicas };
    case 'canary':
    case 'blue-green-with-canary':
      // One pod of the candidate beside all of the stable's, as the weight has it where a router knows weights.
      return router === 'service' ? beside : { share: 0.1, pods: replicas };
  }
}
