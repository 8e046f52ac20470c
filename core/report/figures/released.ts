/**
 * A release of an audit log as figures are made of it. The writer of the log writes its hashes, too: what becomes a
 * label of a metric is a name of Kubernetes' or a word of a closed list, and all else is a fault.
 */
import {
  END_CODES,
  type EndCode,
  type Instant,
  instant,
  type Outcome,
  STRATEGIES,
  type StrategyName,
} from '../../base/vocabulary.ts';
import { timeOf } from '../../kubernetes/time.ts';
import type { AuditEntry } from '../audit/entry.ts';

export interface Released {
  readonly namespace: string;
  readonly service: string;
  readonly release: string;
  readonly strategy: StrategyName;
  readonly outcome: Outcome;
  readonly code: EndCode;
  readonly began: Instant;
  readonly ended: Instant;
  /** When the release was found bad, where it was. */
  readonly foundBad: Instant | undefined;
  /** At the least; undefined: it could not be measured. */
  readonly failedRequests: number | undefined;
}

/** In the log's order, each release once: one whose record got more is in the log again, and the last counts. */
export function releasedIn(entries: readonly AuditEntry[]): {
  readonly released: readonly Released[];
  readonly faults: readonly string[];
} {
  const byName = new Map<string, Released>();
  const faults: string[] = [];
  for (const [at, entry] of entries.entries()) {
    const one = releasedOf(entry);
    if (typeof one === 'string') faults.push(`entry ${at + 1}: ${one}`);
    else byName.set(`${one.namespace}/${one.service}/${one.release}`, one);
  }
  return { released: [...byName.values()], faults };
}

/** What is wrong with it, as a text, where it is no release of this version or an earlier one. */
function releasedOf(entry: AuditEntry): Released | string {
  const { namespace, service, release, failedRequests, evidence } = entry;
  for (const [key, value] of Object.entries({ namespace, service })) {
    if (typeof value !== 'string' || !NAME.test(value)) return `${key} is no name of Kubernetes'`;
  }
  const strategy = STRATEGIES.find((each) => each === entry.strategy);
  const outcome = OUTCOMES.find((each) => each === entry.outcome);
  const [began, ended] = [timeIn(entry.began), timeIn(entry.ended)];
  if (typeof release !== 'string') return 'release is no text';
  if (strategy === undefined) return `strategy must be one of ${STRATEGIES.join(', ')}`;
  if (outcome === undefined) return `outcome must be one of ${OUTCOMES.join(', ')}`;
  if (began === undefined || ended === undefined) return 'began and ended are not both times';
  if (ended < began) return 'it ended before it began';
  const { at, verdict } = Object(Object(evidence).decision);
  return {
    ...{ namespace, service, release, strategy, outcome, began, ended },
    // A later version knows more codes.
    code: END_CODES.find((each) => each === entry.code) ?? 'unknown',
    foundBad: verdict === 'bad' && isCount(at) ? instant(at) : undefined,
    failedRequests: isCount(failedRequests) ? failedRequests : undefined,
  };
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const OUTCOMES = [
  'promoted',
  'rolled-back',
  'failed',
  'unchanged',
] as const satisfies readonly Outcome[];

function timeIn(text: unknown): Instant | undefined {
  return typeof text === 'string' ? timeOf(text) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
