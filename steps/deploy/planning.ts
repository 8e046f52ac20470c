/** Makes the plan from what is there now: nothing may have changed since it was looked at. */
import type { Settings } from '../../core/config/settings.ts';
import { type Planned, planRelease } from '../../core/release/planning.ts';
import type { Clock } from '../../effects/clock.ts';
import { gather } from '../../effects/gather.ts';
import type { ReleaseSubject } from '../../effects/hold.ts';
import type { Kube } from '../../effects/kube/client.ts';

export async function planNow(
  kube: Kube,
  clock: Clock,
  { release, service, namespace }: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<Planned> {
  const gathered = await gather(kube, clock, namespace, service, settings, credentialsDir);
  const image = gathered.resolved.image;
  return planRelease({ ...gathered, release, at: clock.now(), settings, image });
}
