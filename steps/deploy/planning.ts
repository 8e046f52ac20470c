/** Makes the plan from what is there now: nothing may have changed since it was looked at. */
import type { Settings } from '../../core/config/settings.ts';
import { type Planned, planRelease } from '../../core/plan/planning.ts';
import type { Outside } from '../../effects/context/stage-context.ts';
import { whyUnchanged } from '../../effects/inputs/config-change.ts';
import { gather } from '../../effects/inputs/plan-inputs.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfShared } from '../../effects/ownership/shared-workload.ts';

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
