/** Pods that must keep apart, or spread: by the value of a label of their nodes. */
import { type Labels, matches } from '../../kubernetes/labels.ts';
import type { Pod, PodTemplate } from '../../kubernetes/objects.ts';
import { type ApartTerm, affinityOf, spreadOf } from '../../kubernetes/pods/scheduling.ts';
import { isWanted, type Node } from './node.ts';

/** What keeps a pod from a node for the pods that are on it and on its like. */
export interface Rule {
  allows(node: Node): boolean;
  /** One more of the pods is on the node. */
  place(node: Node): void;
}

/** Of a template, all that are required. `pods`: those of its namespace that have a node. */
export function rulesOf(
  { metadata, spec }: PodTemplate,
  nodes: readonly Node[],
  pods: readonly Pod[],
): Rule[] {
  const labels = metadata?.labels ?? {};
  const apart =
    affinityOf(spec).podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const spread = spreadOf(spec).filter(
    ({ whenUnsatisfiable = 'DoNotSchedule' }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  // Where pods spread, nodes that they do not want do not count.
  const eligible = nodes.filter((node) => isWanted(node, spec));
  return [
    ...apart.map((term) => {
      const counts = countsOf(term, nodes, pods);
      return keptApart(term.topologyKey, counts, matches(term.labelSelector, labels));
    }),
    ...spread.map((constraint) => {
      const counts = countsOf(constraint, nodes, pods);
      const { topologyKey, maxSkew = 1 } = constraint;
      const countsOwn = matches(constraint.labelSelector, labels);
      return spreadOut(topologyKey, maxSkew, counts, countsOwn, valuesOf(topologyKey, eligible));
    }),
  ];
}

type Counts = Map<string, number>;

function keptApart(key: string, counts: Counts, countsOwn: boolean): Rule {
  return {
    allows: (node) => {
      const value = labelOf(key, node);
      return value === undefined || (counts.get(value) ?? 0) === 0;
    },
    place: (node) => countsOwn && add(counts, labelOf(key, node)),
  };
}

function spreadOut(
  key: string,
  maxSkew: number,
  counts: Counts,
  countsOwn: boolean,
  values: readonly string[],
): Rule {
  return {
    allows: (node) => {
      const value = labelOf(key, node);
      if (value === undefined) return false;
      const fewest = Math.min(...values.map((each) => counts.get(each) ?? 0));
      return (counts.get(value) ?? 0) + (countsOwn ? 1 : 0) - fewest <= maxSkew;
    },
    place: (node) => countsOwn && add(counts, labelOf(key, node)),
  };
}

/** How many pods like these there are already. Those of another revision do not count where a rule says so. */
function countsOf(rule: ApartTerm, nodes: readonly Node[], pods: readonly Pod[]): Counts {
  const counts: Counts = new Map();
  if ((rule.matchLabelKeys ?? []).length > 0) return counts;
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  for (const { metadata, spec } of pods) {
    const node = byName.get(spec.nodeName ?? '');
    const labels: Labels | undefined = metadata.labels;
    if (!node || !labels || !matches(rule.labelSelector, labels)) continue;
    add(counts, labelOf(rule.topologyKey, node));
  }
  return counts;
}

function add(counts: Counts, value: string | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

function labelOf(key: string, { metadata }: Node): string | undefined {
  return metadata.labels?.[key];
}

function valuesOf(key: string, nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap((node) => labelOf(key, node) ?? []))];
}
