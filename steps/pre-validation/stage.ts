/** pre-validation: may this release begin? Looks at everything, changes nothing. */

import { whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { unfinished } from '../../core/journal/journal.ts';
import type { Labels } from '../../core/kubernetes/labels.ts';
import { type Planned, planRelease } from '../../core/plan/planning.ts';
import { BadInput } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { refuseDestinations } from '../../effects/context/destinations.ts';
import { whyUnchanged } from '../../effects/inputs/config-change.ts';
import { gatherPlanInputs } from '../../effects/inputs/plan-inputs.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import { refuseIfLeased } from '../../effects/ownership/lease/lease-guard.ts';
import { refuseIfShared } from '../../effects/ownership/shared-workload.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import type { Stage, StageEnd } from '../../effects/stage/run-stage.ts';
import { tryBeginning } from './begin.ts';
import { checkCluster } from './cluster.ts';
import { extraPodsOf, formatFindings, preflight } from './preflight.ts';

export const stage: Stage = {
  name: 'pre-validation',
  summary: 'looks whether a release may begin, and changes nothing',
  options: REQUEST_OPTIONS,
  results: ['verdict', 'image'],
  run: async (options, context) => {
    const { kube, clock, log } = context;
    const { release, service, namespace } = subjectOf(options);
    const settings = await loadSettings(kube, paramsOf(options));
    await refuseDestinations(context.destinations, settings);
    log.line(`check=cluster ${await checkCluster(kube)}`);
    const { journal, turns } = await peekQueue(kube, namespace, service);
    const why = whyToGiveWay(turns, journal, release);
    if (why !== undefined) {
      const summary = `stage=pre-validation result=passed note="nothing is released: ${why}"`;
      return { exitCode: 0, results: { verdict: 'passed' }, summary };
    }
    await refuseIfLeased(kube, clock, namespace, service, release);
    const left = unfinished(journal);
    if (left) {
      // What it left behind, such as two sides that both serve, must not keep away who puts it right.
      const note = `${left.plan.release} was left unfinished in phase ${left.state.phase}: deploy puts that right first`;
      const summary = `stage=pre-validation result=passed note="${note}"`;
      return { exitCode: 0, results: { verdict: 'passed' }, summary };
    }
    const credentials = text(options, 'registry-credentials-dir');
    const inputs = await gatherPlanInputs(context, namespace, service, settings, credentials);
    await refuseIfShared(context, { release, service, namespace }, inputs, settings);
    const { resolved, subject } = inputs;
    const image = resolved.image.reference;
    log.line(`check=image ${resolved.kind === 'resolved' ? 'pinned' : 'unpinned'} image=${image}`);
    const planned = planRelease({
      ...inputs,
      release,
      at: clock.now(),
      settings,
      image: resolved.image,
    });
    if (planned.kind === 'refused') throw new BadInput([planned.why]);
    const labels = candidateLabels(planned);
    const extraPods = extraPodsOf(settings, inputs, labels);
    const begun =
      planned.kind === 'planned'
        ? await tryBeginning(context, planned.plan, inputs, extraPods)
        : { findings: [], template: subject.deployment.spec.template };
    const candidate = { ...begun, labels, extraPods };
    const { refused, warnings, ignored } = await preflight(
      kube,
      clock,
      namespace,
      settings,
      inputs,
      candidate,
    );
    for (const line of ignored) log.line(`preflight=ignored ${line}`);
    for (const line of formatFindings('warning', warnings)) log.line(line);
    for (const line of formatFindings('refused', refused)) log.line(line);
    if (refused.length > 0) return no(refused.map(({ message }) => message));
    if (text(options, 'dry-run') === 'true') log.line(`dry-run=true risks=${warnings.length}`);
    const summary =
      planned.kind === 'unchanged'
        ? `stage=pre-validation result=passed note="${await whyUnchanged(kube, namespace, planned.why, inputs)}"`
        : `stage=pre-validation result=passed strategy=${settings.strategy} image=${image}`;
    return { exitCode: 0, results: { verdict: 'passed', image }, summary };
  },
};

/** Only a strategy with two sides gives the candidate's pods labels of their own. */
function candidateLabels(planned: Planned): Labels | undefined {
  if (planned.kind !== 'planned' || planned.plan.strategy === 'rolling') return undefined;
  return planned.plan.candidate.template.metadata?.labels;
}

function no(reasons: readonly string[]): StageEnd {
  const summary = `stage=pre-validation result=refused reason="${reasons.join('; ')}", nothing was changed`;
  return { exitCode: 1, results: { verdict: 'refused' }, summary };
}
