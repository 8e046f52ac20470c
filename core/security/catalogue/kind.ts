/** What a finding of security-scan is made of, as the closed list of this folder has it. */
import type { Severity } from '../severity.ts';

/**
 * threshold: blocks by its severity, where the policy draws the line · always: blocks wherever it is
 * found · undecided: nothing can be said, which blocks as well · told: for the person who reads the log.
 */
type Weight = 'threshold' | 'always' | 'undecided' | 'told';

export interface FindingKind {
  readonly severity: Exclude<Severity, 'unknown'>;
  readonly weight: Weight;
  /** Whether an exception can let it pass. */
  readonly excepted: boolean;
  /** What it means. */
  readonly about: string;
  /** What to do about it. */
  readonly fix: string;
}
