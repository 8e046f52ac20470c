/**
 * Asks the API with patience: transient errors are retried, with back-off and as long as the
 * deadline allows. Once the process has to end there is little time left for anything.
 */
import type { Clock } from '../clock.ts';
import { messageOf } from '../failure.ts';
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts';

const REQUEST_TIMEOUT_MS = 10_000;
/** How long each request is tried: shorter than any deadline of a stage, and short when in a hurry. */
const PATIENCE_MS = 30_000;
const HURRIED_PATIENCE_MS = 5_000;
/** All that is asked in a hurry, together: a stage has 25 s to make things safe and to end. */
const HURRY_MS = 20_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Status 0 where no answer came. `hurry` is aborted once the process has to end. */
export function createAsking(
  transport: Transport,
  clock: Clock,
  hurry: AbortSignal,
): (request: ApiRequest) => Promise<ApiAnswer> {
  let hurriedAt = clock.now();
  hurry.addEventListener('abort', () => {
    hurriedAt = clock.now();
  });

  /** What is left in a hurry for a request that began then. */
  const hurriedMs = (began: number): number =>
    Math.min(began + HURRIED_PATIENCE_MS, hurriedAt + HURRY_MS) - clock.now();

  /** Asks once. A request that is under way when the hurry begins is given up soon as well. */
  const askOnce = async (request: ApiRequest): Promise<ApiAnswer> => {
    const timeoutMs = hurry.aborted ? hurriedMs(clock.now()) : REQUEST_TIMEOUT_MS;
    if (timeoutMs <= 0) return noAnswer(new Error('not asked any more: the stage has to end'));
    const answered = new AbortController();
    const tooLate = async (): Promise<ApiAnswer> => {
      await clock.sleep(timeoutMs, AbortSignal.any([hurry, answered.signal]));
      if (hurry.aborted) await clock.sleep(hurriedMs(clock.now()), answered.signal);
      return noAnswer(new Error('it was not waited for any longer'));
    };
    const answer = await Promise.race([
      transport.send(request, timeoutMs).catch(noAnswer),
      tooLate(),
    ]);
    answered.abort();
    return answer;
  };

  return async (request) => {
    const began = clock.now();
    for (let attempt = 0; ; attempt += 1) {
      const answer = await askOnce(request);
      const pauseMs = answer.retryAfterMs ?? pauseBefore(attempt);
      const leftMs = hurry.aborted ? hurriedMs(began) : began + PATIENCE_MS - clock.now();
      if (!isTransient(answer.status) || pauseMs > leftMs) return answer;
      await clock.sleep(pauseMs, hurry.aborted ? undefined : hurry);
    }
  };
}

function noAnswer(thrown: unknown): ApiAnswer {
  return { status: 0, retryAfterMs: undefined, text: messageOf(thrown) };
}

/** No answer (0), too busy, or broken on the other side: asking again may help. */
function isTransient(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}
