/** A line of an audit log, as a test needs it. */
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import { timestampOf } from '../../../core/kubernetes/time.ts';
import type { AuditEntry } from '../../../core/report/audit/entry.ts';

/** A release of shop/pay that took a minute and was promoted. */
export function auditEntry(
  release: string,
  ended: Instant,
  more: Partial<AuditEntry> = {},
): AuditEntry {
  return {
    namespace: 'shop',
    service: 'pay',
    release,
    began: timestampOf(instant(ended - 60_000)),
    ended: timestampOf(ended),
    strategy: 'canary',
    outcome: 'promoted',
    code: 'promoted',
    sentence: '',
    cause: null,
    from: { image: 'pay:v1', digest: null },
    to: { image: 'pay:v2', digest: null },
    orders: [],
    stages: {},
    left: {},
    failedRequests: 0,
    evidence: {},
    ...more,
  };
}
