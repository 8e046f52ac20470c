/** What an audit log says of a release: who, what, when, from what, to what, on which evidence, in whose orders. */
import { parseImage } from '../../base/image.ts';
import type { Instant } from '../../base/vocabulary.ts';
import type { CommandResponse } from '../../journal/commands/command.ts';
import type { Journal } from '../../journal/journal.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import { toldEnd } from '../ends/sentence.ts';
import { failedRequests } from '../status-line.ts';

/** Plain JSON, with its keys in this order. */
export interface AuditEntry {
  readonly namespace: string;
  readonly service: string;
  readonly release: string;
  readonly began: string;
  readonly ended: string;
  readonly strategy: string;
  readonly outcome: string;
  readonly code: string;
  readonly sentence: string;
  readonly cause: string | null;
  readonly from: AuditImage;
  readonly to: AuditImage;
  /** What operators have asked for meanwhile: approvals, overrides. */
  readonly orders: readonly object[];
  readonly stages: object;
  readonly left: object;
  /** At the least; null: it could not be measured. */
  readonly failedRequests: number | null;
  readonly evidence: object;
}

interface AuditImage {
  readonly image: string;
  readonly digest: string | null;
}

/** Of all releases that have ended, oldest first. */
export function auditEntries(
  { namespace, service }: { readonly namespace: string; readonly service: string },
  { history, answers }: Journal,
): readonly AuditEntry[] {
  return history.toReversed().map((record) => {
    const { code, sentence } = toldEnd(record, service);
    return {
      namespace,
      service,
      release: record.release,
      began: timestampOf(record.startedAt),
      ended: timestampOf(record.endedAt),
      strategy: record.strategy,
      outcome: record.outcome,
      code,
      sentence,
      cause: record.cause ?? null,
      from: imageOf(record.from),
      to: imageOf(record.to),
      orders: ordersDuring(answers, record),
      stages: record.stages ?? {},
      left: record.left ?? {},
      failedRequests: numberIn(failedRequests(record)),
      evidence: record.evidence,
    };
  });
}

function numberIn(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function imageOf(image: string): AuditImage {
  return { image, digest: parseImage(image)?.digest ?? null };
}

/** The journal keeps the last twenty answers: those of older releases are in what was exported before. */
function ordersDuring(
  answers: readonly CommandResponse[],
  { startedAt, endedAt }: { readonly startedAt: Instant; readonly endedAt: Instant },
): object[] {
  return answers
    .filter(({ at }) => at >= startedAt && at <= endedAt)
    .map(({ at, order, taken, text, ...asker }) => ({
      at: timestampOf(at),
      order,
      outcome: taken === 'heeded' ? 'accepted' : taken,
      text,
      by: asker.by,
      as: asker.as ?? null,
    }));
}

/**
 * Whether a log that has these has all of it: a record gets more until its run has ended. Orders are no
 * part of that, since a journal forgets them.
 */
export function isKnown(known: readonly AuditEntry[], entry: AuditEntry): boolean {
  const last = known.findLast((each) => nameOf(each) === nameOf(entry));
  return last !== undefined && textOf(last) === textOf(entry);
}

function nameOf({ namespace, service, release }: AuditEntry): string {
  return `${namespace}/${service}/${release}`;
}

function textOf(entry: AuditEntry): string {
  return JSON.stringify({ ...entry, orders: [] });
}
