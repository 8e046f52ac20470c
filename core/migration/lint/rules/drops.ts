/** What takes away or renames what the old version uses: only a contract may take away, and nothing may rename. */
import type { Drop } from '../tree/act.ts';
import { type Name, nameText, quotedName } from '../tree/names.ts';
import { alter, costText, isOld, type Rule, type Situation } from './rule.ts';

/** On the way back nothing new is in use any more; in a contract nothing old. */
function mayTake({ setting }: Situation): boolean {
  return setting.phase === 'contract' || setting.phase === 'down';
}

const LATER = 'Do it in a contract, when no pod of the old version is left.';

const dropColumn: Rule = {
  id: 'drop-column',
  severity: 'error',
  what: 'A column is dropped that the old version uses',
  instead: LATER,
  peers: ['ban-drop-column'],
  bad: 'ALTER TABLE orders DROP COLUMN note',
  good: "ALTER TABLE orders ALTER COLUMN note SET DEFAULT ''",
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'drop-column') return undefined;
    if (mayTake(situation) || !isOld(situation, act.table)) return undefined;
    const column = quotedName(act.change.column);
    return { seen: `each statement of the old version that names ${column} fails from now on` };
  },
};

const TABLES = ['table', 'foreign table'];

const dropTable: Rule = {
  id: 'drop-table',
  severity: 'error',
  what: 'A table is dropped that the old version uses, with locks on all that its foreign keys lead to',
  instead: `${LATER} Drop its foreign keys first, each in a transaction of its own.`,
  peers: ['ban-drop-table'],
  bad: 'DROP TABLE items',
  good: 'CREATE TABLE items_archive (id int PRIMARY KEY)',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'drop' || !TABLES.includes(act.what) || mayTake(situation)) return undefined;
    const old = act.names.filter((name) => isOld(situation, name));
    if (old.length === 0) return undefined;
    return { seen: `the old version reads ${listed(old)}: ${costText(situation)}` };
  },
};

const listed = (names: readonly Name[]): string => names.map(nameText).join(', ');

const dropReferenced: Rule = {
  id: 'drop-referencing-table',
  severity: 'warning',
  what: 'A table with foreign keys is dropped: the tables that they lead to are locked as well',
  instead: 'Drop its foreign keys first, each in a transaction of its own.',
  peers: [],
  bad: 'DROP TABLE orders',
  good: 'ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey',
  setting: { phase: 'contract' },
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'drop' || !TABLES.includes(act.what)) return undefined;
    const to = act.names
      .filter((name) => isOld(situation, name))
      .flatMap((name) => schema.referencedBy(schema.keyOf(name)));
    if (to.length === 0) return undefined;
    return {
      seen: `every read and write of ${[...new Set(to)].map((key) => key.replace(/^public\./, '')).join(', ')} waits as well`,
    };
  },
};

/** Their going does no running version harm: indexes, sequences that no column owns, statistics. */
const OF_NO_ONE = [
  'index',
  'statistic ext',
  'access method',
  'cast',
  'publication',
  'subscription',
];
const MEMBERS = ['trigger', 'policy', 'rule'];

const dropObject: Rule = {
  id: 'drop-object',
  severity: 'error',
  what: 'A view, type, function, trigger, schema or the like is dropped that the old version may use',
  instead: LATER,
  peers: [],
  bad: 'DROP VIEW open_orders',
  good: 'CREATE VIEW late_orders AS SELECT id FROM orders',
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'drop' || mayTake(situation)) return undefined;
    if (TABLES.includes(act.what) || OF_NO_ONE.includes(act.what)) return undefined;
    if (act.ofTable && !isOld(situation, act.ofTable)) return undefined;
    const isOwn = act.names.every(
      (name) => schema.isNew(name) || schema.type(name)?.bornIn === schema.file,
    );
    if (isOwn && !MEMBERS.includes(act.what)) return undefined;
    const what = act.ofTable ? `${act.what} of ${nameText(act.ofTable)}` : act.what;
    return { seen: `the old version may use the ${what} ${listed(act.names)}` };
  },
};

const cascade: Rule = {
  id: 'drop-cascade',
  severity: 'error',
  what: 'CASCADE takes away what no one has named',
  instead: 'Name each thing that goes, in a statement of its own, and leave CASCADE out.',
  peers: ['ban-truncate-cascade'],
  bad: 'DROP TYPE mood CASCADE',
  good: 'DROP TYPE mood',
  setting: { phase: 'down' },
  find({ act, schema, touches }) {
    const isDrop =
      (act.kind === 'drop' && act.cascade && !isAllNew(schema, act)) ||
      (act.kind === 'truncate' && act.cascade) ||
      (act.kind === 'alter-table' && 'cascade' in act.change && act.change.cascade);
    if (!isDrop) return undefined;
    const others = touches.map(({ text }) => text).join(', ');
    return {
      seen: `whatever depends on it goes, too${others && `; known to be locked: ${others}`}`,
    };
  },
};

function isAllNew(schema: Situation['schema'], act: Drop): boolean {
  return act.names.every((name) => schema.isNew(name));
}

const renameColumn: Rule = {
  id: 'rename-column',
  severity: 'error',
  what: 'A column is renamed: at that moment either the old or the new version fails',
  instead:
    'Add a column with the new name, keep both the same by a trigger, fill the rows in a backfill, and drop the old one in a contract; or give the new name in a view.',
  peers: ['renaming-column'],
  bad: 'ALTER TABLE orders RENAME COLUMN note TO remark',
  good: 'ALTER TABLE orders ADD COLUMN remark text',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'rename' || !/^(.* )?(column|attribute)$/.test(act.what)) return undefined;
    if (!isOld(situation, act.of)) return undefined;
    const from = quotedName(act.from);
    return {
      seen: `every statement that says ${from} fails from now on, and every one that says ${quotedName(act.to)} has failed until now`,
      instead: `${alter(act.of)} ADD COLUMN ${quotedName(act.to)} …; a trigger that keeps both the same; a backfill; and ${from} goes in a contract`,
    };
  },
};

const OF_SCHEMA = [
  'table',
  'view',
  'matview',
  'foreign table',
  'sequence',
  'schema',
  'type',
  'enum',
  'domain',
  'function',
  'procedure',
  'routine',
  'aggregate',
  'extension',
];

const renameTable: Rule = {
  id: 'rename-table',
  severity: 'error',
  what: 'A table, view, type or function gets another name or schema: at that moment either version fails',
  instead:
    'Make a view under the new name, let the new version use it, and rename in a later release what then no version names any more; or make a new table.',
  peers: ['renaming-table'],
  bad: 'ALTER TABLE orders RENAME TO purchases',
  good: 'CREATE VIEW purchases AS SELECT * FROM orders',
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'rename' && act.kind !== 'set-schema') return undefined;
    if (!OF_SCHEMA.includes(act.what) || !isOld(situation, act.of)) return undefined;
    if (schema.type(act.of)?.bornIn === schema.file && schema.file > 0) return undefined;
    const name = nameText(act.of);
    return { seen: `every statement that says ${name} fails from now on` };
  },
};

const renameValue: Rule = {
  id: 'rename-enum-value',
  severity: 'error',
  what: 'A label of an enum is renamed: either version fails when it reads or writes it',
  instead: 'Add a label, fill the rows in a backfill, and leave the old label unused.',
  peers: [],
  bad: "ALTER TYPE mood RENAME VALUE 'low' TO 'lowest'",
  good: "ALTER TYPE mood ADD VALUE 'lowest' BEFORE 'low'",
  find({ act, schema }) {
    if (act.kind !== 'alter-enum' || act.renamed === undefined) return undefined;
    if (schema.type(act.name)?.bornIn === schema.file && schema.file > 0) return undefined;
    return { seen: `the old version writes '${act.renamed}', which fails from now on` };
  },
};

const truncate: Rule = {
  id: 'truncate',
  severity: 'error',
  what: 'All rows of a table go, and its reads and writes are blocked until the transaction ends',
  instead: 'Delete the rows in batches, when no version reads them any more.',
  peers: ['ban-truncate-cascade'],
  bad: 'TRUNCATE items',
  good: 'DELETE FROM items WHERE id < 100',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'truncate' || act.tables.every((table) => !isOld(situation, table))) {
      return undefined;
    }
    return { seen: costText(situation) };
  },
};

const revoke: Rule = {
  id: 'revoke',
  severity: 'error',
  what: 'A right is taken away that the old version may use',
  instead: LATER,
  peers: [],
  bad: 'REVOKE SELECT ON orders FROM PUBLIC',
  good: 'GRANT SELECT ON orders TO PUBLIC',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'grant' || !act.isRevoked || mayTake(situation)) return undefined;
    if (act.of.length > 0 && act.of.every((name) => !isOld(situation, name))) return undefined;
    return {
      seen: `who relied on it is refused from now on${act.of.length > 0 ? `: ${listed(act.of)}` : ''}`,
    };
  },
};

export const DROP_RULES: readonly Rule[] = [
  ...[dropColumn, dropTable, dropReferenced, dropObject, cascade],
  ...[renameColumn, renameTable, renameValue, truncate, revoke],
];
