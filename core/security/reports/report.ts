/** A scanner's report, whatever its format: what it says of itself, and what it lists. */
import type { Instant } from '../../base/vocabulary.ts';
import type { Finding } from '../finding.ts';

export interface ReportHead {
  readonly scanner: 'trivy' | 'grype';
  /** Undefined where it does not tell, or not in a way that can be relied on. */
  readonly createdAt: Instant | undefined;
  readonly databaseBuiltAt: Instant | undefined;
  /** The digest of the config of the image that was scanned: that of one platform. */
  readonly imageId: string | undefined;
  readonly operatingSystem: string | undefined;
  readonly endOfLife: boolean;
  /** Whether it says what it has looked at, and that is something. */
  readonly lookedAtPackages: boolean;
}

export type HeadRead =
  | { readonly kind: 'head'; readonly head: ReportHead }
  | { readonly kind: 'malformed'; readonly why: string };

/**
 * What an entry of a report comes to: a finding, nothing that counts (a check that passed), or what
 * cannot be read, which is never nothing.
 */
export type EntryRead =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed'; readonly why: string };

/**
 * How a format is read without holding a whole report: `lists` are the paths of the lists whose entries
 * come one by one (`Results.*.Vulnerabilities`), `skipped` of those that are not asked for. The head is
 * the report without them.
 */
export interface ReportFormat {
  readonly lists: readonly string[];
  readonly skipped: readonly string[];
  isIt(skeleton: unknown): boolean;
  headOf(skeleton: unknown, lengths: ReadonlyMap<string, number>): HeadRead;
  /** `list` is one of `lists`, `at` where it lies: `[3]` for `Results[3].Vulnerabilities`. */
  entryOf(list: string, at: readonly number[], entry: unknown, skeleton: unknown): EntryRead;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function digestIn(value: unknown): string | undefined {
  return typeof value === 'string' && DIGEST.test(value) ? value : undefined;
}

export const NOTHING: EntryRead = { kind: 'nothing' };

export function malformed(why: string): { readonly kind: 'malformed'; readonly why: string } {
  return { kind: 'malformed', why };
}
