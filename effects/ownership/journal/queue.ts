/** Where runs that wait for a service say so, and see who else does: beside its journal. */

import {
  type Asking,
  queueData,
  readQueue,
  withPlaceInQueue,
} from '../../../core/journal/commands/queue.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import type { Kube } from '../../kube/client.ts';
import { emptyConfigMap, parsed, readConfigMap } from './journal.ts';

interface Waiting {
  readonly journal: Journal;
  readonly turns: readonly Asking[];
}

export async function peekQueue(kube: Kube, namespace: string, service: string): Promise<Waiting> {
  const stored = await readConfigMap(kube, namespace, service);
  return { journal: parsed(stored), turns: readQueue(stored?.data) };
}

/** Asks for a turn, or says what became of it; the journal itself is not touched. */
export async function savePlaceInQueue(
  kube: Kube,
  namespace: string,
  service: string,
  mine: (journal: Journal) => Asking,
): Promise<Asking> {
  for (;;) {
    const stored = await readConfigMap(kube, namespace, service);
    const asking = mine(parsed(stored));
    const object = stored ?? emptyConfigMap(namespace, service);
    const turns = queueData(withPlaceInQueue(readQueue(stored?.data), asking));
    const asked = { ...object, data: { ...object.data, ...turns } };
    const written = stored ? await kube.replace(asked) : await kube.create(asked);
    if (written.kind === 'done') return asking;
  }
}
