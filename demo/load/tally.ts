/** What clients saw: requests, failures by kind, and who answered. */

export interface Tally {
  readonly requests: number;
  readonly failed: number;
  /** `reset`, `refused`, `timed-out`, `status-500` … -> count */
  readonly failedBy: Readonly<Record<string, number>>;
  /** Version -> answers, good and bad ones. */
  readonly servedBy: Readonly<Record<string, number>>;
  /** Version -> when it answered last, in milliseconds since the epoch. */
  readonly lastServedAt: Readonly<Record<string, number>>;
  /** Version -> failures that it answered itself. */
  readonly failedByVersion: Readonly<Record<string, number>>;
}

export type Seen =
  | { readonly kind: 'answered'; readonly status: number; readonly version: string }
  | { readonly kind: 'failed'; readonly how: string };

export const EMPTY_TALLY: Tally = {
  requests: 0,
  failed: 0,
  failedBy: {},
  servedBy: {},
  lastServedAt: {},
  failedByVersion: {},
};

const SERVER_ERROR = 500;

export function counted(tally: Tally, seen: Seen, atMs: number): Tally {
  const requests = tally.requests + 1;
  if (seen.kind === 'failed') {
    const failedBy = plusOne(tally.failedBy, seen.how);
    return { ...tally, requests, failed: tally.failed + 1, failedBy };
  }
  const servedBy = plusOne(tally.servedBy, seen.version);
  const lastServedAt = { ...tally.lastServedAt, [seen.version]: atMs };
  if (seen.status < SERVER_ERROR) return { ...tally, requests, servedBy, lastServedAt };
  return {
    requests,
    failed: tally.failed + 1,
    failedBy: plusOne(tally.failedBy, `status-${seen.status}`),
    servedBy,
    lastServedAt,
    failedByVersion: plusOne(tally.failedByVersion, seen.version),
  };
}

function plusOne(counts: Readonly<Record<string, number>>, key: string): Record<string, number> {
  return { ...counts, [key]: (counts[key] ?? 0) + 1 };
}
