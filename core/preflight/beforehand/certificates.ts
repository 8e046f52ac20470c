/** Certificates of what is asked anyway: a release that begins the day before one ends is turned back by it. */
import { formatDuration } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import type { Target } from '../../smoke/target.ts';
import type { Finding } from '../finding.ts';

/** Of a chain, the certificate that ends first. */
export type ShownCertificate =
  | {
      readonly kind: 'shown';
      readonly name: string;
      readonly notBefore: Instant;
      readonly notAfter: Instant;
    }
  | { readonly kind: 'none'; readonly why: string };

export interface TlsEndpoint {
  /** For people: `dependency ledger`, `pod payment-service-blue-x`. */
  readonly whose: string;
  readonly host: string;
  readonly port: number;
  /** asked: the config names it for its certificate, and for nothing else. */
  readonly why: 'asked' | 'along';
}

/** What smoke checks and the readiness probe ask over TLS: the service's own ports. */
export function tlsOf(targets: readonly Target[]): TlsEndpoint[] {
  return targets.flatMap(({ name, host, port, checks }) =>
    checks.flatMap((check): TlsEndpoint[] =>
      check.kind === 'http' && check.scheme === 'HTTPS'
        ? [{ whose: name, host: check.host ?? host, port: check.port ?? port, why: 'along' }]
        : [],
    ),
  );
}

/** `shown`: of each endpoint, in their order. */
export function checkCertificates(
  endpoints: readonly TlsEndpoint[],
  shown: readonly ShownCertificate[],
  at: Instant,
  warnBeforeMs: number,
): Finding[] {
  return endpoints.flatMap((endpoint, index) => {
    const certificate = shown[index];
    return certificate ? findingsOf(endpoint, certificate, at, warnBeforeMs) : [];
  });
}

function findingsOf(
  { whose, host, port, why }: TlsEndpoint,
  certificate: ShownCertificate,
  at: Instant,
  warnBeforeMs: number,
): Finding[] {
  const where = foreignText(`${whose} at ${host}:${port}`);
  const finding = (severity: Finding['severity'], message: string): Finding[] => [
    { check: 'certificate-expires', severity, message, advice: ADVICE },
  ];
  if (certificate.kind === 'none') {
    // Who is asked for something else is told of by that.
    const told = `the certificate of ${where} could not be looked at: ${foreignText(certificate.why)}`;
    return why === 'asked' ? finding('warn', told) : [];
  }
  const { name, notBefore, notAfter } = certificate;
  const what = `the certificate ${foreignText(name, 100)} of ${where}`;
  if (notBefore > at)
    return finding('refuse', `${what} is not valid before ${timestampOf(notBefore)}`);
  const leftMs = notAfter - at;
  if (leftMs <= 0) {
    const ago = formatDuration(-leftMs);
    return finding('refuse', `${what} has expired at ${timestampOf(notAfter)}, ${ago} ago`);
  }
  if (leftMs > warnBeforeMs) return [];
  return finding(
    'warn',
    `${what} expires at ${timestampOf(notAfter)}, in ${formatDuration(leftMs)}`,
  );
}

const ADVICE =
  'renew it, and see that whoever shows it has read the new one: pods keep what they read at their start';
