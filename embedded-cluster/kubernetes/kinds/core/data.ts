/** ConfigMaps and Secrets: what they hold, and how much. */
import { Buffer } from 'node:buffer';
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, tooLong, when } from '../../definitions/field-faults.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { fieldsOf, textOf } from '../fields.ts';

export function secretDefaults(draft: DraftObject): DraftObject {
  const { stringData, ...secret } = draft;
  const encoded = Object.entries(fieldsOf(stringData)).map(([key, text]) => [
    key,
    Buffer.from(textOf(text)).toString('base64'),
  ]);
  const data =
    encoded.length > 0 ? { data: { ...fieldsOf(draft.data), ...Object.fromEntries(encoded) } } : {};
  // A Secret is one with or without what was written in clear.
  return { ...secret, ...data, type: draft.type ?? 'Opaque' } as DraftObject;
}

const LARGEST_DATA_BYTES = 1024 * 1024;
const DATA_KEY = /^[-._a-zA-Z0-9]+$/;

export function dataFaults(object: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  const data = Object.entries(fieldsOf(object.data));
  const binaryData = Object.entries(fieldsOf(object.binaryData));
  const bytes =
    bytesIn(data, object.kind === 'Secret' ? 'base64' : 'utf8') + bytesIn(binaryData, 'base64');
  return [
    ...[...data, ...binaryData].flatMap(([key]) =>
      when(!DATA_KEY.test(key), () =>
        invalid(
          `data[${key}]`,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        ),
      ),
    ),
    ...when(bytes > LARGEST_DATA_BYTES, () => tooLong('data', LARGEST_DATA_BYTES)),
    ...immutableFaults(object, previous),
  ];
}

function bytesIn(entries: readonly [string, unknown][], encoding: 'base64' | 'utf8'): number {
  return entries.reduce((sum, [, value]) => sum + Buffer.byteLength(textOf(value), encoding), 0);
}

function immutableFaults(object: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  if (previous?.immutable !== true) return [];
  const same = ['data', 'binaryData', 'immutable'].every(
    (field) => JSON.stringify(object[field]) === JSON.stringify(previous[field]),
  );
  return when(!same, () => ({
    reason: 'FieldValueForbidden',
    message: 'Forbidden: field is immutable when `immutable` is set',
    field: 'data',
  }));
}
