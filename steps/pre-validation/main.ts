/** pre-validation: may this release begin? Looks at everything, changes nothing. */

import { planRelease } from '../../core/release/planning.ts';
import { refuseIfBusy } from '../../effects/busy.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { BadInput } from '../../effects/failure.ts';
import { gather } from '../../effects/gather.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/options.ts';
import { runStep, type Step, type StepEnd } from '../../effects/step.ts';
import { checkCluster } from './cluster.ts';
import { formatFindings, preflight } from './preflight.ts';

const step: Step = {
  name: 'pre-validation',
  summary: 'looks whether a release may begin, and changes nothing',
  options: REQUEST_OPTIONS,
  results: ['verdict', 'image'],
  run: async (options, { kube, clock, log }) => {
    const { release, service, namespace } = subjectOf(options);
    const settings = await loadSettings(kube, paramsOf(options));
    log.line(`check=cluster ${await checkCluster(kube)}`);
    await refuseIfBusy(kube, clock, namespace, service, release);
    const credentials = text(options, 'registry-credentials-dir');
    const gathered = await gather(kube, clock, namespace, service, settings, credentials);
    const { resolved } = gathered;
    const image = resolved.image.reference;
    log.line(`check=image ${resolved.kind === 'resolved' ? 'pinned' : 'unpinned'} image=${image}`);

    const planned = planRelease({
      ...gathered,
      release,
      at: clock.now(),
      settings,
      image: resolved.image,
    });
    if (planned.kind === 'refused') throw new BadInput([planned.why]);
    const { refused, warnings, ignored } = await preflight(
      kube,
      clock,
      namespace,
      settings,
      gathered,
    );
    for (const line of ignored) log.line(`preflight=ignored ${line}`);
    for (const line of formatFindings('warning', warnings)) log.line(line);
    for (const line of formatFindings('refused', refused)) log.line(line);
    if (refused.length > 0) return no(refused.map(({ message }) => message));
    const summary =
      planned.kind === 'unchanged'
        ? `stage=pre-validation result=passed note="${planned.why}"`
        : `stage=pre-validation result=passed strategy=${settings.strategy} image=${image}`;
    return { exitCode: 0, results: { verdict: 'passed', image }, summary };
  },
};

function no(reasons: readonly string[]): StepEnd {
  const summary = `stage=pre-validation result=refused reason="${reasons.join('; ')}", nothing was changed`;
  return { exitCode: 1, results: { verdict: 'refused' }, summary };
}

void runStep(step);
