/** Columns that are there: their type, NOT NULL, what fills them by itself. */
import { quotedName } from '../tree/names.ts';
import { alter, costText, isLong, isOld, onOld, type Rule } from './rule.ts';

const changeType: Rule = {
  id: 'change-column-type',
  severity: 'error',
  what: "A column's type is changed",
  instead:
    'Add a column of the new type, keep both the same by a trigger, fill the rows in a backfill, let the new version use it, and drop the old one in a contract.',
  peers: ['changing-column-type'],
  bad: 'ALTER TABLE orders ALTER COLUMN legacy_id TYPE bigint',
  good: 'ALTER TABLE orders ADD COLUMN legacy_id_wide bigint',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'change-type') return undefined;
    if (!isOld(situation, act.table)) return undefined;
    const long = onOld(situation).filter(isLong);
    if (long.length > 0) return { seen: costText(situation) };
    return {
      seen: `no row is written, but statements that were prepared before fail once ("cached plan must not change result type"): ${costText(situation)}`,
      severity: 'note',
      instead: 'Let the application prepare them again, or leave the type as it is.',
    };
  },
};

const setNotNull: Rule = {
  id: 'set-not-null',
  severity: 'error',
  what: 'A column is made NOT NULL, and every row is looked at under the lock',
  instead:
    'Add CHECK (column IS NOT NULL) NOT VALID; VALIDATE it; then SET NOT NULL, which looks at no row; then drop the CHECK.',
  peers: ['adding-not-nullable-field'],
  bad: 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL',
  good: `ALTER TABLE orders ADD CONSTRAINT note_there CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT note_there;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT note_there`,
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'column') return undefined;
    if (act.change.subtype !== 'AT_SetNotNull' || !onOld(situation).some(isLong)) return undefined;
    const column = quotedName(act.change.column);
    const check = quotedName(`${act.change.column}_there`);
    const of = alter(act.table);
    return {
      seen: costText(situation),
      instead: `${of} ADD CONSTRAINT ${check} CHECK (${column} IS NOT NULL) NOT VALID; then ${of} VALIDATE CONSTRAINT ${check}; then this; then ${of} DROP CONSTRAINT ${check}`,
    };
  },
};

const dropNotNull: Rule = {
  id: 'drop-not-null',
  severity: 'error',
  what: 'A column may be NULL from now on, which the old version does not expect',
  instead:
    'Do it in a contract. Where the new version only leaves it out, SET DEFAULT; where the old one can do with NULL, allow it with that reason.',
  peers: ['ban-drop-not-null'],
  bad: 'ALTER TABLE orders ALTER COLUMN status DROP NOT NULL',
  good: "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'new'",
  find(situation) {
    const { act, setting } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'column') return undefined;
    if (act.change.subtype !== 'AT_DropNotNull' || setting.phase === 'contract') return undefined;
    if (setting.phase === 'down' || !isOld(situation, act.table)) return undefined;
    return { seen: `the old version may read a ${quotedName(act.change.column)} that is NULL` };
  },
};

const dropDefault: Rule = {
  id: 'drop-default',
  severity: 'error',
  what: 'What fills a column by itself goes, while the old version relies on it',
  instead: 'Do it in a contract, when no pod of the old version is left.',
  peers: [],
  bad: 'ALTER TABLE orders ALTER COLUMN status DROP DEFAULT',
  good: "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open'",
  find(situation) {
    const { act, setting, schema } = situation;
    if (act.kind !== 'alter-table' || setting.phase === 'contract') return undefined;
    const { change } = act;
    const isDefault = change.kind === 'set-default' && change.isDropped;
    const isIdentity =
      change.kind === 'column' && /^AT_Drop(Identity|Expression)$/.test(change.subtype);
    if (!isDefault && !isIdentity) return undefined;
    if (!isOld(situation, act.table) || setting.phase === 'down') return undefined;
    const known = schema.table(act.table)?.columns.get(change.column);
    return {
      seen: `an INSERT of the old version that does not name ${quotedName(change.column)} leaves it NULL${known?.isNotNull ? ', and fails' : ''}`,
      severity: known?.isNotNull || isIdentity ? 'error' : 'warning',
    };
  },
};

export const CHANGED_COLUMN_RULES: readonly Rule[] = [
  changeType,
  setNotNull,
  dropNotNull,
  dropDefault,
];
