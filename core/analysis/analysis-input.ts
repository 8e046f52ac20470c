/** One look at a release, as its judgement needs it: by which policy, and what was seen. Pure of any cluster. */

import type { Instant, Side } from '../base/vocabulary.ts';
import type { AnalysisSettings } from '../config/sections/analysis.ts';
import type { Window } from '../judge/sample.ts';
import type { Health } from '../metrics/kubernetes.ts';
import type { Values } from '../triggers/facts.ts';
import type { Trigger } from '../triggers/kinds/registry.ts';

export interface Policy {
  readonly analysis: AnalysisSettings;
  readonly triggers: readonly Trigger[];
}

export interface AnalysisInput {
  readonly at: Instant;
  /** When the current step began: what a step needs is counted anew in each. */
  readonly step: Instant;
  /** Undefined where nothing new was measured. */
  readonly window: Window | undefined;
  readonly values: Readonly<Record<Side, Values>>;
  readonly health: Health;
  /** Why no one counts requests, where no one does. */
  readonly uncounted: string | undefined;
}
