/**
 * Storage for claims on one machine: a folder each, as long as the claim lives. There are no
 * volumes to provision here; a pod that uses a claim gets its folder as a hostPath.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Running, World } from '../../world.ts';
import { claims } from '../collections.ts';

export function claimVolume(root: string, namespace: string, claim: string): object {
  return { hostPath: { path: join(root, namespace, claim), type: 'DirectoryOrCreate' } };
}

/** Binds every claim, and removes what it held when it goes. */
export function startClaimFolders(world: World, root: string): Running {
  const unwatch = claims(world).watch(({ type, object }) => {
    const { namespace = '', name } = object.metadata;
    if (type === 'DELETED') rmSync(join(root, namespace, name), { recursive: true, force: true });
    if (type === 'ADDED') claims(world).updateStatus({ ...object, status: { phase: 'Bound' } });
  });
  return { stop: unwatch };
}
