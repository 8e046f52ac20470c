/** Finds what runs that are gone have left in a namespace: unfinished releases, and Leases. */

import type { Instant, ReleaseId } from '../../core/base/vocabulary.ts';
import { serviceOfJournal, unfinished } from '../../core/journal/journal.ts';
import {
  type Held,
  type Holder,
  holderOf,
  leaseName,
  serviceOfLease,
} from '../../core/journal/lease.ts';
import { selectorText } from '../../core/kubernetes/labels.ts';
import type { ConfigMap, Lease } from '../../core/kubernetes/objects.ts';
import { MANAGED_BY } from '../../core/routers/service/router.ts';
import type { Clock } from '../../effects/base/clock.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { readOwnJournal } from '../../effects/ownership/journal/journal.ts';

export type Orphan =
  | { readonly kind: 'release'; readonly service: string; readonly release: ReleaseId }
  /** The old version, whose time for a fast rollback is over. */
  | { readonly kind: 'warm'; readonly service: string; readonly releases: readonly ReleaseId[] }
  /** Not ended, and still covered by a Lease: its holder goes on with it, or the Lease expires. */
  | { readonly kind: 'held'; readonly service: string; readonly by: Held }
  /** Of a process that was killed before it had begun, or after it had ended. */
  | { readonly kind: 'lease'; readonly service: string; readonly release: ReleaseId }
  | { readonly kind: 'unreadable'; readonly service: string; readonly why: string };

export async function findOrphans(
  kube: Kube,
  namespace: string,
  clock: Clock,
): Promise<readonly Orphan[]> {
  const labelSelector = selectorText(MANAGED_BY);
  const [journals, leases] = await Promise.all([
    kube.list<ConfigMap>({ kind: 'v1/ConfigMap', namespace, labelSelector }),
    kube.list<Lease>({ kind: 'coordination.k8s.io/v1/Lease', namespace, labelSelector }),
  ]);
  // Not before: the API may have been away for minutes, and its answer sets a wrong clock right.
  const now = clock.now();
  const leaseOf = (service: string): Lease | undefined =>
    leases.items.find(({ metadata }) => metadata.name === leaseName(service));
  const releases = journals.items
    .map((journal) => leftIn(journal, now))
    .filter((left) => left !== undefined)
    .flatMap((left): Orphan[] => {
      const by = holding(holderOf(leaseOf(left.service), now));
      if (!by) return [left];
      // Old pods that are kept warm can wait for the next time.
      return left.kind === 'release' ? [{ kind: 'held', service: left.service, by }] : [];
    });
  const known = new Set(releases.map(({ service }) => service));
  const stale = leases.items
    .map((lease) => ({ lease, service: serviceOfLease(lease.metadata.name) }))
    .flatMap(({ lease, service }): Orphan[] => {
      const holder = holderOf(lease, now);
      if (service === undefined || holder.kind !== 'gone' || known.has(service)) return [];
      return [{ kind: 'lease', service, release: holder.release }];
    });
  return [...releases, ...stale];
}

function holding(holder: Holder): Held | undefined {
  switch (holder.kind) {
    case 'free':
    case 'gone':
      return undefined;
    case 'between-stages':
      return { ...holder, process: '' };
    case 'process':
      return holder;
  }
}

function leftIn(stored: ConfigMap, now: Instant): Orphan | undefined {
  const service = serviceOfJournal(stored.metadata.name);
  if (service === undefined) return undefined;
  const journal = readOwnJournal(stored);
  if (typeof journal === 'string') return { kind: 'unreadable', service, why: journal };
  const entry = unfinished(journal);
  if (entry) return { kind: 'release', service, release: entry.plan.release };
  const releases = journal.history
    .filter(({ warm }) => warm && warm.until <= now)
    .map(({ release }) => release);
  return releases.length > 0 ? { kind: 'warm', service, releases } : undefined;
}
