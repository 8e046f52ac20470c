/** Scales old versions to zero that were kept running for a fast rollback, once the time for it is over. */

import type { ReleaseId } from '../../core/base/vocabulary.ts';
import { recordOf, unfinished, withoutRollbackWindow } from '../../core/journal/journal.ts';
import { pendingScaleDown } from '../../core/journal/rollback-window.ts';
import type { Service } from '../../core/kubernetes/network-objects.ts';
import type { Deployment } from '../../core/kubernetes/workload-objects.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { OwnedRelease } from '../../effects/ownership/owned-release.ts';

/** What came of one orphan. `taken`: another process has taken it up meanwhile. */
export type Recovered = 'recovered' | 'taken' | 'held' | 'failed' | 'undecided';

type Subject = Pick<ReleaseSubject, 'service' | 'namespace'>;

/** The Lease is held: no release begins meanwhile that wants these pods back. */
export async function scaleDownExpired(
  owned: OwnedRelease,
  subject: Subject,
  releases: readonly ReleaseId[],
): Promise<Recovered> {
  if (unfinished(owned.journal.journal())) return 'taken';
  let recovered: Recovered = 'recovered';
  for (const release of releases) {
    if ((await letGoOf(owned, subject, release)) === 'taken') recovered = 'taken';
  }
  return recovered;
}

async function letGoOf(
  { kube, lease, journal, log }: OwnedRelease,
  { service, namespace }: Subject,
  release: ReleaseId,
): Promise<'recovered' | 'taken'> {
  const record = recordOf(journal.journal(), release);
  const warm = record?.warm;
  if (!warm) return 'recovered';
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: warm.deployment };
  const [found, services] = await Promise.all([
    kube.get<Deployment>(target),
    kube.list<Service>({ kind: 'v1/Service', namespace }),
  ]);
  const cooling = pendingScaleDown({ ...record, warm }, service, found, services.items);
  switch (cooling.kind) {
    case 'left-alone':
      log.event({ event: 'recovery', service, release, 'left-alone': cooling.why });
      return 'taken';
    case 'over':
      log.event({ event: 'recovery', service, release, reason: cooling.why });
      break;
    case 'let-go': {
      const { effect, text } = cooling.action;
      await lease.ensureHeld(journal.assertUnchanged);
      log.event({ event: 'action', service, release, action: text });
      if (effect.kind === 'patch') {
        const written = await kube.patch(target, effect.operations);
        if (written.kind === 'conflict') return 'taken';
      }
      break;
    }
  }
  await journal.save(withoutRollbackWindow(journal.journal(), release));
  return 'recovered';
}
