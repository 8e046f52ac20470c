/** What the product has written down of the last release of the bench's service. */
import { failedAtLeast, unanswered } from '../../core/availability/figures.ts';
import { type Journal, journalName } from '../../core/journal/journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { SERVICE } from '../../demo/cluster.ts';
import type { Cluster } from '../../embedded-cluster/cluster/cluster.ts';
import { configMaps } from '../../embedded-cluster/kubernetes/collection.ts';

/** How many requests were not answered, by the product's word. */
export interface Told {
  /** What it calls `failed-requests`; undefined where it says `unknown`. */
  readonly failed: number | undefined;
  readonly least: number;
  readonly most: number;
}

export function journalIn({ world }: Cluster): Journal | undefined {
  const stored = configMaps(world).get(SERVICE.namespace, journalName(SERVICE.name));
  const journal = stored && readJournal(stored.data);
  return typeof journal === 'string' ? undefined : journal;
}

/** Undefined where the record of that run's release says that nobody could know. */
export function toldOf(cluster: Cluster, run: string): Told | undefined {
  const record = journalIn(cluster)?.history.find((each) => each.release.startsWith(`${run}-`));
  const { availability } = record?.evidence ?? {};
  const figure = availability && unanswered(availability);
  return figure && { ...figure, failed: failedAtLeast(availability) };
}
