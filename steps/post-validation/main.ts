/** post-validation: asks the new pods and the Service themselves, as a client would. */

import { selectorText } from '../../core/kubernetes/labels.ts';
import type { Pod, Service } from '../../core/kubernetes/objects.ts';
import { isServing } from '../../core/kubernetes/pods.ts';
import type { Entry } from '../../core/release/journal.ts';
import { scopeOf } from '../../core/release/scope.ts';
import { checksOf } from '../../core/smoke/checks.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { StageFailure } from '../../effects/failure.ts';
import { lookIntoJournal } from '../../effects/journal.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { SUBJECT_OPTIONS, subjectOf } from '../../effects/options.ts';
import { podTarget, type SmokeTarget, smoke } from '../../effects/smoke.ts';
import { runStep, type Step } from '../../effects/step.ts';

const step: Step = {
  name: 'post-validation',
  summary: 'runs the smoke checks against every new pod and the service',
  options: SUBJECT_OPTIONS,
  results: ['verdict'],
  run: async (options, { kube, clock, log }) => {
    const { release, service, namespace } = subjectOf(options);
    const { current } = await lookIntoJournal(kube, namespace, service);
    if (current?.plan.release !== release) {
      const summary = 'stage=post-validation result=passed note="this run released nothing"';
      return { exitCode: 0, results: { verdict: 'passed' }, summary };
    }
    const targets = await targetsOf(kube, current);
    const checks = checksOf(current.plan);
    const faults = await smoke(checks, targets, clock);
    for (const fault of faults) log.line(`smoke=failed ${fault}`);
    const count = `${checks.length * targets.length} checks of ${targets.length} targets`;
    return faults.length === 0
      ? {
          exitCode: 0,
          results: { verdict: 'passed' },
          summary: `stage=post-validation result=passed checked="${count}"`,
        }
      : {
          exitCode: 1,
          results: { verdict: 'failed' },
          summary: `stage=post-validation result=failed checked="${count}" failed=${faults.length}`,
        };
  },
};

/** Every pod of the candidate, and the Service at its own address. */
async function targetsOf(kube: Kube, { plan }: Entry): Promise<SmokeTarget[]> {
  const { namespace, service: name, port, servicePort } = plan;
  const [service, { items: pods }] = await Promise.all([
    kube.get<Service>({ apiVersion: 'v1', kind: 'Service', namespace, name }),
    kube.list<Pod>({
      kind: 'v1/Pod',
      namespace,
      labelSelector: selectorText(scopeOf(plan).podLabels),
    }),
  ]);
  if (!service) throw new StageFailure(1, `service ${name} is gone from namespace ${namespace}`);
  const view = { service, previewService: undefined, deployments: new Map(), pods, slices: [] };
  const candidate = strategyOf(plan).sides(plan, view).candidate.filter(isServing);
  if (candidate.length === 0) throw new StageFailure(1, 'no pod of the candidate is ready');
  const host = service.spec.clusterIP;
  const itself: SmokeTarget[] =
    host === undefined || host === 'None'
      ? []
      : [{ name: `service ${name}`, host, port: servicePort }];
  return [...candidate.map((pod) => podTarget(pod, port)), ...itself];
}

void runStep(step);
