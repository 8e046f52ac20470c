/** The name of the claim that a run gets for a workspace with a volumeClaimTemplate. */
import { createHash } from 'node:crypto';
import type { WorkspaceBinding } from '../model/runs.ts';

export function claimName(
  { name, volumeClaimTemplate }: WorkspaceBinding,
  ownerUid: string,
): string {
  const hash = createHash('sha256')
    .update(name + ownerUid)
    .digest('hex')
    .slice(0, 10);
  return `${volumeClaimTemplate?.metadata?.name ?? 'pvc'}-${hash}`;
}
