/** The journal of the simulated service, as it is stored. */
import { type Journal, journalName } from '../../core/journal/journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { configMaps } from '../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE, SERVICE } from './service.ts';
import type { ProofWorld } from './world.ts';

/** Undefined before the first release, and where somebody has made it unreadable. */
export function journalOf({ cluster }: ProofWorld): Journal | undefined {
  const stored = configMaps(cluster.world).get(NAMESPACE, journalName(SERVICE));
  if (!stored) return undefined;
  const journal = readJournal(stored.data);
  return typeof journal === 'string' ? undefined : journal;
}

/** Why it cannot be read; undefined where it can, or where there is none. */
export function journalFault({ cluster }: ProofWorld): string | undefined {
  const stored = configMaps(cluster.world).get(NAMESPACE, journalName(SERVICE));
  const journal = stored && readJournal(stored.data);
  return typeof journal === 'string' ? journal : undefined;
}

/** What others change later nobody mends any more. */
export function isReleaseOver(world: ProofWorld): boolean {
  return journalOf(world)?.current?.state.outcome !== undefined;
}
