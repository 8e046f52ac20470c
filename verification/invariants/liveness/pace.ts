/**
 * Invariants 14 and 16, in worlds in which nothing goes wrong that takes time: a phase takes no longer than its
 * own bound explains, and a bad candidate is turned back as soon as the limit by which it is bad allows.
 */
import type { Scenario } from '../../world/scenario.ts';
import type { Report } from '../broken.ts';
import type { Calm } from './calm.ts';
import type { Stretch } from './course.ts';

/** Between a change and the look at it, and until what was decided is written. */
const LOOK_MS = 2_000;
/** The next stage of the pipeline begins. */
const HAND_OVER_MS = 5_000;
/** A pod ends within its grace. */
const GRACE_MS = 30_000;
/** A few errors that the stable's rate does not explain are watched for longer (insufficientData). */
const UNEXPLAINED_MS = 120_000;
/** So many changes of routes follow each other, each of which every proxy has to hear of. */
const MOST_CHANGES = 4;

export function checkPace(
  scenario: Scenario,
  stretches: readonly Stretch[],
  isCalm: Calm,
  report: Report,
): void {
  for (const { release, phase, direction, fromMs, toMs } of stretches) {
    if (toMs === undefined || phase === 'done' || !isCalm(fromMs, toMs)) continue;
    const boundMs = LONGEST[phase]?.(scenario) ?? 0;
    if (toMs - fromMs <= boundMs) continue;
    const seen = `${release} was ${seconds(toMs - fromMs)} in phase ${phase} (${direction}), and no more than ${seconds(boundMs)} are explained`;
    report('a phase takes no longer than its own bound explains', seen);
  }
  checkVerdict(scenario, stretches, isCalm, report);
}

type Bound = (scenario: Scenario) => number;

const LONGEST: Readonly<Record<string, Bound>> = {
  routing: changesMs,
  preparing: ({ windows }) => windows.readySeconds * 1000 + LOOK_MS,
  // The drain probe ends a pod, which is then started anew.
  testing: (scenario) => startMs(scenario) + GRACE_MS,
  switching: propagatedMs,
  confirming: propagatedMs,
  monitoring: ({ windows, candidate }) =>
    windows.monitoringSeconds * 1000 + LOOK_MS + (candidate === 'good' ? 0 : UNEXPLAINED_MS),
  holding: () => HAND_OVER_MS,
  landing: changesMs,
  draining: ({ windows }) => windows.drainMaxSeconds * 1000 + LOOK_MS,
  retiring: () => GRACE_MS + LOOK_MS,
  tidying: changesMs,
  rolling: (scenario) =>
    scenario.shape === 'stateful-set'
      ? scenario.replicas * (startMs(scenario) + GRACE_MS)
      : scenario.windows.readySeconds * 1000 + GRACE_MS,
  settling: () => LOOK_MS,
};

/** Until every proxy has surely heard. */
function propagatedMs({ windows }: Scenario): number {
  return windows.drainMinSeconds * 1000 + LOOK_MS;
}

function changesMs(scenario: Scenario): number {
  return MOST_CHANGES * propagatedMs(scenario);
}

/** From a pod's creation until it is seen to be ready. */
function startMs({ application, network }: Scenario): number {
  return application.listensAfterMs + network.sandboxMs + LOOK_MS;
}

/** So long a limit must be exceeded (core/triggers/profiles.ts), and until enough requests have said so. */
const EXCEEDED_MS = 3_000;
const COUNTED_MS = 12_000;

interface Due {
  readonly from: readonly string[];
  readonly withinMs: number;
}

/** When the candidate is first there to be found bad, and by when it is; undefined: not in this world. */
function dueIn(scenario: Scenario): Due | undefined {
  const { candidate, strategy, application, windows } = scenario;
  switch (candidate) {
    case 'never-ready':
      return { from: ['preparing', 'rolling'], withinMs: windows.readySeconds * 1000 + LOOK_MS };
    case 'broken':
      return strategy === 'rolling'
        ? undefined
        : { from: ['testing'], withinMs: startMs(scenario) + GRACE_MS };
    case 'failing': {
      const withinMs = propagatedMs(scenario) + COUNTED_MS + EXCEEDED_MS;
      return application.metrics === 'counted'
        ? { from: ['confirming', 'rolling'], withinMs }
        : undefined;
    }
    // It crashes when it likes, and may be good for as long as it is watched.
    case 'crashing':
    case 'good':
      return undefined;
  }
}

function checkVerdict(
  scenario: Scenario,
  stretches: readonly Stretch[],
  isCalm: Calm,
  report: Report,
): void {
  const due = dueIn(scenario);
  const first = stretches.filter(({ release }) => release === 'first');
  const began = first.find(({ phase }) => due?.from.includes(phase));
  if (!due || !began || !isCalm(began.fromMs, began.fromMs + due.withinMs)) return;
  const back = first.find(({ direction }) => direction === 'back');
  const tookMs = (back?.fromMs ?? Number.POSITIVE_INFINITY) - began.fromMs;
  if (tookMs <= due.withinMs) return;
  const after = back ? `after ${seconds(tookMs)}` : 'never';
  const seen = `a candidate that is ${scenario.candidate} was turned back ${after}, and ${seconds(due.withinMs)} are explained`;
  report('a verdict comes as soon as the limit explains', seen);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
