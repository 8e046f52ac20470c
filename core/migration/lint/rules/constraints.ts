/** Constraints: added in a way that looks at every row, or that running versions cannot keep. */
import type { Constraint } from '../tree/columns.ts';
import { type Name, nameText, quotedName } from '../tree/names.ts';
import { alter, costText, isLong, isOld, onOld, type Rule, type Situation } from './rule.ts';

interface Added {
  readonly table: Name;
  readonly constraint: Constraint;
}

function added(situation: Situation, ...kinds: readonly Constraint['kind'][]): Added | undefined {
  const { act } = situation;
  if (act.kind !== 'alter-table' || act.change.kind !== 'add-constraint') return undefined;
  const { constraint } = act.change;
  return kinds.includes(constraint.kind) && isOld(situation, act.table)
    ? { table: act.table, constraint }
    : undefined;
}

function longlyAdded(
  situation: Situation,
  ...kinds: readonly Constraint['kind'][]
): Added | undefined {
  return onOld(situation).some(isLong) ? added(situation, ...kinds) : undefined;
}

const nameOf = ({ constraint }: Added): string => quotedName(constraint.name ?? '…');

const check: Rule = {
  id: 'add-check',
  severity: 'error',
  what: 'A CHECK or NOT NULL is added, and every row is looked at under the lock',
  instead: 'Add it NOT VALID, then VALIDATE it in a transaction of its own.',
  peers: ['constraint-missing-not-valid'],
  bad: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)',
  good: `ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive`,
  find(situation) {
    const found = longlyAdded(situation, 'check', 'not-null');
    return found && validatedLater(situation, found);
  },
};

function validatedLater(situation: Situation, found: Added): { seen: string; instead: string } {
  return {
    seen: costText(situation),
    instead: `the same with NOT VALID at its end; then, in a transaction of its own, ${alter(found.table)} VALIDATE CONSTRAINT ${nameOf(found)}`,
  };
}

const foreignKey: Rule = {
  id: 'add-foreign-key',
  severity: 'error',
  what: 'A foreign key is added, and every row is looked up while writes to both tables are blocked',
  instead: 'Add it NOT VALID, then VALIDATE it in a transaction of its own.',
  peers: ['adding-foreign-key-constraint', 'constraint-missing-not-valid'],
  bad: 'ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id)',
  good: `ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_order_fk`,
  find(situation) {
    const found = longlyAdded(situation, 'foreign-key');
    return found && validatedLater(situation, found);
  },
};

const unique: Rule = {
  id: 'add-unique',
  severity: 'error',
  what: 'UNIQUE is added, and its index is built under the lock',
  instead: 'CREATE UNIQUE INDEX CONCURRENTLY; then ADD CONSTRAINT … UNIQUE USING INDEX.',
  peers: ['disallowed-unique-constraint'],
  bad: 'ALTER TABLE items ADD CONSTRAINT items_order_key UNIQUE (order_id)',
  good: `CREATE UNIQUE INDEX CONCURRENTLY items_order_key ON items (order_id);
ALTER TABLE items ADD CONSTRAINT items_order_key UNIQUE USING INDEX items_order_key`,
  find(situation) {
    const found = longlyAdded(situation, 'unique');
    return found && withReadyIndex(situation, found, 'UNIQUE');
  },
};

function withReadyIndex(
  situation: Situation,
  found: Added,
  word: string,
): { seen: string; instead: string } {
  const columns = found.constraint.columns.map(quotedName).join(', ');
  const name = nameOf(found);
  return {
    seen: costText(situation),
    instead: `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${nameText(found.table)} (${columns || '…'}); then ${alter(found.table)} ADD CONSTRAINT ${name} ${word} USING INDEX ${name}`,
  };
}

const primaryKey: Rule = {
  id: 'add-primary-key',
  severity: 'error',
  what: 'A primary key is added, and its index is built, or NOT NULL is checked, under the lock',
  instead:
    'Make the columns NOT NULL first, by a CHECK that is validated; CREATE UNIQUE INDEX CONCURRENTLY; then ADD PRIMARY KEY USING INDEX.',
  peers: ['adding-serial-primary-key-field'],
  bad: 'ALTER TABLE events_old ADD CONSTRAINT events_old_pk PRIMARY KEY (id)',
  good: `CREATE UNIQUE INDEX CONCURRENTLY events_old_pk ON events_old (id);
ALTER TABLE events_old ADD CONSTRAINT events_old_pk PRIMARY KEY USING INDEX events_old_pk`,
  find(situation) {
    const found = longlyAdded(situation, 'primary-key');
    if (!found) return undefined;
    if (found.constraint.usingIndex === undefined) {
      return withReadyIndex(situation, found, 'PRIMARY KEY');
    }
    const isSure = onOld(situation).every((each) => !isLong(each) || each.isSure);
    return {
      seen: `its columns are not known to be NOT NULL: ${costText(situation)}`,
      severity: isSure ? 'error' : 'warning',
    };
  },
};

const exclude: Rule = {
  id: 'add-exclude',
  severity: 'error',
  what: 'An EXCLUDE constraint is added: there is no way to build its index beside the traffic',
  instead:
    'Make a new table with it, write to both, fill it in a backfill, and let the new version use it.',
  peers: [],
  bad: "ALTER TABLE orders ADD EXCLUDE USING gist (int4range(quantity, quantity, '[]') WITH &&)",
  good: 'CREATE TABLE bookings (room int4range, EXCLUDE USING gist (room WITH &&))',
  find(situation) {
    return longlyAdded(situation, 'exclude') && { seen: costText(situation) };
  },
};

const dropForeignKey: Rule = {
  id: 'drop-foreign-key',
  severity: 'error',
  what: 'A foreign key is dropped, which locks both of its tables at once',
  instead: 'Do it in a transaction of its own, with a short lock_timeout, and try again.',
  peers: [],
  bad: 'ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; SELECT 1',
  good: "ALTER TABLE orders ALTER COLUMN note SET DEFAULT ''",
  setting: { isOwn: false, transactions: 'file', hasLockTimeout: true },
  find(situation) {
    const { act, transaction } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'constraint') return undefined;
    if (act.change.subtype !== 'AT_DropConstraint' || !isOld(situation, act.table))
      return undefined;
    const held = onOld(situation).filter(({ lock }) => lock === 'AccessExclusive');
    if (held.length < 2) return undefined;
    const isKnown = held.every(({ relation }) => relation !== undefined);
    const what = isKnown ? '' : 'where it is a foreign key, ';
    return {
      seen: `${what}every read and write of ${held.map(({ text }) => text).join(' and ')} waits until the transaction ends`,
      // Alone, it waits for both with a short lock_timeout, and lets go again.
      severity: !transaction.isShared ? 'note' : isKnown ? 'error' : 'warning',
    };
  },
};

const createReferencing: Rule = {
  id: 'create-table-references',
  severity: 'warning',
  what: 'A table is made with a foreign key: writes to the table that it leads to are blocked until the transaction ends',
  instead:
    'A transaction of its own with a short lock_timeout, tried again; the runner of this project does so by itself.',
  peers: [],
  bad: 'CREATE TABLE parts (order_id bigint REFERENCES orders (id)); SELECT 1',
  good: 'CREATE TABLE parts (order_id bigint)',
  setting: { isOwn: false, transactions: 'file', hasLockTimeout: true },
  find(situation) {
    const { act, transaction } = situation;
    if (act.kind !== 'create-table') return undefined;
    const held = onOld(situation).filter(({ lock }) => lock === 'ShareRowExclusive');
    if (held.length === 0 || act.partitionOf) return undefined;
    const isEndless = !transaction.hasLockTimeout;
    return {
      seen: `no write of ${held.map(({ text }) => text).join(' and ')} gets through while it waits, and until the transaction ends`,
      severity: isEndless || transaction.isShared ? 'warning' : 'note',
    };
  },
};

const newRestriction: Rule = {
  id: 'new-restriction',
  severity: 'note',
  what: 'Rows are refused from now on that the old version may still write',
  instead:
    'Make sure that the old version keeps to it; a constraint that is NOT VALID holds for new rows at once.',
  peers: [],
  bad: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID',
  good: 'ALTER TABLE orders ADD COLUMN amount_checked numeric',
  find(situation) {
    const { act, setting } = situation;
    if (setting.phase === 'contract' || setting.phase === 'down') return undefined;
    const isConstraint = added(situation, 'check', 'not-null', 'unique', 'foreign-key', 'exclude');
    const isNotNull =
      act.kind === 'alter-table' &&
      act.change.kind === 'column' &&
      act.change.subtype === 'AT_SetNotNull' &&
      isOld(situation, act.table);
    const isUnique = act.kind === 'create-index' && act.isUnique && isOld(situation, act.table);
    if (!isConstraint && !isNotNull && !isUnique) return undefined;
    return { seen: 'a write of the old version that does not keep to it fails' };
  },
};

export const CONSTRAINT_RULES: readonly Rule[] = [
  ...[check, foreignKey, unique, primaryKey, exclude, dropForeignKey],
  ...[createReferencing, newRestriction],
];
