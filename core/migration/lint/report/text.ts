/** Findings for people: one paragraph each, `file:line:column` first, as editors and terminals link it. */
import type { FileReport, Finding, LockSaid, Mode, StatementSaid } from '../finding.ts';
import { isRefusing } from '../finding.ts';
import { lockText } from '../locks/modes.ts';

export interface TextOptions {
  readonly mode: Mode;
  /** Also what each statement locks, whether somebody minds or not. */
  readonly withLocks: boolean;
  /** Also what a comment has allowed. */
  readonly withAllowed: boolean;
}

export function textReport(files: readonly FileReport[], options: TextOptions): string {
  const parts = files.flatMap((file) => [
    ...(options.withLocks ? file.statements.map((each) => statementText(file.name, each)) : []),
    ...file.findings
      .filter(({ allowed }) => allowed === undefined || options.withAllowed)
      .map((each) => findingText(file.name, each)),
    ...(file.more > 0 ? [`${file.name}: ${file.more} more`] : []),
  ]);
  return `${[...parts, summary(files, options.mode)].join('\n')}\n`;
}

function findingText(name: string, finding: Finding): string {
  const { rule, severity, position, seen, instead, allowed } = finding;
  const word = allowed === undefined ? severity : 'allowed';
  const last = allowed === undefined ? `instead: ${instead}` : `because: ${allowed}`;
  return `${name}:${position.line}:${position.column}: ${word} ${rule}: ${seen}\n    ${last}`;
}

function statementText(name: string, { position, words, locks }: StatementSaid): string {
  const said = locks.length > 0 ? locks.map(lockSaid).join('; ') : 'no lock that is known';
  return `${name}:${position.line}: ${words}\n    ${said}`;
}

const WORKS = {
  brief: 'for a moment',
  scan: 'while rows are read',
  rewrite: 'while rows are written anew',
} as const;

function lockSaid({ on, mode, work, isSure }: LockSaid): string {
  return `${lockText(mode)} on ${on} ${WORKS[work]}${isSure ? '' : ' (not sure)'}`;
}

function summary(files: readonly FileReport[], mode: Mode): string {
  const all = files.flatMap(({ findings }) => findings);
  const live = all.filter(({ allowed }) => allowed === undefined);
  const count = (severity: string): number =>
    live.filter((each) => each.severity === severity).length;
  const refused = all.filter((each) => isRefusing(each, mode)).length;
  const counts = [
    `files=${files.length}`,
    `statements=${files.reduce((sum, { statements }) => sum + statements.length, 0)}`,
    `errors=${count('error')} warnings=${count('warning')} notes=${count('note')}`,
    `allowed=${all.length - live.length} refused=${refused}`,
  ];
  return counts.join(' ');
}
