/** What the API fills into objects that run pods, and what it refuses in them. */
import { isDeepStrictEqual } from 'node:util';
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import { labelFaults } from '../../definitions/names.ts';
import { type LabelSelector, matchesSelector } from '../../definitions/selectors.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { type Fields, fieldsOf, filled, specOf, withSpec } from '../fields.ts';
import { podSpecFaults } from '../pods/pod-faults.ts';
import { podTemplateDefaults } from '../pods/pod-spec.ts';

const templated = (spec: Fields): Fields => ({
  ...spec,
  template: podTemplateDefaults(fieldsOf(spec.template)),
});

export function deploymentDefaults(draft: DraftObject): DraftObject {
  const deployment = withSpec(draft, (spec) => {
    const strategy = filled(fieldsOf(spec.strategy), { type: 'RollingUpdate' });
    const rolling = filled(fieldsOf(strategy.rollingUpdate), {
      maxUnavailable: '25%',
      maxSurge: '25%',
    });
    return filled(
      {
        ...templated(spec),
        strategy:
          strategy.type === 'RollingUpdate' ? { ...strategy, rollingUpdate: rolling } : strategy,
      },
      { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
    );
  });
  return { ...deployment, status: draft.status ?? {} };
}

export function replicaSetDefaults(draft: DraftObject): DraftObject {
  const set = withSpec(draft, (spec) => filled(templated(spec), { replicas: 1 }));
  return { ...set, status: draft.status ?? { replicas: 0 } };
}

export function statefulSetDefaults(draft: DraftObject): DraftObject {
  const set = withSpec(draft, (spec) =>
    filled(templated(spec), {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
  );
  return { ...set, status: draft.status ?? { replicas: 0, availableReplicas: 0 } };
}

export function workloadFaults(
  object: KubeObject,
  previous: KubeObject | undefined,
): FailureCause[] {
  const spec = specOf(object);
  const { replicas } = spec;
  return [
    ...when(typeof replicas === 'number' && replicas < 0, () =>
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ),
    ...selectorFaults(spec, specOf(previous)),
    ...templateFaults(spec, ['Always']),
    ...strategyFaults(fieldsOf(spec.strategy)),
  ];
}

function selectorFaults(spec: Fields, before: Fields): FailureCause[] {
  const { selector } = spec;
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  if (selector === undefined) return [missing('spec.selector')];
  if (matchLabels === undefined && matchExpressions === undefined) {
    return [invalid('spec.selector', selector, 'empty selector is invalid for deployment')];
  }
  const changed = before.selector !== undefined && !isDeepStrictEqual(before.selector, selector);
  const labels = labelsIn(spec);
  // A selector was just shown to be an object; what is not one of its fields matches nothing.
  const matches = matchesSelector(selector as LabelSelector, labels);
  return [
    ...labelFaults('spec.selector.matchLabels', fieldsOf(matchLabels)),
    ...when(!matches, () =>
      invalid(
        'spec.template.metadata.labels',
        labels,
        '`selector` does not match template `labels`',
      ),
    ),
    ...when(changed, () => invalid('spec.selector', selector, 'field is immutable')),
  ];
}

function labelsIn(spec: Fields): Record<string, string> {
  const { labels } = fieldsOf(fieldsOf(spec.template).metadata);
  return fieldsOf(labels) as Record<string, string>; // checked as labels with the rest of the template
}

export function templateFaults(spec: Fields, restartPolicies: readonly string[]): FailureCause[] {
  const pod = fieldsOf(fieldsOf(spec.template).spec);
  const policy = pod.restartPolicy;
  return [
    ...labelFaults('spec.template.labels', labelsIn(spec)),
    ...podSpecFaults(pod, 'spec.template.spec'),
    ...when(!restartPolicies.includes(String(policy)), () =>
      unsupported('spec.template.spec.restartPolicy', policy, restartPolicies),
    ),
  ];
}

function strategyFaults({ type, rollingUpdate }: Fields): FailureCause[] {
  const known = ['Recreate', 'RollingUpdate'];
  const { maxSurge, maxUnavailable } = fieldsOf(rollingUpdate);
  return [
    ...when(type !== undefined && !known.includes(String(type)), () =>
      unsupported('spec.strategy.type', type, known),
    ),
    ...when(isNone(maxSurge) && isNone(maxUnavailable), () =>
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    ),
  ];
}

function isNone(amount: unknown): boolean {
  return amount === 0 || amount === '0%';
}
