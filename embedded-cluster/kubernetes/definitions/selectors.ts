/** Label and field selectors, as they stand in a URL or in an object. */
import type { KubeObject } from '../store/object.ts';
import { ApiFailure } from './failure.ts';

export type Predicate = (object: KubeObject) => boolean;

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: string[];
  }[];
}

type Labels = Record<string, string>;

/** Splits at commas that are not inside the brackets of a set. */
function requirementsOf(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function valuesOf(list: string): string[] {
  return list.split(',').map((value) => value.trim());
}

function labelRequirement(text: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = valuesOf(list);
    return operator === 'in'
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return operator === '!='
      ? (labels) => labels[key] !== value
      : (labels) => labels[key] === value;
  }
  const presence = /^(!?)([^\s=!()]+)$/.exec(text);
  if (presence) {
    const [, absent, key = ''] = presence;
    return absent ? (labels) => !(key in labels) : (labels) => key in labels;
  }
  throw new ApiFailure('BadRequest', `unable to parse requirement: ${text}`);
}

/** `app=payment-service,tier in (a, b),!legacy` */
export function parseLabelSelector(selector: string): Predicate {
  const requirements = requirementsOf(selector).map(labelRequirement);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return requirements.every((holds) => holds(labels));
  };
}

/** `metadata.name=x,status.phase!=Running`; a missing field counts as the empty string. */
export function parseFieldSelector(selector: string, selectable: readonly string[]): Predicate {
  const requirements = requirementsOf(selector).map((text) => {
    const parsed = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
    if (!parsed) throw new ApiFailure('BadRequest', `invalid field selector: ${text}`);
    const [, path = '', operator, value = ''] = parsed;
    if (!selectable.includes(path)) {
      throw new ApiFailure('BadRequest', `field label not supported: ${path}`);
    }
    return { path: path.split('.'), wanted: operator !== '!=', value };
  });
  return (object) =>
    requirements.every(({ path, wanted, value }) => (fieldText(object, path) === value) === wanted);
}

function fieldText(object: unknown, path: readonly string[]): string {
  let value: unknown = object;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return '';
    // Indexing what was just shown to be an object.
    value = (value as Record<string, unknown>)[step];
  }
  return value === undefined || value === null ? '' : String(value);
}

/** A selector as it stands in a Deployment; an empty one matches nothing here. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
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
    })
  );
}

/** A selector in the form it has in a URL: `app=shop,tier in (a,b)`. */
export function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector = {}): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
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
  return [...labels, ...expressions].sort().join(',');
}
