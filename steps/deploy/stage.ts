/** deploy: moves the service from the stable to the candidate, or puts everything back. */

import { whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { BadInput } from '../../effects/base/failure.ts';
import { loadRelease } from '../../effects/config/load.ts';
import { refuseDestinations } from '../../effects/context/destinations.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import type { Goal } from '../../effects/driver/reconcile-loop.ts';
import { beginRelease, takeUp } from '../../effects/driver/run-release.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { planFromCluster } from '../../effects/ownership/plan-release.ts';
import { withLease } from '../../effects/ownership/with-lease.ts';
import { demandVerdict } from '../../effects/security/demand-verdict.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage } from '../../effects/stage/run-stage.ts';
import { dryRun } from './dry-run.ts';
import { endedBefore, endOf, unchanged } from './end.ts';
import { refuseUnprepared } from './prepared.ts';

export const stage: Stage = {
  name: 'deploy',
  summary: 'moves a service to a new version without losing a request, or puts everything back',
  options: {
    ...REQUEST_OPTIONS,
    'validated-image': option('The image that pre-validation of the same run has resolved', ''),
    'validated-plan': option('The plan that it has validated, as fingerprints of its parts', ''),
    finish: option(
      'here: ends the release; conclude: leaves that to the conclude stage of the same run',
      'here',
    ),
  },
  results: ['outcome', 'phase', 'release-id', 'image-digest'],
  run: async (options, hasty) => {
    const context = patient(hasty);
    const { kube } = context;
    const subject = subjectOf(options);
    const goal = goalOf(text(options, 'finish'));
    const { settings, security } = await loadRelease(kube, paramsOf(options));
    await refuseDestinations(context.destinations, settings);
    const credentials = text(options, 'registry-credentials-dir');
    if (text(options, 'dry-run') === 'true') return dryRun(context, subject, settings, credentials);
    const late = await whyNotMine(context, subject);
    if (late) return unchanged(subject, late.why);
    const validated = {
      image: text(options, 'validated-image'),
      plan: text(options, 'validated-plan'),
    };
    const carried = await withLease(context, subject, async (owned) => {
      const taken = await takeUp(owned, subject.release, goal);
      if (taken.kind !== 'begin') return taken;
      // Asked again: now that the service is held, no other can come in between.
      const given = await whyNotMine(context, subject);
      if (given) return given;
      const { planned } = await planFromCluster(context, subject, settings, credentials, validated);
      if (planned.kind === 'planned') await refuseUnprepared(context, subject, settings);
      if (planned.kind === 'planned') {
        await demandVerdict(kube, subject, security, planned.plan.image.digest);
      }
      return beginRelease(owned, planned, goal);
    });
    switch (carried.kind) {
      case 'unchanged':
        return unchanged(subject, carried.why);
      case 'over':
        return endedBefore(carried.record, subject.service);
      case 'went':
        return endOf(carried.plan, carried.state, context.stop.aborted ? 'stopped' : 'ran');
    }
  },
};

/** A run that waited for its turn gives way to what was asked for since, up to the moment it begins. */
async function whyNotMine({ kube }: StageContext, { namespace, service, release }: ReleaseSubject) {
  const { journal, turns } = await peekQueue(kube, namespace, service);
  const why = whyToGiveWay(turns, journal, release);
  return why === undefined ? undefined : ({ kind: 'unchanged', why } as const);
}

function goalOf(finish: string): Goal {
  switch (finish) {
    case 'here':
      return 'ended';
    case 'conclude':
      return 'handed-over';
    default:
      throw new BadInput([`param finish: "${finish}" must be one of here, conclude`]);
  }
}
