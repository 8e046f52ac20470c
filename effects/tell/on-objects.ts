/**
 * Writes a release's story as Events on its objects. Nothing waits for it, and nothing comes of it where it
 * cannot be written but one line in the log.
 */

import type { Observation } from '../../core/cluster/observation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { eventsOf, type StoryEvent } from '../../core/report/on-objects/event-object.ts';
import { type Chapter, storyOf } from '../../core/report/on-objects/story.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { messageOf } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import { KubeError } from '../kube/refusal.ts';

export interface StoryTeller {
  /** Tells what of it was not told yet. Does not wait. */
  tell(state: ReleaseState, seen: Observation): void;
  /** Resolves when all is written, or has taken long enough. */
  told(): Promise<void>;
}

/** For each Event. Not longer: the next look tells it again. */
const PATIENCE_MS = 2_000;
const LAST_WAIT_MS = 2_000;
/** Of one process. Hundreds of steps and of changes by others are too long a story. */
const MOST_EVENTS = 100;
/** Kept for the end, whatever came before. */
const KEPT_FOR_END = 5;
const MOST_FAILURES = 10;

export function createStoryTeller(
  { kube, clock, log, stop, process }: StageContext,
  plan: Plan,
): StoryTeller {
  const api = kube.within(PATIENCE_MS);
  const known = new Set<string>();
  let failures = 0;
  let isOver = false;
  let telling: Promise<void> | undefined;
  let waiting: StoryEvent[] = [];

  async function write(event: StoryEvent): Promise<void> {
    try {
      // Refused where another process has told it: then it is there.
      await api.create(event);
    } catch (thrown) {
      failures += 1;
      known.delete(event.metadata.name);
      const isRefused = thrown instanceof KubeError && thrown.status === 403;
      isOver ||= isRefused || failures >= MOST_FAILURES;
      if (failures === 1) {
        log.event({ event: 'story', story: 'not on the objects', reason: messageOf(thrown) });
      }
    }
  }

  async function writeAll(): Promise<void> {
    for (let next = waiting.shift(); next && !isOver; next = waiting.shift()) await write(next);
    telling = undefined;
  }

  /** Whether there is room for it. */
  const mayTell = ({ reason }: Chapter): boolean =>
    known.size < MOST_EVENTS - (ENDS.includes(reason) ? 0 : KEPT_FOR_END);

  return {
    tell: (state, seen) => {
      if (isOver) return;
      for (const chapter of storyOf(plan, state, seen.at)) {
        for (const event of eventsOf(plan, chapter, seen, process)) {
          if (known.has(event.metadata.name) || !mayTell(chapter)) continue;
          known.add(event.metadata.name);
          waiting.push(event);
        }
      }
      if (waiting.length > 0) telling ??= writeAll();
    },
    told: async () => {
      if (telling === undefined) return;
      await Promise.race([telling, clock.sleep(LAST_WAIT_MS, stop)]);
      waiting = [];
      isOver = true;
    },
  };
}

const ENDS: readonly Chapter['reason'][] = [
  'ReleasePromoted',
  'ReleaseRolledBack',
  'ReleaseFailed',
];
