/** Where runs that wait for a service say so, and see who else does: beside its journal. */
import type { Journal } from '../core/release/journal.ts';
import { type Asking, readTurns, turnsData, withTurn } from '../core/release/turn.ts';
import { emptyConfigMap, parsed, readConfigMap } from './journal.ts';
import type { Kube } from './kube/client.ts';

interface Waiting {
  readonly journal: Journal;
  readonly turns: readonly Asking[];
}

export async function lookAtTurns(
  kube: Kube,
  namespace: string,
  service: string,
): Promise<Waiting> {
  const stored = await readConfigMap(kube, namespace, service);
  return { journal: parsed(stored), turns: readTurns(stored?.data) };
}

/** Asks for a turn; the journal itself is not touched. */
export async function askForTurn(
  kube: Kube,
  namespace: string,
  service: string,
  askingIn: (journal: Journal) => Asking,
): Promise<void> {
  for (;;) {
    const stored = await readConfigMap(kube, namespace, service);
    const turns = withTurn(readTurns(stored?.data), askingIn(parsed(stored)));
    const object = stored ?? emptyConfigMap(namespace, service);
    const asked = { ...object, data: { ...object.data, ...turnsData(turns) } };
    const written = stored ? await kube.replace(asked) : await kube.create(asked);
    if (written.kind === 'done') return;
  }
}
