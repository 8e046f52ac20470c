/** deploy: moves the service from the stable to the candidate, or puts everything back. */
import { carryOut } from '../../effects/carry-out.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { refuseDestinations } from '../../effects/destinations.ts';
import type { Goal } from '../../effects/drive.ts';
import { BadInput } from '../../effects/failure.ts';
import { holdRelease } from '../../effects/hold.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/options.ts';
import { patient } from '../../effects/patience.ts';
import { option, type Step } from '../../effects/step.ts';
import { dryRun } from './dry-run.ts';
import { endedBefore, endOf, unchanged } from './end.ts';
import { planNow } from './planning.ts';

export const step: Step = {
  name: 'deploy',
  summary: 'moves a service to a new version without losing a request, or puts everything back',
  options: {
    ...REQUEST_OPTIONS,
    finish: option(
      'here: ends the release; conclude: leaves that to the conclude stage of the same run',
      'here',
    ),
  },
  results: ['outcome', 'phase', 'release-id', 'image-digest'],
  run: async (options, hasty) => {
    const outside = patient(hasty);
    const { kube } = outside;
    const subject = subjectOf(options);
    const goal = goalOf(text(options, 'finish'));
    const settings = await loadSettings(kube, paramsOf(options));
    await refuseDestinations(outside.destinations, settings);
    const credentials = text(options, 'registry-credentials-dir');
    if (text(options, 'dry-run') === 'true') return dryRun(outside, subject, settings, credentials);
    const carried = await holdRelease(outside, subject, (driving) =>
      carryOut(driving, subject.release, goal, () =>
        planNow(outside, subject, settings, credentials),
      ),
    );
    switch (carried.kind) {
      case 'unchanged':
        return unchanged(subject, carried.why);
      case 'over':
        return endedBefore(carried.record, subject.service);
      case 'went':
        return endOf(carried.plan, carried.state, outside.stop.aborted ? 'stopped' : 'ran');
    }
  },
};

function goalOf(finish: string): Goal {
  switch (finish) {
    case 'here':
      return 'ended';
    case 'conclude':
      return 'handed-over';
    default:
      throw new BadInput([`param finish: "${finish}" is none of here, conclude`]);
  }
}
