/** JSONPath as RFC 9535 has it: a path into a document, and nothing that could be run. */
import { query } from 'jsonpath-rfc9535';
import { messageOf } from '../failure.ts';

type JsonValue = Parameters<typeof query>[0];

export function select(path: string, document: unknown): readonly unknown[] {
  return query(document as JsonValue, path); // what JSON.parse has made is JSON
}

/** What keeps a text from being a path; undefined where it is one. */
export function pathFault(path: string): string | undefined {
  try {
    query({}, path);
    return undefined;
  } catch (thrown) {
    return `is no JSONPath: ${messageOf(thrown)}`;
  }
}
