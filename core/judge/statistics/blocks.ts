/**
 * Windows as blocks that can be judged: beside a stable, or alone. With little traffic a second has a
 * request of one side or of the other and hardly ever of both; seconds are taken together until both
 * had some, or until it is plain that the stable has none. Only how many requests there were decides
 * that, never how they were answered: no block is chosen for what it says.
 */
import { type MeasuredWindow, together } from '../sample.ts';

export interface Block {
  /**
   * beside: both sides had requests · alone: the candidate's, and none or next to none of the
   * stable · stable: the candidate had none.
   */
  readonly kind: 'beside' | 'alone' | 'stable';
  readonly window: MeasuredWindow;
}

export interface Gathered {
  readonly pending: MeasuredWindow | undefined;
  readonly block: Block | undefined;
}

/** A stable with less than this share of the requests is a stable that is nearly gone. */
const HARDLY_ANY = 0.1;

/** So many requests of the candidate in a row, and none of the stable: there is nothing to wait for. */
const IN_A_ROW = 3;

/** What a shared incident does to both sides cancels only where both are seen in the same moments. */
const LONGEST_MS = 30_000;

/** `begun`: the candidate has had requests before. */
export function gather(
  before: MeasuredWindow | undefined,
  window: MeasuredWindow,
  begun: boolean,
): Gathered {
  const open = before ? together(before, window) : window;
  const candidate = Math.max(open.candidate.requests, open.candidate.errors);
  const stable = Math.max(open.stable.requests, open.stable.errors);
  const block = (kind: Block['kind']): Gathered => ({
    pending: undefined,
    block: { kind, window: open },
  });
  if (candidate === 0) {
    return begun && open.forMs < LONGEST_MS ? { pending: open, block: undefined } : block('stable');
  }
  if (stable > 0) return block(stable < HARDLY_ANY * (candidate + stable) ? 'alone' : 'beside');
  if (candidate >= IN_A_ROW || open.forMs >= LONGEST_MS || open.candidateWeight === 1) {
    return block('alone');
  }
  return { pending: open, block: undefined };
}
