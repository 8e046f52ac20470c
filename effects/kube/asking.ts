/**
 * Asks the API with patience: transient errors are retried, with back-off and as long as the
 * deadline allows. Once the process has to end there is little time left for anything.
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/failure.ts';
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts';

const REQUEST_TIMEOUT_MS = 10_000;
/** How long each request is tried: shorter than any deadline of a stage, and short when in a hurry. */
export const PATIENCE_MS = 30_000;
const HURRIED_PATIENCE_MS = 5_000;
/** A token that was rotated is read anew at once; who may not ask at all is told so soon. */
const UNKNOWN_CALLER_PATIENCE_MS = 5_000;
/** All that is asked in a hurry, together: a stage has 25 s to make things safe and to end. */
const HURRY_MS = 20_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A stage that waits says what for once it has logged nothing for so long. */
const SILENCE_MS = 10_000;

/** `onSilence` is told of a request, once, that is tried for so long that somebody may wonder. */
export type Ask = (
  request: ApiRequest,
  patienceMs?: number,
  onSilence?: (last: ApiAnswer) => void,
) => Promise<ApiAnswer>;

/** Status 0 where no answer came. `hurry` is aborted once the process has to end. */
export function createAsking(transport: Transport, clock: Clock, hurry: AbortSignal): Ask {
  const asking = new Asking(transport, clock, hurry);
  return (request, patienceMs = PATIENCE_MS, onSilence = undefined) =>
    asking.ask(request, patienceMs, onSilence);
}

class Asking {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #hurry: AbortSignal;
  #hurriedAt: number;
  /** Who waits to ask an API again that has not answered. */
  readonly #waiting = new Set<() => void>();

  constructor(transport: Transport, clock: Clock, hurry: AbortSignal) {
    this.#transport = transport;
    this.#clock = clock;
    this.#hurry = hurry;
    this.#hurriedAt = clock.now();
    const began = (): void => {
      this.#hurriedAt = clock.now();
    };
    hurry.addEventListener('abort', began, { once: true });
  }

  async ask(
    request: ApiRequest,
    patienceMs: number,
    onSilence: ((last: ApiAnswer) => void) | undefined,
  ): Promise<ApiAnswer> {
    const began = this.#clock.now();
    let isTold = false;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#askOnce(request);
      // What it has answered to one it answers to all: none waits until its own pause is over.
      if (answer.status !== 0) for (const wake of this.#waiting) wake();
      if (!isTransient(answer.status)) return answer;
      const patience = answer.status === 401 ? UNKNOWN_CALLER_PATIENCE_MS : patienceMs;
      const leftMs = this.#hurry.aborted
        ? this.#hurriedMs(began)
        : began + patience - this.#clock.now();
      if (leftMs <= 0) return answer;
      if (!isTold && this.#clock.now() - began >= SILENCE_MS) {
        isTold = true;
        onSilence?.(answer);
      }
      if (answer.status === 401) this.#transport.renewCredentials?.();
      // Asked to come back later than there is patience for, it is tried once more at its end.
      await this.#pause(Math.min(pauseBefore(attempt, answer), leftMs), answer.status === 0);
    }
  }

  /** Asks once. A request that is under way when the hurry begins is given up soon as well. */
  async #askOnce(request: ApiRequest): Promise<ApiAnswer> {
    const [clock, hurry] = [this.#clock, this.#hurry];
    const timeoutMs = hurry.aborted ? this.#hurriedMs(clock.now()) : REQUEST_TIMEOUT_MS;
    if (timeoutMs <= 0) return noAnswer(new Error('not asked any more: the stage has to end'));
    const answered = new AbortController();
    const woken = new AbortController();
    // A listener that goes with the request: one that stays on a signal as old as the process is a leak.
    const wake = (): void => woken.abort();
    hurry.addEventListener('abort', wake, { once: true });
    const tooLate = async (): Promise<ApiAnswer> => {
      await clock.sleep(timeoutMs, woken.signal);
      if (hurry.aborted) await clock.sleep(this.#hurriedMs(clock.now()), answered.signal);
      return noAnswer(new Error('it was not waited for any longer'));
    };
    const answer = await Promise.race([
      this.#transport.send(request, timeoutMs).catch(noAnswer),
      tooLate(),
    ]);
    hurry.removeEventListener('abort', wake);
    answered.abort();
    woken.abort();
    return answer;
  }

  async #pause(ms: number, isUnanswered: boolean): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    if (!this.#hurry.aborted) this.#hurry.addEventListener('abort', wake, { once: true });
    if (isUnanswered) this.#waiting.add(wake);
    await this.#clock.sleep(ms, woken.signal);
    this.#waiting.delete(wake);
    this.#hurry.removeEventListener('abort', wake);
  }

  /** What is left in a hurry for a request that began then. */
  #hurriedMs(began: number): number {
    return Math.min(began + HURRIED_PATIENCE_MS, this.#hurriedAt + HURRY_MS) - this.#clock.now();
  }
}

function noAnswer(thrown: unknown): ApiAnswer {
  return { status: 0, retryAfterMs: undefined, text: messageOf(thrown) };
}

/** No answer (0), unknown to it (401: a token may just have been rotated), too busy, or broken. */
function isTransient(status: number): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500;
}

/** As long as the server asks for, and never so short that many tries in a row become a load. */
function pauseBefore(attempt: number, { retryAfterMs = 0 }: ApiAnswer): number {
  const backOffMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  return Math.max(backOffMs, retryAfterMs);
}
