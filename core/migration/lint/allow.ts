/** Comments that allow what a rule finds: `-- lint:allow drop-column: no version reads it since 1.4`. */
import type { Comment } from './text/statements.ts';

export interface Allowance {
  /** Of the statement that it belongs to, or of the whole file (`lint:allow-file`). */
  readonly isOfFile: boolean;
  readonly rules: readonly string[];
  /** Empty where none is given. */
  readonly reason: string;
  /** In the file, in characters. */
  readonly at: number;
}

const FORM = /\blint:allow(-file)?\b[ \t]*([\w, \t-]*)(?::([^\r\n]*))?/g;

/** A comment may have several lines, each with what it allows. */
export function allowancesIn({ text, start }: Comment): readonly Allowance[] {
  return [...text.matchAll(FORM)].map(({ 1: ofFile, 2: rules = '', 3: reason = '', index }) => ({
    isOfFile: ofFile !== undefined,
    rules: rules.split(',').flatMap((each) => each.trim() || []),
    reason: reason.replace(/\*\/\s*$/, '').trim(),
    at: start + index,
  }));
}
