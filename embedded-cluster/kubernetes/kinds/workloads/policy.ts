/** Disruption budgets. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { specOf } from '../fields.ts';

export const POD_DISRUPTION_BUDGETS: Kind = {
  group: 'policy',
  versions: ['v1'],
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  scope: 'Namespaced',
  shortNames: ['pdb'],
  subresources: ['status'],
  generation: 'counted',
  defaults: budgetDefaults,
  faults: budgetFaults,
};

function budgetDefaults(draft: DraftObject): DraftObject {
  const status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  return { ...draft, status: draft.status ?? status };
}

function budgetFaults(budget: KubeObject): FailureCause[] {
  const { minAvailable, maxUnavailable } = specOf(budget);
  return when(minAvailable !== undefined && maxUnavailable !== undefined, () =>
    invalid('spec', specOf(budget), 'minAvailable and maxUnavailable cannot be both set'),
  );
}
