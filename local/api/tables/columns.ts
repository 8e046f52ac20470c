/** Which columns each kind has; kinds without their own show name and age. */
import type { Store } from '../../store/store.ts';
import type { ColumnsOf } from './table.ts';
import { AGE_COLUMN, NAME_COLUMN } from './table.ts';

export function createColumnsOf(_store: Store): ColumnsOf {
  return () => [NAME_COLUMN, AGE_COLUMN];
}
