/**
 * Sets of fields, as `metadata.managedFields` writes them down: a tree of steps, each a field
 * (`f:name`), an item by its keys (`k:{"name":"app"}`) or by its value (`v:"x"`).
 */
import { isObject } from '../../definitions/json.ts';

export interface FieldSet {
  /** The field itself is in the set, not only something in it. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const NO_FIELDS: FieldSet = { member: false, children: new Map() };
export const WHOLE_FIELD: FieldSet = { member: true, children: new Map() };

export function isEmpty({ member, children }: FieldSet): boolean {
  return !member && children.size === 0;
}

export function setFrom(
  member: boolean,
  children: Iterable<readonly [string, FieldSet]>,
): FieldSet {
  return { member, children: new Map([...children].filter(([, child]) => !isEmpty(child))) };
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const steps = new Set([...a.children.keys(), ...b.children.keys()]);
  return setFrom(
    a.member || b.member,
    [...steps].map((step) => [
      step,
      union(a.children.get(step) ?? NO_FIELDS, b.children.get(step) ?? NO_FIELDS),
    ]),
  );
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return setFrom(
    a.member && b.member,
    [...a.children].map(([step, child]) => [
      step,
      intersection(child, b.children.get(step) ?? NO_FIELDS),
    ]),
  );
}

export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return setFrom(
    a.member && !b.member,
    [...a.children].map(([step, child]) => [
      step,
      difference(child, b.children.get(step) ?? NO_FIELDS),
    ]),
  );
}

/** `a` without what `b` has and what lies beneath it. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return NO_FIELDS;
  return setFrom(
    a.member,
    [...a.children].map(([step, child]) => [
      step,
      without(child, b.children.get(step) ?? NO_FIELDS),
    ]),
  );
}

/** Each member as its steps. */
export function pathsOf(set: FieldSet, before: readonly string[] = []): string[][] {
  return [
    ...(set.member && before.length > 0 ? [[...before]] : []),
    ...[...set.children].flatMap(([step, child]) => pathsOf(child, [...before, step])),
  ];
}

/** `.spec.template.spec.containers[name="app"].image` */
export function pathText(steps: readonly string[]): string {
  return steps
    .map((step) => {
      const text = step.slice(2);
      if (step.startsWith('f:')) return `.${text}`;
      if (step.startsWith('v:')) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

export function toFieldsV1(set: FieldSet): Record<string, unknown> {
  const children = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = children.map(([step, child]) => [step, toFieldsV1(child)]);
  // A leaf needs no mark of its own: that it is named makes it a member.
  const mark = set.member && fields.length > 0 ? [['.', {}]] : [];
  return Object.fromEntries([...mark, ...fields]);
}

export function fromFieldsV1(fields: unknown): FieldSet {
  if (!isObject(fields)) return NO_FIELDS;
  const { '.': mark, ...children } = fields;
  const entries = Object.entries(children);
  return {
    member: mark !== undefined || entries.length === 0,
    children: new Map(entries.map(([step, child]) => [step, fromFieldsV1(child)])),
  };
}
