/** Reads a VEX document of either format. */
import { wordOrKind } from '../../base/foreign-text.ts';
import { jsonOf, MOST_OF_LARGE, repeatedKey } from '../../base/json.ts';
import { isCsaf, readCsaf } from './csaf.ts';
import { isOpenVex, readOpenVex } from './openvex.ts';
import type { VexRead } from './statement.ts';

export function readVex(text: string): VexRead {
  const document = jsonOf(text, MOST_OF_LARGE);
  // What counts as an exception is read in one way only.
  const twice = document === undefined ? undefined : repeatedKey(text);
  if (twice !== undefined) {
    return { kind: 'malformed', why: `the key ${wordOrKind(twice)} stands twice in one map` };
  }
  if (isOpenVex(document)) return readOpenVex(document);
  if (isCsaf(document)) return readCsaf(document);
  return { kind: 'malformed', why: 'it is neither OpenVEX nor CSAF' };
}
