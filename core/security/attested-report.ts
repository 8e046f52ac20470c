/**
 * A scanner's report that came with the image as an attestation
 * (https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md).
 */
import type { Instant } from '../base/vocabulary.ts';
import { fieldsOf } from './fields.ts';
import { zonedTimeOf } from './time.ts';

export interface AttestedReport {
  /** As the scanner wrote it. */
  readonly report: unknown;
  readonly createdAt: Instant | undefined;
  readonly databaseBuiltAt: Instant | undefined;
}

export function attestedReport(predicate: unknown): AttestedReport {
  const { scanner, metadata } = fieldsOf(predicate);
  const { result, db } = fieldsOf(scanner);
  return {
    report: result,
    createdAt: zonedTimeOf(fieldsOf(metadata).scanFinishedOn),
    databaseBuiltAt: zonedTimeOf(fieldsOf(db).lastUpdate),
  };
}
