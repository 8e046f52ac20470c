/** deploy: moves the service from the stable to the candidate, or puts everything back. */
import { arriveToDeploy } from '../../core/release/arrival.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { BadInput } from '../../effects/failure.ts';
import { holdRelease } from '../../effects/hold.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/options.ts';
import { option, runStep, type Step } from '../../effects/step.ts';
import { endOf, unchanged } from './end.ts';
import { planNow } from './planning.ts';
import { goalOf, proceed, undo } from './proceed.ts';

const step: Step = {
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
  run: async (options, context) => {
    const { clock, kube, log } = context;
    const subject = subjectOf(options);
    const goal = goalOf(text(options, 'finish'));
    const settings = await loadSettings(kube, paramsOf(options));
    return holdRelease(context, subject, async (driving) => {
      const arrival = arriveToDeploy(driving.journal.journal(), subject.release);
      switch (arrival.kind) {
        case 'report':
          return endOf(arrival.entry.plan, arrival.entry.state);
        case 'resume': {
          const { plan, state } = arrival.entry;
          log.line(`phase=${state.phase} resumed="an earlier run of this stage was cut off"`);
          return proceed(driving, plan, state, goal);
        }
        case 'undo-first':
          await undo(driving, arrival.entry);
          break;
        case 'begin':
          break;
      }
      const credentials = text(options, 'registry-credentials-dir');
      const planned = await planNow(kube, clock, subject, settings, credentials);
      switch (planned.kind) {
        case 'refused':
          throw new BadInput([planned.why]);
        case 'unchanged':
          return unchanged(subject, planned.why);
        case 'planned':
          return proceed(driving, planned.plan, undefined, goal);
      }
    });
  },
};

void runStep(step);
