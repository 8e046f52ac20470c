/** What there is to say of an end: a sentence that a person understands, what to do next, and what it rests on. */
import type { Counted } from '../../judge/sample.ts';

/** What a sentence is made of. Nothing of it is longer than a sentence has room for. */
export interface EndFacts {
  readonly service: string;
  /** The versions by their tags: before, and the one that was to be released. */
  readonly from: string;
  readonly to: string;
  /** Requests and failed ones while both served; undefined where they were not counted. */
  readonly counts: { readonly to: Counted; readonly from: Counted } | undefined;
}

/** Which part of a release's record proves it. `detail`: the cause in full. */
export type Proof = 'detail' | 'counts' | 'lost' | 'others' | 'moved';

export interface Ending {
  /** The cause alone, without how it ended and after what time. */
  readonly says: (facts: EndFacts) => string;
  readonly next: string;
  readonly proof: readonly Proof[];
}
