/** How large the next batch is, when it makes way for others, and how a person sees how far it is. */
import { formatDuration } from '../../base/duration.ts';
import type { Backfill } from '../files/backfill-file.ts';

/** The first batch shows how long a row takes; it is not to be the one that hurts. */
export function firstSize({ batchRows }: Backfill): number {
  return Math.min(batchRows, FIRST_ROWS);
}

const FIRST_ROWS = 200;

/** Fewer rows cost their questions, not their writing: smaller batches would burden a slow server more. */
const FEWEST_ROWS = 100;

/**
 * So many rows as would have been held for `targetMs`, at most twice as many as in the last batch and at
 * least a quarter of them: one that was slow by chance does not decide alone.
 */
export function nextSize(backfill: Backfill, rows: number, heldMs: number): number {
  const { targetMs, batchRows } = backfill;
  const ideal = rows * (targetMs / Math.max(1, heldMs));
  const bounded = Math.min(Math.max(ideal, rows / 4, FEWEST_ROWS), rows * 2);
  return Math.max(1, Math.min(batchRows, Math.round(bounded)));
}

/** What a backfill makes way for, as far as it can be seen. */
export interface Pressure {
  /** Undefined: there is no replica, or the account may not see it. */
  readonly lagBytes: number | undefined;
  readonly oldestTxSeconds: number;
  /** Sessions of others that are at work. */
  readonly active: number;
  readonly isPaused: boolean;
}

/** Why the next batch waits; undefined: it does not. */
export function whyWait(limits: Backfill, pressure: Pressure): string | undefined {
  const { maxLagBytes, maxOldestTxSeconds, maxActive, pauseFlag } = limits;
  const { lagBytes, oldestTxSeconds, active, isPaused } = pressure;
  const reasons = [
    isPaused ? `the flag ${pauseFlag} is set (take it away with resume)` : undefined,
    over(lagBytes, maxLagBytes, (lag) => `a replica is ${mebibytes(lag)} behind`),
    over(oldestTxSeconds, maxOldestTxSeconds, (age) => `a transaction is ${age} s old`),
    over(active, maxActive, (count) => `${count} sessions are at work`),
  ];
  const given = reasons.filter((reason) => reason !== undefined);
  return given.length === 0 ? undefined : given.join(', ');
}

function over(
  value: number | undefined,
  most: number | undefined,
  text: (value: number) => string,
): string | undefined {
  return value !== undefined && most !== undefined && value > most ? text(value) : undefined;
}

export interface Progress {
  readonly rowsSeen: number;
  readonly rowsDone: number;
  /** How many the table has, as the server estimates it. */
  readonly estimate: number;
  /** Of this run. */
  readonly seenNow: number;
  readonly elapsedMs: number;
}

/** `412,000 of about 1,000,000 rows looked at, 380,000 filled, 20,500/s, about 29s left`. */
export function progressText(progress: Progress): string {
  const { rowsSeen, rowsDone, estimate, seenNow, elapsedMs } = progress;
  const rate = elapsedMs > 0 ? (seenNow * 1000) / elapsedMs : 0;
  const total = Math.max(estimate, rowsSeen);
  const left = rate > 0 ? `, about ${formatDuration(((total - rowsSeen) * 1000) / rate)} left` : '';
  return `${count(rowsSeen)} of about ${count(total)} rows looked at, ${count(rowsDone)} filled, ${count(Math.round(rate))}/s${left}`;
}

function count(rows: number): string {
  return String(rows).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
