/** What takes away, renames and moves. */
import type { Act } from './act.ts';
import { isTrue, relkindOf } from './alter-table.ts';
import { memberOf, NO_NAME, objectOf, relationOf } from './names.ts';
import { type Fields, listOf, textOf } from './node.ts';

const MEMBERS = new Set(['trigger', 'policy', 'rule']);

export function drop(fields: Fields): Act {
  const what = wordOf(fields.removeType);
  const objects = listOf(fields.objects);
  const isMember = MEMBERS.has(what);
  return {
    kind: 'drop',
    what,
    names: objects.map((each) =>
      isMember ? { schema: undefined, name: memberOf(each).member } : objectOf(each),
    ),
    ofTable: isMember ? memberOf(objects[0]).table : undefined,
    isConcurrent: isTrue(fields.concurrent),
    cascade: fields.behavior === 'DROP_CASCADE',
    missingOk: isTrue(fields.missing_ok),
  };
}

export function rename(fields: Fields): Act {
  const relation = fields.relation;
  const of = relation === undefined ? objectOf(fields.object) : relationOf(relation);
  const from = textOf(fields.subname) ?? of.name;
  const what =
    fields.renameType === 'OBJECT_COLUMN' ? columnWord(fields) : wordOf(fields.renameType);
  return { kind: 'rename', what, of, from, to: textOf(fields.newname) ?? '' };
}

/** A column of a view is no column of a table. */
function columnWord(fields: Fields): string {
  const of = relkindOf(fields.relationType);
  return of === 'table' || of === 'foreign-table' ? 'column' : `${of} column`;
}

export function setSchema(fields: Fields): Act {
  const relation = fields.relation;
  return {
    kind: 'set-schema',
    what: wordOf(fields.objectType),
    of: relation === undefined ? objectOf(fields.object) : relationOf(relation),
    to: textOf(fields.newschema) ?? '',
  };
}

/** `OBJECT_FOREIGN_TABLE` -> `foreign table`. */
export function wordOf(objectType: unknown): string {
  return (textOf(objectType) ?? '').replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ');
}

export function grant(fields: Fields): Act {
  const objects = fields.targtype === 'ACL_TARGET_OBJECT' ? listOf(fields.objects) : [];
  return {
    kind: 'grant',
    isRevoked: !isTrue(fields.is_grant),
    what: wordOf(fields.objtype),
    of: objects.map(objectOf).filter((name) => name !== NO_NAME),
  };
}
