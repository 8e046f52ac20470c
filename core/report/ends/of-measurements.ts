/** Ends for what was measured of the new version, or asked of it. */
import { formatShare } from '../../base/share.ts';
import type { Counted } from '../../judge/sample.ts';
import type { Ending } from './end.ts';

const LOGS =
  'Read the logs and traces of the new version for that time, mend it, and release again.';

export const MEASURED_ENDS = {
  errors: {
    says: ({ counts, from, to }) =>
      counts === undefined || counts.to.requests === 0
        ? `${to} answered more requests with errors than is allowed`
        : `${to} answered ${share(counts.to)}, ${from} ${share(counts.from, '')}`,
    next: LOGS,
    proof: ['counts', 'detail'],
  },
  latency: {
    says: ({ from, to }) => `${to} answered more slowly than ${from}, or than is allowed`,
    next: 'Compare what both versions do for a slow request, mend it, and release again.',
    proof: ['detail', 'counts'],
  },
  'judged-worse': {
    says: ({ from, to }) => `${to} did worse than ${from} by what was measured of both`,
    next: LOGS,
    proof: ['detail', 'counts'],
  },
  'rollback-condition': {
    says: ({ to }) => `${to} met one of the rollback conditions of the release config`,
    next: 'Look at the value that met the condition; mend the version, or the condition.',
    proof: ['detail', 'counts'],
  },
  'own-metric': {
    says: ({ to }) => `${to} failed a metric of the release config`,
    next: 'Run the query of that metric for the time of the release, and mend the version or the limit.',
    proof: ['detail', 'counts'],
  },
  'unexplained-errors': {
    says: ({ from, to }) => `${to} showed errors that ${from} does not have, too few to be sure`,
    next: 'Look at each of those errors. If they are harmless, give analysis more time to be sure.',
    proof: ['counts', 'detail'],
  },
  'too-few-requests': {
    says: ({ to }) => `${to} got too few requests to be judged by`,
    next: 'Release at a busier hour, lengthen analysis.insufficientData.hold, or promote without enough data.',
    proof: ['counts', 'detail'],
  },
  unmeasurable: {
    says: ({ to }) => `what ${to} did could not be measured for too long`,
    next: 'See why the metrics do not answer (the detail names what was asked), then release again.',
    proof: ['detail'],
  },
  'smoke-check': {
    says: ({ to }) => `${to} failed a smoke check before it got traffic`,
    next: 'Send the same request to a pod of the new version; mend what it answers, or the check.',
    proof: ['detail'],
  },
  'drain-probe': {
    says: ({ to }) => `a pod of ${to} lost requests when it was shut down`,
    next: 'Let the version answer open requests after SIGTERM, and give it a preStop sleep.',
    proof: ['detail'],
  },
  'post-validation': {
    says: ({ to }) => `${to} failed the checks after it had all traffic`,
    next: 'Read the log of post-validation for the check that failed, and mend the version.',
    proof: ['detail'],
  },
} as const satisfies Readonly<Record<string, Ending>>;

function share({ errors, requests }: Counted, of = ' of requests with errors'): string {
  const part = requests === 0 ? 'none' : formatShare(errors / requests);
  return `${part}${of} (${errors} of ${requests})`;
}
