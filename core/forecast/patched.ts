/** RFC 6902 as far as a release uses it, without touching what is patched. */
import type { PatchOperation } from '../cluster/action.ts';

export function patched<T extends object>(object: T, operations: readonly PatchOperation[]): T {
  return operations.reduce<T>(
    // The operations of a release keep an object what it is.
    (current, operation) => changed(current, keysOf(operation.path), operation) as T,
    object,
  );
}

function keysOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function changed(node: unknown, keys: readonly string[], operation: PatchOperation): unknown {
  const [key, ...deeper] = keys;
  if (key === undefined) return operation.op === 'remove' ? undefined : operation.value;
  if (Array.isArray(node)) return changedList(node, key, deeper, operation);
  const { [key]: inner, ...others } = (node ?? {}) as Record<string, unknown>; // an object of JSON
  if (deeper.length === 0 && operation.op === 'remove') return others;
  return { ...others, [key]: changed(inner, deeper, operation) };
}

function changedList(
  list: readonly unknown[],
  key: string,
  deeper: readonly string[],
  operation: PatchOperation,
): unknown[] {
  const index = key === '-' ? list.length : Number(key);
  const [before, after] = [list.slice(0, index), list.slice(index)];
  if (deeper.length === 0 && operation.op === 'add') return [...before, operation.value, ...after];
  if (deeper.length === 0 && operation.op === 'remove') return [...before, ...after.slice(1)];
  return [...before, changed(list[index], deeper, operation), ...after.slice(1)];
}
