/** Makes the plan from what is there now: nothing may have changed since it was looked at. */
import type { Settings } from '../../core/config/settings.ts';
import { type Planned, planRelease } from '../../core/release/planning.ts';
import { gather } from '../../effects/gather.ts';
import type { ReleaseSubject } from '../../effects/lease.ts';
import type { Outside } from '../../effects/outside.ts';

export async function planNow(
  outside: Outside,
  { release, service, namespace }: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<Planned> {
  const gathered = await gather(outside, namespace, service, settings, credentialsDir);
  const image = gathered.resolved.image;
  return planRelease({ ...gathered, release, at: outside.clock.now(), settings, image });
}
