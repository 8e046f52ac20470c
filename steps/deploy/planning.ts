/** Makes the plan from what is there now: nothing may have changed since it was looked at. */
import type { Settings } from '../../core/config/settings.ts';
import { type Planned, planRelease } from '../../core/release/planning.ts';
import { whyUnchanged } from '../../effects/config-change.ts';
import { gather } from '../../effects/gather.ts';
import type { ReleaseSubject } from '../../effects/lease.ts';
import type { Outside } from '../../effects/outside.ts';
import { refuseIfShared } from '../../effects/shared-workload.ts';

export async function planNow(
  outside: Outside,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<Planned> {
  const { release, service, namespace } = subject;
  const gathered = await gather(outside, namespace, service, settings, credentialsDir);
  await refuseIfShared(outside, subject, gathered, settings);
  const image = gathered.resolved.image;
  const at = outside.clock.now();
  const planned = planRelease({ ...gathered, release, at, settings, image });
  if (planned.kind !== 'unchanged') return planned;
  return { ...planned, why: await whyUnchanged(outside.kube, namespace, planned.why, gathered) };
}
