/** The two colours by which the sides of a release are told apart, in labels and in selectors. */
import type { Labels } from '../kubernetes/labels.ts';
import type { LabelSelector } from '../kubernetes/objects.ts';
import { TEMPLATE_HASH } from '../kubernetes/owners.ts';

/** The label that tells the two sides apart. */
export const COLOUR = 'version';
export type Colour = 'blue' | 'green';

/** What a Service asks of the pods of both sides. */
export function commonTo(selector: Labels = {}): Labels {
  const { [COLOUR]: _colour, [TEMPLATE_HASH]: _hash, ...common } = selector;
  return common;
}

/** The colour that a workload's pods must have. */
export function colourIn({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): Colour | undefined {
  const demanded = matchExpressions.find(
    ({ key, operator }) => key === COLOUR && operator === 'In',
  );
  const [only, second] = demanded?.values ?? [];
  return colourOf(matchLabels[COLOUR] ?? (second === undefined ? only : undefined));
}

/** The same selector for pods of the other colour; nothing else of it changes. */
export function inColour(
  { matchLabels, matchExpressions }: LabelSelector,
  colour: Colour,
): LabelSelector {
  const others = matchExpressions?.filter(({ key }) => key !== COLOUR) ?? [];
  return {
    matchLabels: { ...matchLabels, [COLOUR]: colour },
    ...(others.length === 0 ? {} : { matchExpressions: others }),
  };
}

function colourOf(value: string | undefined): Colour | undefined {
  return value === 'blue' || value === 'green' ? value : undefined;
}

/** The colour inside every label selector, however deep. */
export function recolourSelectors(value: unknown, from: Colour, to: Colour): unknown {
  if (Array.isArray(value)) return value.map((item) => recolourSelectors(item, from, to));
  if (typeof value !== 'object' || value === null) return value;
  const isDemand = 'operator' in value && 'key' in value && value.key === COLOUR;
  const recoloured = ([key, inner]: [string, unknown]): [string, unknown] => {
    if (key === 'matchLabels') return [key, recolour(Object(inner), from, to)];
    // Its expressions are about the labels of nodes.
    if (key === 'nodeAffinity') return [key, inner];
    if (!isDemand || key !== 'values' || !Array.isArray(inner)) {
      return [key, recolourSelectors(inner, from, to)];
    }
    return [key, inner.map((each) => (each === from ? to : each))];
  };
  return Object.fromEntries(Object.entries(value).map(recoloured));
}

function recolour(labels: Labels, from: Colour, to: Colour): Record<string, string> {
  return labels[COLOUR] === from ? { ...labels, [COLOUR]: to } : { ...labels };
}

/** The candidate's colour in a plan. */
export function colourOfCandidate({
  selectors,
}: {
  readonly selectors: { readonly candidate: Labels };
}): string {
  return selectors.candidate[COLOUR] ?? '';
}
