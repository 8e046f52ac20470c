/**
 * Calls the drain hooks of pods, in the background: a pod that does not answer must not keep the
 * release from looking at everything else.
 */
import type { Effect } from '../../core/cluster/action.ts';
import type { StageContext } from '../context/stage-context.ts';

export interface DrainHooks {
  /** Ids of the calls that were answered. */
  readonly called: ReadonlySet<string>;
  /** Begins a call; one that failed may be made again. */
  start(id: string, call: Extract<Effect, { kind: 'call' }>): void;
  isUnderWay(id: string): boolean;
}

const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;

export function createDrainHooks(
  { ask, clock, log }: StageContext,
  changed: () => void,
): DrainHooks {
  const called = new Set<string>();
  const underWay = new Set<string>();
  return {
    called,
    isUnderWay: (id) => underWay.has(id),
    start: (id, { kind: _kind, pod, ...call }) => {
      underWay.add(id);
      void (async () => {
        const answer = await ask({ ...call, timeoutMs: CALL_TIMEOUT_MS });
        if (answer.kind === 'answered' && answer.status < 300) {
          called.add(id);
        } else {
          const reason = answer.kind === 'failed' ? answer.why : `answered ${answer.status}`;
          log.event({ event: 'drain-hook', pod, 'drain-hook': 'failed', reason });
          await clock.sleep(RETRY_MS);
        }
        underWay.delete(id);
        changed();
      })();
    },
  };
}
