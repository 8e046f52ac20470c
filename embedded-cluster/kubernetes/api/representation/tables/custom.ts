/** Columns that a CustomResourceDefinition names by JSONPath. */

import { isObject } from '../../../definitions/json.ts';
import type { PrinterColumn } from '../../../kinds/custom/custom-kinds.ts';
import type { KubeObject } from '../../../store/object.ts';
import { AGE_COLUMN, age, type Cell, type Column, NAME_COLUMN } from './table.ts';

export function customColumns(columns: readonly PrinterColumn[] | undefined): readonly Column[] {
  if (!columns || columns.length === 0) return [NAME_COLUMN, AGE_COLUMN];
  return [NAME_COLUMN, ...columns.map(customColumn)];
}

function customColumn({
  name,
  type,
  jsonPath,
  priority = 0,
  description = '',
}: PrinterColumn): Column {
  const read = readerOf(jsonPath);
  return {
    name,
    type: type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string',
    ...(priority > 0 ? { priority: 1 } : {}),
    description,
    cell: (object, nowMs) => cellFor(read(object), type, nowMs),
  };
}

function cellFor(value: unknown, type: string, nowMs: number): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'date') return age(String(value), nowMs);
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell); // JSON, and no object
}

type Step = (value: unknown) => unknown;

/** The part of JSONPath that such columns use: `.a.b[0]`, `.a[?(@.type=="Ready")].status`. */
function readerOf(path: string): (object: KubeObject) => unknown {
  const steps = [
    ...path.matchAll(
      /\[\?\(@\.(\w+)==["'](.*?)["']\)\]|\[(\d+)\]|\.?([^.[\]\\]+(?:\\\.[^.[\]\\]+)*)/g,
    ),
  ];
  const read = steps.map(([, key, wanted, index, field]): Step => {
    if (key !== undefined) {
      return (value) =>
        Array.isArray(value)
          ? value.find((item) => isObject(item) && item[key] === wanted)
          : undefined;
    }
    if (index !== undefined)
      return (value) => (Array.isArray(value) ? value[Number(index)] : undefined);
    const name = (field ?? '').replaceAll('\\.', '.');
    return (value) => (isObject(value) ? value[name] : undefined);
  });
  return (object) => read.reduce<unknown>((value, step) => step(value), object);
}
