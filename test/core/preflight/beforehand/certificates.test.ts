// A certificate that ends is told in time, and a release does not begin on one that has ended.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { timeOf } from '../../../../core/kubernetes/time.ts';
import {
  checkCertificates,
  type ShownCertificate,
  type TlsEndpoint,
} from '../../../../core/preflight/beforehand/certificates.ts';

const at = (text: string) => timeOf(text) ?? instant(0);
const NOW = at('2026-07-01T00:00:00Z');
const FORTNIGHT = 14 * 86_400_000;
const LEDGER: TlsEndpoint = { whose: 'dependency ledger', host: 'ledger', port: 443, why: 'along' };

const shown = (from: string, to: string, name = 'ledger'): ShownCertificate => ({
  kind: 'shown',
  name,
  notBefore: at(from),
  notAfter: at(to),
});
const found = (certificate: ShownCertificate, endpoint: Partial<TlsEndpoint> = {}) =>
  checkCertificates([{ ...LEDGER, ...endpoint }], [certificate], NOW, FORTNIGHT);

describe('a certificate', () => {
  test.each([
    ['that lasts', '2026-07-15T00:00:01Z', undefined, ''],
    ['that ends in the time to warn', '2026-07-15T00:00:00Z', 'warn', 'expires at 2026-07-15'],
    ['in its last second', '2026-07-01T00:00:01Z', 'warn', 'in 1s'],
    ['at its end', '2026-07-01T00:00:00Z', 'refuse', 'has expired'],
    ['a second later', '2026-06-30T23:59:59Z', 'refuse', '1s ago'],
  ])('%s', (_how, to, severity, says) => {
    const [finding] = found(shown('2026-01-01T00:00:00Z', to));
    expect(finding?.severity).toBe(severity);
    expect(finding?.message ?? '').toContain(says);
  });

  test('that is not valid yet refuses', () => {
    const [finding] = found(shown('2026-07-01T00:00:01Z', '2027-01-01T00:00:00Z'));
    expect(finding).toMatchObject({ severity: 'refuse' });
    expect(finding?.message).toContain('is not valid before 2026-07-01T00:00:01Z');
  });

  test('that is not shown is told of only where it was asked for', () => {
    const none = { kind: 'none', why: 'ECONNREFUSED' } as const;
    expect(found(none)).toEqual([]);
    expect(found(none, { why: 'asked' })).toMatchObject([{ severity: 'warn' }]);
  });

  test('whose name was made to mislead stays in its line', () => {
    const name = `a"\n\u001b[2J${'x'.repeat(5_000)}`;
    const [finding] = found(shown('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', name));
    expect(finding?.message).not.toMatch(/["\p{Cc}]/u);
    expect(finding?.message.length).toBeLessThan(700);
  });
});
