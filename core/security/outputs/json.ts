/** The report for programs. Its keys are kept: docs/security-scan.md names them. */
import { type ScanReport, toldOf } from './scan-report.ts';

export function jsonReport(report: ScanReport): string {
  const { judged, exitCode, fates, vulnerabilities, fixable, fresh, ...head } = report;
  const findings = judged.map(toldOf);
  const counted = { ...vulnerabilities, fixable, ...(fresh === undefined ? {} : { new: fresh }) };
  const written = {
    ...head,
    exitCode,
    vulnerabilities: counted,
    findings: fates,
    listed: findings,
  };
  return `${JSON.stringify(written, undefined, 2)}\n`;
}
