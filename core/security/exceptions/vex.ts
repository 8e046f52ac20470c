/** Reads a VEX document of either format. */
import { jsonOf, MOST_OF_LARGE } from '../../base/json.ts';
import { isCsaf, readCsaf } from './csaf.ts';
import { isOpenVex, readOpenVex } from './openvex.ts';
import type { VexRead } from './statement.ts';

export function readVex(text: string): VexRead {
  const document = jsonOf(text, MOST_OF_LARGE);
  if (isOpenVex(document)) return readOpenVex(document);
  if (isCsaf(document)) return readCsaf(document);
  return { kind: 'malformed', why: 'it is neither OpenVEX nor CSAF' };
}
