/** Makes the plan from what is there now: nothing may have changed since it was looked at. */
import type { Settings } from '../../core/config/settings.ts';
import { type Planned, planRelease } from '../../core/plan/planning.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { whyUnchanged } from '../../effects/inputs/config-change.ts';
import { gatherPlanInputs } from '../../effects/inputs/plan-inputs.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfShared } from '../../effects/ownership/shared-workload.ts';

export async function planNow(
  context: StageContext,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<Planned> {
  const { release, service, namespace } = subject;
  const inputs = await gatherPlanInputs(context, namespace, service, settings, credentialsDir);
  await refuseIfShared(context, subject, inputs, settings);
  const image = inputs.resolved.image;
  const at = context.clock.now();
  const planned = planRelease({ ...inputs, release, at, settings, image });
  if (planned.kind !== 'unchanged') return planned;
  return { ...planned, why: await whyUnchanged(context.kube, namespace, planned.why, inputs) };
}
