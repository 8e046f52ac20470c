/** Everything that security-scan can find, as a closed list. docs/security-scan.md is made from it. */
import { IMAGE_FINDINGS } from './image.ts';
import type { FindingKind } from './kind.ts';
import { POD_FINDINGS } from './pods.ts';
import { SCAN_FINDINGS } from './scan.ts';

export const FINDINGS = { ...IMAGE_FINDINGS, ...SCAN_FINDINGS, ...POD_FINDINGS } as const;
export type FindingId = keyof typeof FINDINGS;

export function kindOf(id: FindingId): FindingKind {
  return FINDINGS[id];
}

export function isFindingId(text: string): text is FindingId {
  return Object.hasOwn(FINDINGS, text);
}
