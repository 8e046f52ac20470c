/** Columns that are added. */
import { volatilityIn } from '../locks/columns.ts';
import type { Column } from '../tree/columns.ts';
import { typeText } from '../tree/columns.ts';
import { volatilityOf } from '../tree/expressions.ts';
import { type Name, quotedName } from '../tree/names.ts';
import { alter, costText, isOld, type Rule, type Situation } from './rule.ts';

interface Added {
  readonly table: Name;
  readonly column: Column;
}

/** A column that is added to a table which running versions use. */
function added(situation: Situation): Added | undefined {
  const { act } = situation;
  if (act.kind !== 'alter-table' || act.change.kind !== 'add-column') return undefined;
  return isOld(situation, act.table) ? { table: act.table, column: act.change.column } : undefined;
}

const named = ({ name }: Column): string => quotedName(name);
const typed = ({ type }: Column): string => (type ? typeText(type) : '…');

const volatileDefault: Rule = {
  id: 'add-column-volatile-default',
  severity: 'error',
  what: 'A column is added with a default that is another one for each row',
  instead: 'Add the column without a default, set the default, and fill the rows in a backfill.',
  peers: ['adding-field-with-default'],
  bad: 'ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()',
  good: `ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid()`,
  find(situation) {
    const found = added(situation);
    if (!found || found.column.default === undefined) return undefined;
    const { table, column } = found;
    const { volatility, because } = volatilityOf(column.default, volatilityIn(situation.schema));
    if (volatility === 'fixed') return undefined;
    const seen =
      volatility === 'volatile'
        ? `${because} gives each row a value of its own: ${costText(situation)}`
        : `nothing is known of ${because}: where it is VOLATILE, ${costText(situation)}`;
    const instead = `${alter(table)} ADD COLUMN ${named(column)} ${typed(column)}; then ${alter(table)} ALTER COLUMN ${named(column)} SET DEFAULT …; then a backfill where ${named(column)} IS NULL`;
    return volatility === 'volatile' ? { seen, instead } : { seen, instead, severity: 'warning' };
  },
};

const serial: Rule = {
  id: 'add-column-serial',
  severity: 'error',
  what: 'A column that numbers the rows is added: serial, or an identity',
  instead:
    'Add the column without a default, make a sequence that it owns, set the default, and fill the rows in a backfill.',
  peers: ['adding-serial-primary-key-field'],
  bad: 'ALTER TABLE orders ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY',
  good: `ALTER TABLE orders ADD COLUMN number bigint;
CREATE SEQUENCE orders_number_seq OWNED BY orders.number;
ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('orders_number_seq')`,
  find(situation) {
    const found = added(situation);
    if (!found || !(found.column.isSerial || found.column.isIdentity)) return undefined;
    return { seen: `each row gets its number: ${costText(situation)}` };
  },
};

const required: Rule = {
  id: 'add-column-not-null',
  severity: 'error',
  what: 'A column is added that must have a value, and has no default',
  instead:
    'Give it a default that is the same for all rows, or add it without NOT NULL and set that once the rows are filled.',
  peers: ['adding-required-field', 'adding-not-nullable-field'],
  bad: 'ALTER TABLE orders ADD COLUMN state text NOT NULL',
  good: "ALTER TABLE orders ADD COLUMN state text DEFAULT 'pending' NOT NULL",
  find(situation) {
    const found = added(situation);
    if (!found) return undefined;
    const { column } = found;
    const hasValue =
      column.default !== undefined ||
      column.isIdentity ||
      column.isSerial ||
      column.generated !== undefined;
    if (!column.isNotNull || hasValue) return undefined;
    return {
      seen: `it fails where there is a row, and where there is none, each INSERT of the old version fails for want of ${named(column)}`,
    };
  },
};

const stored: Rule = {
  id: 'add-column-stored',
  severity: 'error',
  what: 'A column is added that is generated and stored',
  instead:
    'Add a plain column, keep it by a trigger, and fill the rows in a backfill; or let it be VIRTUAL (since PostgreSQL 18).',
  peers: ['adding-field-with-default'],
  bad: 'ALTER TABLE orders ADD COLUMN twice numeric GENERATED ALWAYS AS (amount * 2) STORED',
  good: 'ALTER TABLE orders ADD COLUMN twice numeric',
  find(situation) {
    const found = added(situation);
    if (found?.column.generated !== 'stored') return undefined;
    return { seen: `each row's value is reckoned: ${costText(situation)}` };
  },
};

const checkedType: Rule = {
  id: 'add-column-checked',
  severity: 'error',
  what: 'A column is added that every row is looked at for: of a domain that is checked, or with a CHECK',
  instead: 'Add a plain column; then a CHECK that is NOT VALID; then VALIDATE it.',
  peers: ['constraint-missing-not-valid'],
  bad: 'ALTER TABLE orders ADD COLUMN mark int DEFAULT 1 CHECK (mark > 0)',
  good: `ALTER TABLE orders ADD COLUMN mark int DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT mark_positive CHECK (mark > 0) NOT VALID`,
  find(situation) {
    const found = added(situation);
    if (!found) return undefined;
    const { column } = found;
    const { schema } = situation;
    const isChecked = column.type !== undefined && schema.type(column.type)?.isChecked === true;
    const hasCheck = column.constraints.some(({ kind }) => kind === 'check');
    if (!isChecked && !hasCheck) return undefined;
    const why = isChecked ? `the domain ${typed(column)} is checked` : 'its CHECK is checked';
    return { seen: `${why}: ${costText(situation)}` };
  },
};

const references: Rule = {
  id: 'add-column-references',
  severity: 'error',
  what: 'A column is added with a foreign key in it',
  instead:
    'Add the column; then the foreign key NOT VALID; then VALIDATE it, each in a transaction of its own.',
  peers: ['adding-foreign-key-constraint'],
  bad: 'ALTER TABLE items ADD COLUMN customer_id bigint REFERENCES customers (id)',
  good: `ALTER TABLE items ADD COLUMN customer_id bigint;
ALTER TABLE items ADD CONSTRAINT items_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_customer_fk`,
  find(situation) {
    const found = added(situation);
    const key = found?.column.constraints.find(({ kind }) => kind === 'foreign-key');
    if (!found || !key) return undefined;
    return {
      seen: `reads and writes of one table wait while it waits for the writes of the other: ${costText(situation)}`,
    };
  },
};

const unique: Rule = {
  id: 'add-column-unique',
  severity: 'error',
  what: 'A column is added that is UNIQUE, or the primary key',
  instead:
    'Add the column; CREATE UNIQUE INDEX CONCURRENTLY; then ADD CONSTRAINT … UNIQUE USING INDEX.',
  peers: ['disallowed-unique-constraint'],
  bad: 'ALTER TABLE orders ADD COLUMN mark text UNIQUE',
  good: `ALTER TABLE orders ADD COLUMN mark text;
CREATE UNIQUE INDEX CONCURRENTLY orders_mark_key ON orders (mark);
ALTER TABLE orders ADD CONSTRAINT orders_mark_key UNIQUE USING INDEX orders_mark_key`,
  find(situation) {
    const found = added(situation);
    const isUnique = found?.column.constraints.some(
      ({ kind }) => kind === 'unique' || kind === 'primary-key',
    );
    return isUnique ? { seen: `its index is built: ${costText(situation)}` } : undefined;
  },
};

const selectStar: Rule = {
  id: 'prepared-select-star',
  severity: 'note',
  what: 'A column is added: a prepared `SELECT *` of a running version fails once (0A000)',
  instead:
    'Name the columns in queries, or let the application prepare a statement again when it fails with 0A000.',
  peers: [],
  bad: 'ALTER TABLE orders ADD COLUMN memo text',
  good: 'CREATE TABLE memos (order_id bigint PRIMARY KEY, memo text)',
  find(situation) {
    const found = added(situation);
    return found
      ? { seen: 'a `SELECT *` that was prepared before has one column more than was promised' }
      : undefined;
  },
};

export const ADDED_COLUMN_RULES: readonly Rule[] = [
  ...[volatileDefault, serial, required, stored, checkedType, references, unique, selectStar],
];
