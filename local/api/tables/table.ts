/** Columns: what `kubectl get` shows of a kind. */
import type { KubeObject } from '../../store/object.ts';
import type { Kind } from '../kind.ts';

export type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** `name` marks the column that names the object. */
  readonly format?: 'name';
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority?: 0 | 1;
  readonly description?: string;
  readonly cell: (object: KubeObject, nowMs: number) => Cell;
}

export type ColumnsOf = (kind: Kind, version: string) => readonly Column[];

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
