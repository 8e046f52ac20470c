/** Columns: what `kubectl get` shows of a kind. */

import type { Kind } from '../../../definitions/kind.ts';
import type { KubeObject } from '../../../store/object.ts';

export type Cell = string | number | boolean | null;

export interface Column<T = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** `name` marks the column that names the object. */
  readonly format?: 'name';
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority?: 0 | 1;
  readonly description?: string;
  readonly cell: (object: T, nowMs: number) => Cell;
}

export type ColumnsOf = (kind: Kind, version: string) => readonly Column[];

/** Columns of a kind whose objects are of the type T. */
export function typed<T>(...columns: readonly Column<T>[]): readonly Column[] {
  return columns as readonly unknown[] as readonly Column[]; // asked only for objects of their kind
}

/** The same between the object's name and its age; what is wide comes last. */
export function columns<T>(...own: readonly Column<T>[]): readonly Column[] {
  const shown = own.filter(({ priority = 0 }) => priority === 0);
  const wide = own.filter(({ priority }) => priority === 1);
  return [NAME_COLUMN, ...typed(...shown), AGE_COLUMN, ...typed(...wide)];
}

export function text<T>(name: string, cell: Column<T>['cell']): Column<T> {
  return { name, type: 'string', cell };
}

export function integer<T>(name: string, cell: Column<T>['cell']): Column<T> {
  return { name, type: 'integer', cell };
}

/** Shown with `-o wide` only. */
export function wide<T>(column: Column<T>): Column<T> {
  return { ...column, priority: 1 };
}

/** A list as kubectl shows it. */
export function listed(values: readonly (string | undefined)[] | undefined): string {
  return values && values.length > 0 ? values.join(',') : '<none>';
}

export const NAME_COLUMN: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: ({ metadata }) => metadata.name,
};

export const AGE_COLUMN: Column = {
  name: 'Age',
  type: 'string',
  cell: ({ metadata }, nowMs) => age(metadata.creationTimestamp, nowMs),
};

/** How long ago, as kubectl writes it. */
export function age(since: string | undefined, nowMs: number): string {
  return since === undefined ? '<unknown>' : humanDuration(nowMs - Date.parse(since));
}

/** Two units while they matter, one when they no longer do: `45s`, `2m5s`, `14m`, `3h12m`, `2d`. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const both = (big: string, small: number, unit: string): string =>
    small === 0 ? big : `${big}${small}${unit}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return both(`${minutes}m`, seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return both(`${hours}h`, minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return both(`${days}d`, hours % 24, 'h');
  if (years < 2) return `${days}d`;
  if (years < 8) return both(`${years}y`, days % 365, 'd');
  return `${years}y`;
}
