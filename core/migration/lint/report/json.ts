/** Findings for programs. Its shape holds for one `version`. */
import { type FileReport, isRefused, type Mode } from '../finding.ts';

export function jsonReport(files: readonly FileReport[], mode: Mode): string {
  const told = files.map(({ name, statements, findings, more }) => ({
    file: name,
    statements: statements.map(({ position, words, locks }) => ({ ...position, words, locks })),
    findings: findings.map(({ position, allowed, ...finding }) => ({
      ...position,
      ...finding,
      ...(allowed === undefined ? {} : { allowed }),
    })),
    more,
  }));
  return `${JSON.stringify({ version: 1, mode, refused: isRefused(files, mode), files: told }, null, 2)}\n`;
}
