/** post-validation: asks the new pods and the Service themselves, as a client would. */

import { validate } from '../../effects/driver/validate.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import { SUBJECT_OPTIONS, subjectOf } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import type { Stage } from '../../effects/stage/run-stage.ts';

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
      const summary = 'stage=post-validation result=passed note="this run released nothing"';
      return { exitCode: 0, results: { verdict: 'passed' }, summary };
    }
    const { faults, checked } = await validate(context, current.plan);
    for (const fault of faults) context.log.line(`smoke=failed ${fault}`);
    return faults.length === 0
      ? {
          exitCode: 0,
          results: { verdict: 'passed' },
          summary: `stage=post-validation result=passed checked="${checked}"`,
        }
      : {
          exitCode: 1,
          results: { verdict: 'failed' },
          summary: `stage=post-validation result=failed checked="${checked}" failed=${faults.length}`,
        };
  },
};
