/** When in a story nothing goes wrong that would explain why something took longer, or cost more. */
import type { NeighbourName } from '../../neighbours/all.ts';
import type {
  Accident,
  EnvironmentFault,
  GeneratedScenario,
} from '../../scenarios/scenario-generator.ts';
import type { ProcessRun } from '../../world/process/process.ts';

/** Whether all of a stretch of time was calm, and one and the same process was there in it. */
export type Calm = (fromMs: number, toMs: number) => boolean;

/**
 * Who takes no time: those who only lie about. What the others change is put right, waited for, or asked for
 * again.
 */
const IDLE: ReadonlySet<string> = new Set<NeighbourName>([
  'leftover-pods',
  'rewritten-images',
  'session-affinity',
  'foreign-pods',
]);

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `beganMs`: from when on the times of a story count. Undefined: it is never calm. */
export function calmIn(
  { crashes, mishaps, accidents, orders, visits }: GeneratedScenario,
  ran: readonly ProcessRun[],
  beganMs: number,
): Calm | undefined {
  // A pod that crashes does so by its own clock, and is waited for wherever it was needed.
  if (crashes.length > 0 || visits.some(({ name }) => !IDLE.has(name))) return undefined;
  const windows = [
    ...mishaps.flatMap(mishapWindow),
    ...accidents.map(accidentWindow),
    ...orders.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + ASKED_MS })),
  ];
  return (fromMs, toMs) => {
    const isStruck = windows.some(
      (each) => each.fromMs + beganMs < toMs && each.toMs + beganMs > fromMs,
    );
    const isDriven = ran.some((each) => each.fromMs <= fromMs && (each.toMs ?? 0) >= toMs);
    return isDriven && !isStruck;
  };
}

/** A pause lasts no longer (simulation/play.ts), and what it has kept waiting goes on then. */
const ASKED_MS = 40_000;

/** A watch that has begun to lag or is silent lasts until it is listed anew; a request is given up sooner. */
const WATCHED_ANEW_MS = 40_000;
/** Pods that an autoscaler has asked for are there. */
const SCALED_MS = 40_000;

function mishapWindow({ kind, atMs, forMs }: EnvironmentFault): Window[] {
  switch (kind) {
    case 'edit':
      return [];
    case 'scale':
      return [{ fromMs: atMs, toMs: atMs + SCALED_MS }];
    case 'api-faults':
    case 'api-unanswered':
    case 'watches':
    case 'metrics-out':
      return [{ fromMs: atMs, toMs: atMs + forMs + WATCHED_ANEW_MS }];
  }
}

function accidentWindow(accident: Accident): Window {
  const { atMs } = accident;
  switch (accident.kind) {
    case 'frozen':
      return { fromMs: atMs, toMs: atMs + accident.forMs + WATCHED_ANEW_MS };
    // Whoever is killed does not go on: the next process has a time of its own.
    case 'killed':
    case 'killed-at-write':
    case 'stopped':
      return { fromMs: atMs, toMs: atMs + WATCHED_ANEW_MS };
  }
}
