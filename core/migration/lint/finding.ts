/** What the linter found, and what it says of each statement, for people and for machines. */
import type { LockMode } from './locks/modes.ts';
import type { Work } from './locks/touch.ts';
import type { Severity } from './rules/rule.ts';
import type { Position } from './text/positions.ts';

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly position: Position;
  /** What happens, and to what. */
  readonly seen: string;
  readonly instead: string;
  /** The reason that a comment gives for allowing it; undefined: it is not allowed. */
  readonly allowed: string | undefined;
}

export interface LockSaid {
  readonly on: string;
  readonly mode: LockMode;
  readonly work: Work;
  /** False where only a schema that the linter does not know tells. */
  readonly isSure: boolean;
}

export interface StatementSaid {
  readonly position: Position;
  /** Its first words. */
  readonly words: string;
  /** Empty: none, or none that is known. */
  readonly locks: readonly LockSaid[];
}

export interface FileReport {
  readonly name: string;
  readonly statements: readonly StatementSaid[];
  /** By their place. */
  readonly findings: readonly Finding[];
  /** How many more there were than are told. */
  readonly more: number;
}

/** In `strict` warnings refuse as errors do: what cannot be told is taken for bad. */
export type Mode = 'standard' | 'strict';

export function isRefusing({ severity, allowed }: Finding, mode: Mode): boolean {
  if (allowed !== undefined) return false;
  return severity === 'error' || (severity === 'warning' && mode === 'strict');
}

export function isRefused(files: readonly FileReport[], mode: Mode): boolean {
  return files.some(({ findings }) => findings.some((each) => isRefusing(each, mode)));
}
