/** Which labels a selector matches, and what it looks like in a query. */
import type { LabelRequirement, LabelSelector } from './objects.ts';

export type Labels = Readonly<Record<string, string>>;

/** A Service's selector: true where every label of it is there; an empty one selects nothing. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** A label selector, expressions and all: an empty one matches everything, none at all nothing. */
export function matches(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key]))
  );
}

/** metav1.LabelSelectorRequirement, and all that is written like it: `NotIn` holds where there is no value. */
export function holds(
  { operator, values = [] }: Pick<LabelRequirement, 'operator' | 'values'>,
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** For `labelSelector=` of a list or a watch: `app=pay,tier in (api,web),!canary`. */
export function queryText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
    }
  });
  return [selectorText(matchLabels), ...expressions].filter((text) => text !== '').join(',');
}

/** `app=payment-service,version=blue` */
export function selectorText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

export function sameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  return selectorText(a ?? {}) === selectorText(b ?? {});
}
