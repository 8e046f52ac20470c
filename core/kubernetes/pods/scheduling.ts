/** What of a pod's affinity and spread is required, in the words of core/v1. */
import type { LabelSelector, PodSpec } from '../objects.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

interface NodeRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values?: string[];
}

export interface NodeTerm {
  matchExpressions?: NodeRequirement[];
  matchFields?: NodeRequirement[];
}

export interface ApartTerm {
  topologyKey: string;
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
}

export interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeTerm[] };
  };
  podAntiAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: ApartTerm[] };
}

export interface SpreadConstraint {
  topologyKey: string;
  maxSkew?: number;
  whenUnsatisfiable?: string;
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
}

export function affinityOf({ affinity }: PodSpec): Affinity {
  return (affinity ?? {}) as Affinity; // the API has checked its shape
}

export function spreadOf({ topologySpreadConstraints }: PodSpec): readonly SpreadConstraint[] {
  return (topologySpreadConstraints ?? []) as SpreadConstraint[]; // the API has checked its shape
}
