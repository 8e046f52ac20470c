/**
 * One pass of `$(…)` over a text or a whole spec. What a value brings in is not looked at again, and
 * a reference that means nothing in this layer stays as it is, for a later layer or for the program.
 */
import type { ParamValue } from '../model/task.ts';
import { isListValue, lookUp, type Variables } from './variables.ts';

const REFERENCE = /\$\(([^()]+)\)/g;
const WHOLE_REFERENCE = /^\$\(([^()]+)\)$/;

/** Lists and objects do not fit into a text: references to them stay as they are. */
export function substituteText(text: string, variables: Variables): string {
  return text.replace(REFERENCE, (whole, reference: string) => {
    const value = lookUp(variables, reference);
    return typeof value === 'string' ? value : whole;
  });
}

/** A text that is nothing but a reference becomes whatever the reference means. */
export function substituteValue(value: ParamValue, variables: Variables): ParamValue {
  if (typeof value === 'string') {
    const reference = WHOLE_REFERENCE.exec(value)?.[1];
    const whole = reference === undefined ? undefined : lookUp(variables, reference);
    return whole ?? substituteText(value, variables);
  }
  if (isListValue(value)) return substituteList(value, variables);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, substituteText(text, variables)]),
  );
}

/** An element that is nothing but a reference to a list is replaced by the list's elements. */
function substituteList(texts: readonly string[], variables: Variables): string[] {
  return texts.flatMap((text) => {
    const value = substituteValue(text, variables);
    if (typeof value === 'string') return [value];
    return isListValue(value) ? value : [text];
  });
}

/** Every text in `node`, however deep, but no key. */
export function substituteDeep<T>(node: T, variables: Variables): T {
  // Only texts change, and lists of texts only in length: the result has the type of the node.
  return deep(node, variables) as T;
}

function deep(node: unknown, variables: Variables): unknown {
  if (typeof node === 'string') return substituteText(node, variables);
  if (isListOfTexts(node)) return substituteList(node, variables);
  if (Array.isArray(node)) return node.map((element) => deep(element, variables));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, deep(value, variables)]),
  );
}

function isListOfTexts(node: unknown): node is readonly string[] {
  return Array.isArray(node) && node.every((element) => typeof element === 'string');
}

/** The references in `node`, without `$(` and `)`, in the order they are read. */
export function referencesIn(node: unknown): string[] {
  if (typeof node === 'string') return [...node.matchAll(REFERENCE)].map(([, name = '']) => name);
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(referencesIn);
}
