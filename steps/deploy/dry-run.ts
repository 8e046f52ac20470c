/** Says what the stage would do. Only reads: takes no Lease, writes no journal, changes nothing. */

import type { Observation } from '../../core/cluster/observation.ts';
import type { Settings } from '../../core/config/settings.ts';
import { foresee } from '../../core/forecast/forecast.ts';
import { unfinished } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { forecastEvents } from '../../core/report/forecast-lines.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { observe } from '../../effects/kube/watch/observer.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfLeased } from '../../effects/ownership/lease/lease-guard.ts';
import { planFromCluster } from '../../effects/ownership/plan-release.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { unchanged } from './end.ts';

export async function dryRun(
  context: StageContext,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
): Promise<StageEnd> {
  const { kube, clock, log } = context;
  const { release, service, namespace } = subject;
  await refuseIfLeased(kube, clock, namespace, service, release);
  const left = unfinished(await peekJournal(kube, namespace, service));
  if (left) {
    const action = `undo release ${left.plan.release}, which was left unfinished`;
    log.event({ event: 'forecast', plan: 'first', action });
  }
  const { inputs, planned } = await planFromCluster(context, subject, settings, credentialsDir);
  switch (planned.kind) {
    case 'refused':
      throw new BadInput([planned.why]);
    case 'unchanged':
      return unchanged(subject, planned.why);
    case 'planned': {
      const { plan } = planned;
      const forecast = foresee(plan, await lookOnce(context, plan));
      const { template } = inputs.subject.deployment.spec;
      for (const event of forecastEvents(plan, template, forecast)) log.event(event);
      return unchanged(subject, 'dry run');
    }
  }
}

async function lookOnce({ kube, clock }: StageContext, plan: Plan): Promise<Observation> {
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
