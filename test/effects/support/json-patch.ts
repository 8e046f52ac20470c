/** RFC 6902, as far as a release writes it. Throws where a path leads nowhere, as the API does. */
import type { PatchOperation } from '../../../core/cluster/action.ts';

export function patched<T extends object>(object: T, operations: readonly PatchOperation[]): T {
  const copy = structuredClone(object);
  for (const operation of operations) apply(copy, operation);
  return copy;
}

function apply(object: object, operation: PatchOperation): void {
  const keys = operation.path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((node, each) => Object(node)[each], object);
  if (typeof parent !== 'object' || parent === null) throw new Error(`no ${operation.path}`);
  const record = parent as Record<string, unknown>; // a list is indexed by texts as well
  if (operation.op !== 'add' && !(key in record)) throw new Error(`no ${operation.path}`);
  if (Array.isArray(parent)) {
    const at = key === '-' ? parent.length : Number(key);
    const isAdded = operation.op === 'add';
    parent.splice(at, isAdded ? 0 : 1, ...(operation.op === 'remove' ? [] : [operation.value]));
  } else if (operation.op === 'remove') delete record[key];
  else record[key] = operation.value;
}
