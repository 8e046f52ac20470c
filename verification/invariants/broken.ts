/** An invariant that did not hold: which, when in the simulated world, and what was seen. */

/** As docs/verification.md numbers them. */
export type Invariant =
  | 'traffic leads to ready pods'
  | 'capacity stays above the floor'
  | 'nothing goes that still receives requests'
  | 'every ending is clean'
  | 'one run acts at a time'
  | 'every release ends'
  | 'what is not measured is not promoted'
  | 'a bad candidate is not promoted'
  | 'stages fail only as they may'
  | 'what the record says is true'
  | 'the pods of others get nothing through a release'
  | 'a good release is not turned back for what does not concern it'
  | 'what can be known before is refused before'
  | 'a good release ends otherwise than promoted only for a cause that the world gave'
  | 'a phase takes no longer than its own bound explains'
  | 'reads and writes stay within a budget'
  | 'a verdict comes as soon as the limit explains';

export interface Broken {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly seen: string;
}

/** Takes note of what did not hold, just now unless it says when. */
export type Report = (invariant: Invariant, seen: string, atMs?: number) => void;
