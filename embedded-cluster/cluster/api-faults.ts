/** `--api-faults 5%`: that share of all calls goes wrong, in every way in which it does for real. */
import type { Fault, Faults } from '../kubernetes/api/faults/faults.ts';

const KINDS: readonly {
  readonly part: number;
  readonly verbs?: readonly string[];
  readonly fault: Fault;
}[] = [
  { part: 0.3, fault: { type: 'refused', reason: 'InternalError' } },
  { part: 0.3, fault: { type: 'refused', reason: 'TooManyRequests', retryAfterSeconds: 1 } },
  { part: 0.2, verbs: ['update', 'patch'], fault: { type: 'refused', reason: 'Conflict' } },
  { part: 0.1, fault: { type: 'unanswered', afterMs: 1000 } },
  { part: 0.1, fault: { type: 'answer-lost' } },
  // A watch is one call that lasts: it meets its fault more often than a call that is over at once.
  { part: 2, verbs: ['watch'], fault: { type: 'watch-dropped', afterMs: 3_000 } },
  { part: 1, verbs: ['watch'], fault: { type: 'watch-silent', afterMs: 3_000 } },
  { part: 1, verbs: ['watch'], fault: { type: 'watch-lagging', lagMs: 1_000 } },
];

/** `share` is between 0 and 1; of calls by `users`, or by anybody. */
export function addApiFaults(faults: Faults, share: number, users?: readonly string[]): void {
  if (share <= 0) return;
  for (const { part, verbs, fault } of KINDS) {
    faults.add({
      probability: Math.min(1, share * part),
      ...(verbs ? { verbs } : {}),
      ...(users ? { users } : {}),
      fault,
    });
  }
}

/** `5%` or `0.05` */
export function parseShare(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (percent ? 100 : 1);
  if (!(share >= 0 && share <= 1)) throw new Error(`not a share: ${text}`);
  return share;
}
