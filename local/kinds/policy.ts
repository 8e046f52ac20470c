/** Disruption budgets. */
import type { Kind } from '../api/kind.ts';
import { budgetDefaults, budgetFaults } from './plain.ts';

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
