/** JSON patch (RFC 6902). The target is left as it is; what changes is copied. */
import { isDeepStrictEqual } from 'node:util';
import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';

type Container = Record<string, unknown> | unknown[];

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw malformed('a JSON patch is a list of operations');
  return patch.reduce((document: unknown, operation: unknown) => {
    if (!isObject(operation) || typeof operation.path !== 'string') {
      throw malformed('an operation is an object with a path');
    }
    // Its other fields are asked for where they are needed.
    return applied(document, operation as unknown as Operation);
  }, target);
}

function applied(document: unknown, { op, path, from = '', value }: Operation): unknown {
  switch (op) {
    case 'add':
      return put(document, stepsOf(path), value, 'add');
    case 'replace':
      return put(document, stepsOf(path), value, 'replace');
    case 'remove':
      return removed(document, stepsOf(path));
    case 'copy':
      return put(document, stepsOf(path), valueAt(document, stepsOf(from), 'copy'), 'add');
    case 'move': {
      const moved = valueAt(document, stepsOf(from), 'move');
      return put(removed(document, stepsOf(from)), stepsOf(path), moved, 'add');
    }
    case 'test':
      if (isDeepStrictEqual(valueAt(document, stepsOf(path), 'test'), value)) return document;
      throw inapplicable(`testing path ${path} failed`);
    default:
      throw malformed(`Unexpected kind: ${op}`);
  }
}

function stepsOf(path: string): string[] {
  if (path === '') return [];
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(document: unknown, steps: readonly string[], op: string): unknown {
  return steps.reduce((value, step) => childOf(value, step, op, steps), document);
}

function childOf(parent: unknown, step: string, op: string, steps: readonly string[]): unknown {
  const missing = (): ApiFailure =>
    inapplicable(`${op} operation does not apply: doc is missing path: "/${steps.join('/')}"`);
  if (Array.isArray(parent)) {
    const at = Number(step);
    if (!/^\d+$/.test(step) || at >= parent.length) throw missing();
    return parent[at];
  }
  if (!isObject(parent) || !(step in parent)) throw missing();
  return parent[step];
}

function put(
  document: unknown,
  steps: readonly string[],
  value: unknown,
  op: 'add' | 'replace',
): unknown {
  return changed(
    document,
    steps,
    op,
    (parent, last) => {
      if (!Array.isArray(parent)) {
        if (op === 'replace') childOf(parent, last, op, steps);
        return { ...parent, [last]: value };
      }
      if (op === 'replace') {
        childOf(parent, last, op, steps);
        return parent.with(Number(last), value);
      }
      const at = last === '-' ? parent.length : Number(last);
      if (!(at >= 0 && at <= parent.length)) throw inapplicable(`index ${last} is out of bounds`);
      return parent.toSpliced(at, 0, value);
    },
    value,
  );
}

function removed(document: unknown, steps: readonly string[]): unknown {
  return changed(document, steps, 'remove', (parent, last) => {
    childOf(parent, last, 'remove', steps);
    if (Array.isArray(parent)) return parent.toSpliced(Number(last), 1);
    const { [last]: _gone, ...rest } = parent;
    return rest;
  });
}

/** Copies the path down to the parent of its last step, and lets `change` make the new parent. */
function changed(
  document: unknown,
  steps: readonly string[],
  op: string,
  change: (parent: Container, last: string) => Container,
  whole?: unknown,
): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return whole;
  if (!Array.isArray(document) && !isObject(document)) {
    throw inapplicable(`${op} operation does not apply: doc is missing path: "/${step}"`);
  }
  if (rest.length === 0) return change(document, step);
  const child = changed(childOf(document, step, op, steps), rest, op, change);
  return Array.isArray(document)
    ? document.with(Number(step), child)
    : { ...document, [step]: child };
}

function malformed(why: string): ApiFailure {
  return new ApiFailure('BadRequest', `error decoding patch: ${why}`);
}

function inapplicable(why: string): ApiFailure {
  return new ApiFailure(
    'Invalid',
    `the server rejected our request due to an error in our request: ${why}`,
  );
}
