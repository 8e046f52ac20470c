/** Autoscalers: stored, and acted on by whoever plays the autoscaler. */
import type { Kind } from '../api/kind.ts';
import { autoscalerDefaults, autoscalerFaults } from './plain.ts';

export const HORIZONTAL_POD_AUTOSCALERS: Kind = {
  group: 'autoscaling',
  versions: ['v2', 'v1'],
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  scope: 'Namespaced',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: ['status'],
  defaults: autoscalerDefaults,
  faults: autoscalerFaults,
};
