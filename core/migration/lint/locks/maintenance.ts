/** What VACUUM, ANALYZE, CLUSTER and REINDEX lock. */
import type { Schema } from '../schema/schema.ts';
import type { Act } from '../tree/act.ts';
import { nameText } from '../tree/names.ts';
import { type Touch, touch, touchKeys, touchUnnamed } from './touch.ts';

export function reindexTouches(schema: Schema, act: Act & { kind: 'reindex' }): readonly Touch[] {
  const lock = act.isConcurrent ? 'ShareUpdateExclusive' : 'Share';
  switch (act.what) {
    case 'table':
      return [
        touch(act.name, lock, 'scan'),
        touchUnnamed(
          `every index of ${nameText(act.name)}`,
          act.isConcurrent ? lock : 'AccessExclusive',
        ),
      ];
    case 'index': {
      const table = schema.index(act.name)?.table;
      const ownLock = act.isConcurrent ? 'ShareUpdateExclusive' : 'AccessExclusive';
      const own = touch(act.name, ownLock, 'rewrite');
      if (table === undefined) return [own, touchUnnamed(`the table of ${own.text}`, lock, 'scan')];
      return [own, ...touchKeys([table], lock, 'scan')];
    }
    default:
      return [touchUnnamed(`every table of the ${act.what}`, lock, 'scan')];
  }
}

export function vacuumTouches(act: Act & { kind: 'vacuum' | 'cluster' }): readonly Touch[] {
  if (act.kind === 'cluster') {
    return act.table
      ? [touch(act.table, 'AccessExclusive', 'rewrite')]
      : [touchUnnamed('every table that was clustered', 'AccessExclusive', 'rewrite')];
  }
  const lock = act.isFull ? 'AccessExclusive' : 'ShareUpdateExclusive';
  // ANALYZE reads a sample.
  const work = act.isFull ? 'rewrite' : act.isAnalyze ? 'brief' : 'scan';
  if (act.tables.length === 0) return [touchUnnamed('every table of the database', lock, work)];
  return act.tables.map((table) => touch(table, lock, work));
}
