/** Says what the stage would do. Only reads: takes no Lease, writes no journal, changes nothing. */

import type { Observation } from '../../core/cluster/observation.ts';
import type { Settings } from '../../core/config/settings.ts';
import { foresee } from '../../core/forecast/forecast.ts';
import { unfinished } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { planRelease } from '../../core/plan/planning.ts';
import { forecastLines } from '../../core/report/forecast-lines.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { Outside } from '../../effects/context/stage-context.ts';
import { gather } from '../../effects/inputs/plan-inputs.ts';
import { observe } from '../../effects/kube/observer.ts';
import { lookIntoJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfBusy } from '../../effects/ownership/lease/lease-guard.ts';
import { refuseIfShared } from '../../effects/ownership/shared-workload.ts';
import type { StepEnd } from '../../effects/stage/run-stage.ts';
import { unchanged } from './end.ts';

export async function dryRun(
  outside: Outside,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<StepEnd> {
  const { kube, clock, log } = outside;
  const { release, service, namespace } = subject;
  await refuseIfBusy(kube, clock, namespace, service, release);
  const left = unfinished(await lookIntoJournal(kube, namespace, service));
  if (left) {
    log.line(`plan=first action="undo release ${left.plan.release}, which was left unfinished"`);
  }
  const gathered = await gather(outside, namespace, service, settings, credentialsDir);
  await refuseIfShared(outside, subject, gathered, settings);
  const { image } = gathered.resolved;
  const planned = planRelease({ ...gathered, release, at: clock.now(), settings, image });
  switch (planned.kind) {
    case 'refused':
      throw new BadInput([planned.why]);
    case 'unchanged':
      return unchanged(subject, planned.why);
    case 'planned': {
      const { plan } = planned;
      const forecast = foresee(plan, await lookOnce(outside, plan));
      const { template } = gathered.subject.deployment.spec;
      for (const line of forecastLines(plan, template, forecast)) log.line(line);
      return unchanged(subject, 'dry run');
    }
  }
}

async function lookOnce({ kube, clock }: Outside, plan: Plan): Promise<Observation> {
  const observer = await observe(kube, clock, plan, () => undefined);
  const view = observer.look();
  observer.stop();
  const nothing = {
    readings: new Map(),
    measured: new Map(),
    reports: new Map(),
    called: new Set<string>(),
  };
  return { ...view, ...nothing, at: clock.now() };
}
