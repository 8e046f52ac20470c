/** What is locked by taking away, renaming and moving. */
import type { Schema } from '../schema/schema.ts';
import { nameOfKey } from '../schema/schema.ts';
import type { Act, Drop } from '../tree/act.ts';
import { type Name, nameText } from '../tree/names.ts';
import { type Touch, touch, touchKeys, touchUnnamed } from './touch.ts';

const RELATIONS = ['table', 'view', 'matview', 'materialized view', 'foreign table', 'sequence'];

export function dropTouches(schema: Schema, act: Drop): readonly Touch[] {
  const { what, names, ofTable, cascade } = act;
  if (ofTable) return [touch(ofTable, 'AccessExclusive')];
  if (what === 'index') return names.flatMap((index) => dropIndex(schema, index, act.isConcurrent));
  if (RELATIONS.includes(what)) return names.flatMap((name) => dropRelation(schema, name, act));
  if (what === 'schema' && cascade) {
    const inside = [...schema.tables.keys()].filter((key) =>
      names.some(({ name }) => key.startsWith(`${name}.`)),
    );
    const unseen = touchUnnamed('everything in the schema', 'AccessExclusive');
    return [...touchKeys(inside, 'AccessExclusive'), unseen];
  }
  if (what === 'statistic ext') {
    return [touchUnnamed('the table that the statistics are of', 'ShareUpdateExclusive')];
  }
  const isUsed = ['type', 'domain', 'function'].includes(what) && cascade;
  return isUsed ? [touchUnnamed(`every table that uses the ${what}`, 'AccessExclusive')] : [];
}

function dropIndex(schema: Schema, index: Name, isConcurrent: boolean): readonly Touch[] {
  const lock = isConcurrent ? 'ShareUpdateExclusive' : 'AccessExclusive';
  const own = touch(index, lock);
  const table = schema.index(index)?.table;
  if (table === undefined) return [own, touchUnnamed(`the table of ${nameText(index)}`, lock)];
  return [own, ...touchKeys([table], lock)];
}

function dropRelation(schema: Schema, name: Name, { cascade }: Drop): readonly Touch[] {
  const key = schema.keyOf(name);
  const heirs = schema.heirsOf(key);
  const parents = schema.tables.get(key)?.parents ?? [];
  const sharers = [
    ...schema.referencedBy(key),
    ...(cascade ? [...schema.referencing(key), ...schema.viewsOf(key)] : []),
  ];
  return [
    touch(name, 'AccessExclusive'),
    ...touchKeys([...heirs, ...sharers], 'AccessExclusive'),
    ...touchKeys(parents, 'AccessExclusive'),
  ];
}

export function renameTouches(
  schema: Schema,
  act: Act & { kind: 'rename' | 'set-schema' },
): readonly Touch[] {
  const what = act.what;
  if (what === 'index') return [touch(act.of, 'ShareUpdateExclusive')];
  if (what === 'trigger') return [touch(act.of, 'AccessExclusive')];
  const isOfRelation =
    [...RELATIONS, 'column', 'tabconstraint', 'policy', 'rule'].includes(what) ||
    what.endsWith(' column');
  if (!isOfRelation) return [];
  const heirs = what === 'column' ? schema.heirsOf(schema.keyOf(act.of)) : [];
  return [
    touch(act.of, 'AccessExclusive'),
    ...heirs.map((key) => touch(nameOfKey(key), 'AccessExclusive')),
  ];
}
