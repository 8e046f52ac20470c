/** post-validation: asks the new pods and the Service themselves, as a client would. */

import type { Fields } from '../../core/report/log/log-events.ts';
import { validate } from '../../effects/driver/validate.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import { SUBJECT_OPTIONS, subjectOf } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import type { Stage, StageEnd } from '../../effects/stage/run-stage.ts';

export const stage: Stage = {
  name: 'post-validation',
  summary: 'runs the smoke checks against every new pod and the service',
  options: SUBJECT_OPTIONS,
  results: ['verdict'],
  run: async (options, hasty) => {
    const { release, service, namespace } = subjectOf(options);
    // It comes after a deploy: to give up is to turn back a release that was not found bad.
    const context = patient(hasty);
    const { current } = await peekJournal(context.kube, namespace, service);
    if (current?.plan.release !== release) {
      return ended('passed', { note: 'this run released nothing' });
    }
    const { faults, checked } = await validate(context, current.plan);
    for (const reason of faults) {
      context.log.event({ event: 'smoke-failed', smoke: 'failed', reason });
    }
    return faults.length === 0
      ? ended('passed', { checked })
      : ended('failed', { checked, failed: faults.length });
  },
};

function ended(outcome: 'passed' | 'failed', fields: Fields<'stage-ended'>): StageEnd {
  return {
    exitCode: outcome === 'passed' ? 0 : 1,
    results: { verdict: outcome },
    summary: { event: 'stage-ended', stage: 'post-validation', outcome, ...fields },
  };
}
