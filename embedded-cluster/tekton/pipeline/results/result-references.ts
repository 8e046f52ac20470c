/** References to what other tasks leave behind: `tasks.build.results.digest`. */
import { referencesIn } from '../../substitution/substitute.ts';

export interface ResultReference {
  readonly section: 'tasks' | 'finally';
  readonly task: string;
  readonly result: string;
}

const PATTERN =
  /^(tasks|finally)\.([^.]+)\.results(?:\.([^.[\]]+)|\[(["'])(.*?)\4\])(?:\.[^.]+|\[(?:\d+|\*)\])?$/;

export function parseResultReference(reference: string): ResultReference | undefined {
  const match = PATTERN.exec(reference);
  if (!match) return undefined;
  const [, section, task = '', plain, , quoted] = match;
  return {
    section: section === 'finally' ? 'finally' : 'tasks',
    task,
    result: plain ?? quoted ?? '',
  };
}

export function resultReferencesIn(node: unknown): ResultReference[] {
  return referencesIn(node).flatMap((reference) => parseResultReference(reference) ?? []);
}
