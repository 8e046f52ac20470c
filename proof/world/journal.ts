/** The journal of the simulated service, as it is stored. */
import { type Journal, journalName, readJournal } from '../../core/release/journal.ts';
import { configMaps } from '../../local/collection.ts';
import { NAMESPACE, SERVICE } from './service.ts';
import type { ProofWorld } from './world.ts';

/** Undefined before the first release. */
export function journalOf({ cluster }: ProofWorld): Journal | undefined {
  const stored = configMaps(cluster.world).get(NAMESPACE, journalName(SERVICE));
  if (!stored) return undefined;
  const journal = readJournal(stored.data);
  if (typeof journal === 'string') throw new Error(journal);
  return journal;
}
