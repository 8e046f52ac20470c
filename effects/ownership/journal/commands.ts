/** Leaves orders in a service's journal, and tells the process that drives its release of them as they come. */

import type { ReleaseId } from '../../../core/base/vocabulary.ts';
import {
  type Command,
  commandsData,
  MOST_COMMANDS,
  pendingCommands,
  readCommands,
} from '../../../core/journal/commands/command.ts';
import { type Journal, journalName } from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import type { Clock } from '../../base/clock.ts';
import { StageFailure } from '../../base/failure.ts';
import type { Kube } from '../../kube/client.ts';
import { watchCollection } from '../../kube/watch/collection.ts';
import { parsed, readConfigMap } from './journal.ts';

export interface CommandWatch {
  /** The orders for a release that its journal does not answer yet. */
  pending(journal: Journal, release: ReleaseId): readonly Command[];
  stop(): void;
}

/** Resolves once the orders are known; calls `changed` when there may be another one. */
export async function watchCommands(
  kube: Kube,
  clock: Clock,
  { namespace, service }: { readonly namespace: string; readonly service: string },
  changed: () => void,
): Promise<CommandWatch> {
  const name = journalName(service);
  const fieldSelector = `metadata.name=${name}`;
  const query = { kind: 'v1/ConfigMap', namespace, fieldSelector } as const;
  const found = await watchCollection<ConfigMap>(kube, clock, query, changed);
  return {
    pending: ({ answers }, release) =>
      pendingCommands(readCommands(found.items.get(name)?.data), answers, release),
    stop: () => found.stop(),
  };
}

/**
 * Leaves an order beside the journal; the journal itself is not touched. What has been answered is
 * cleared away by the way. An order of the same id is left once.
 */
export async function placeCommand(
  kube: Kube,
  namespace: string,
  service: string,
  order: Command,
): Promise<void> {
  for (;;) {
    const stored = await readConfigMap(kube, namespace, service);
    if (!stored) throw new StageFailure(1, `service ${service} has no journal any more`);
    const orders = readCommands(stored.data);
    if (orders.some(({ id }) => id === order.id)) return;
    const pending = pendingCommands(orders, parsed(stored).answers, order.release);
    if (pending.length >= MOST_COMMANDS) {
      throw new StageFailure(1, `${pending.length} orders wait for an answer already`);
    }
    const data = { ...stored.data, ...commandsData([...pending, order]) };
    const updated: ConfigMap = { ...stored, data };
    if ((await kube.replace(updated)).kind === 'done') return;
  }
}
