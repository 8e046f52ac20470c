/** What the sequential judge remembers: plain JSON of bounded size, for a journal. */

import type { Judgement } from './judge.ts';
import type { Measurability } from './measurability.ts';
import type { MeasuredWindow } from './sample.ts';
import type { EProcess } from './statistics/e-process.ts';
import type { LatencyEvidence } from './statistics/latency.ts';
import type { Contest } from './statistics/likelihood.ts';
import type { Dispersion } from './statistics/overdispersion.ts';
import type { Alone } from './unpaired/against-a-rate.ts';
import type { Baseline } from './unpaired/baseline.ts';
import type { Reassurance } from './unpaired/good-enough.ts';
import type { LatencyAlone } from './unpaired/latency.ts';

/** Optional is what older journals lack. */
export interface SequentialEvidence {
  readonly judge: 'sequential';
  readonly errors: EProcess;
  readonly latency: LatencyEvidence;
  readonly reassurance: Reassurance;
  readonly dispersion: Dispersion;
  /** All errors and requests so far of moments in which both sides had some. */
  readonly counted: Contest;
  /** The stable before the candidate had its first request. */
  readonly baseline?: Baseline;
  /** The candidate where no stable ran beside it; missing until then. */
  readonly alone?: Alone;
  readonly latencyAlone?: LatencyAlone;
  /** Windows that wait for a request of the other side. */
  readonly pending?: MeasuredWindow | undefined;
  /** What the current step has had. */
  readonly step: { readonly forMs: number; readonly requests: number };
  readonly sight: Measurability;
  /** The verdict that ended it: a bound once crossed stays crossed. */
  readonly convicted: Judgement | undefined;
}
