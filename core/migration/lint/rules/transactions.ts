/** What a statement does in the transaction that it stands in. */
import { BLOCKS, stopsWrites } from '../locks/modes.ts';
import type { Touch } from '../locks/touch.ts';
import type { Schema } from '../schema/schema.ts';
import type { Name } from '../tree/names.ts';
import { type Fields, fieldsOf, nodesIn } from '../tree/node.ts';
import { costText, onOld, type Rule, type Severity, type Situation } from './rule.ts';

const IN_ONE: Rule['setting'] = { isOwn: false, transactions: 'file', hasLockTimeout: true };

/** Statements that PostgreSQL refuses in a transaction (25001). */
function refusesTransaction({ act }: Situation): boolean {
  switch (act.kind) {
    case 'create-index':
    case 'drop':
    case 'reindex':
      return act.isConcurrent;
    case 'vacuum':
      return !act.isAnalyze;
    case 'alter-table':
      return act.change.kind === 'detach' && act.change.way === 'concurrently';
    default:
      return false;
  }
}

const concurrently: Rule = {
  id: 'concurrently-in-transaction',
  severity: 'error',
  what: 'A statement stands in a transaction that PostgreSQL runs outside of one only (25001)',
  instead:
    'Put it into a file of its own, and tell the tool not to open a transaction for it; the runner of this project does so by itself.',
  peers: ['ban-concurrent-index-creation-in-transaction'],
  bad: 'CREATE INDEX CONCURRENTLY orders_code_idx ON orders (code); SELECT 1',
  good: 'SELECT 1',
  setting: IN_ONE,
  find(situation) {
    if (!situation.transaction.isShared || !refusesTransaction(situation)) return undefined;
    return { seen: 'the server refuses it: it cannot run inside a transaction block' };
  },
};

const workUnderLock: Rule = {
  id: 'work-under-lock',
  severity: 'error',
  what: 'Rows are read or written while the transaction keeps writers out of another table, or of this one',
  instead:
    'A transaction of its own for each statement: what locks, and what takes long, stand apart.',
  peers: ['adding-foreign-key-constraint'],
  bad: `ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_order_fk`,
  good: 'ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID',
  setting: IN_ONE,
  find(situation) {
    const { act, transaction } = situation;
    const [held] = transaction.held.values();
    if (!held) return undefined;
    const takesLong =
      onOld(situation).some(({ work, lock }) => work !== 'brief' && lock !== 'AccessShare') ||
      (act.kind === 'data' && act.isWriting && !act.hasCondition);
    if (!takesLong) return undefined;
    return {
      seen: `the transaction holds ${held.text} since a statement before, and releases it when this is done: ${costText(situation)}`,
    };
  },
};

/**
 * The same of one statement, `ADD … NOT VALID, VALIDATE …`: it holds the strongest of its locks from its
 * beginning to its end. `changes`: what each of its changes touches.
 */
export function workInOneStatement(
  schema: Schema,
  changes: readonly (readonly Touch[])[],
): { rule: string; severity: Severity; seen: string; instead: string } | undefined {
  const touches = changes.length > 1 ? changes.flat() : [];
  const slow = touches.find(
    ({ work, lock }) => work !== 'brief' && lock === 'ShareUpdateExclusive',
  );
  if (slow?.relation === undefined || schema.isNew(slow.relation)) return undefined;
  const key = schema.keyOf(slow.relation);
  const strong = touches.find(
    ({ relation, lock }) => relation && schema.keyOf(relation) === key && stopsWrites(lock),
  );
  return (
    strong && {
      rule: workUnderLock.id,
      severity: workUnderLock.severity,
      seen: `the statement locks ${strong.text} for its other changes, and reads every row of it meanwhile: ${BLOCKS[strong.lock]}`,
      instead: 'A statement of its own for VALIDATE.',
    }
  );
}

const severalTables: Rule = {
  id: 'several-tables-in-a-transaction',
  severity: 'warning',
  what: 'A transaction keeps writers out of several tables, and takes the locks one after the other: a session that takes them in another order ends in a deadlock',
  instead: 'A transaction of its own for each table.',
  peers: [],
  bad: 'ALTER TABLE orders ADD COLUMN a int; ALTER TABLE items ADD COLUMN a int',
  good: 'ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders ADD COLUMN b int',
  setting: IN_ONE,
  find(situation) {
    const { transaction, schema } = situation;
    if (transaction.held.size === 0) return undefined;
    const isOther = ({
      relation,
      lock,
    }: {
      relation: Name | undefined;
      lock: Parameters<typeof stopsWrites>[0];
    }): boolean =>
      relation !== undefined && stopsWrites(lock) && !transaction.held.has(schema.keyOf(relation));
    const other = onOld(situation).find(isOther);
    const [held] = transaction.held.values();
    if (!other || !held) return undefined;
    return { seen: `${held.text} is locked since a statement before, and now ${other.text}, too` };
  },
};

const noTimeout: Rule = {
  id: 'no-lock-timeout',
  severity: 'warning',
  what: 'A statement waits for its lock as long as it takes, and everybody else waits behind it',
  instead:
    "SET LOCAL lock_timeout = '2s' before it, and try again with a pause; the runner of this project does so by itself.",
  peers: ['require-timeout-settings'],
  bad: 'ALTER TABLE orders ADD COLUMN a int',
  good: "SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN a int",
  setting: { ...IN_ONE, hasLockTimeout: false },
  find(situation) {
    if (situation.transaction.hasLockTimeout) return undefined;
    const waits = onOld(situation).find(({ lock }) => stopsWrites(lock));
    if (!waits || refusesTransaction(situation)) return undefined;
    return {
      seen: `behind one long query on ${waits.text}, every request that comes after this waits`,
    };
  },
};

const newLabel: Rule = {
  id: 'enum-value-in-transaction',
  severity: 'error',
  what: 'A label is used in the transaction that has added it to its enum (55P04)',
  instead: 'Add the label in a file of its own, before.',
  peers: [],
  bad: "ALTER TYPE mood ADD VALUE 'middle'; ALTER TABLE orders ADD COLUMN feeling mood DEFAULT 'middle'",
  good: "ALTER TYPE mood ADD VALUE 'middle'",
  setting: IN_ONE,
  find({ act, fields, transaction }) {
    if (transaction.labels.size === 0 || act.kind === 'alter-enum') return undefined;
    const used = textsIn(fields).find((text) => transaction.labels.has(text));
    return used === undefined
      ? undefined
      : {
          seen: `'${used}' was added in this transaction, and cannot be used before it is committed`,
        };
  },
};

/** Texts that are written out in a statement. */
function textsIn(fields: Fields): readonly string[] {
  return [...nodesIn(fields)].flatMap(({ kind, fields: { sval } }) => {
    const text = kind === 'A_Const' && fieldsOf(sval).sval;
    return typeof text === 'string' ? [text] : [];
  });
}

const control: Rule = {
  id: 'transaction-control',
  severity: 'error',
  what: "BEGIN, COMMIT and the like stand in a file whose transactions are somebody else's",
  instead: 'Leave it out: the runner begins and ends transactions.',
  peers: ['transaction-nesting', 'ban-uncommitted-transaction'],
  bad: 'BEGIN',
  good: 'SELECT 1',
  find({ act, setting }) {
    if (act.kind !== 'transaction' || !setting.isOwn) return undefined;
    return {
      seen: `${act.verb.toUpperCase().replaceAll('_', ' ')} ends or begins what the runner keeps count of`,
    };
  },
};

const setting: Rule = {
  id: 'session-setting',
  severity: 'error',
  what: 'A setting is changed in a file of which each statement has a transaction of its own',
  instead: 'Write names with their schema; timeouts are set by the runner.',
  peers: [],
  bad: "SET lock_timeout = '5s'",
  good: 'SELECT 1',
  find({ act, setting: { isOwn } }) {
    if (act.kind !== 'set' || !isOwn) return undefined;
    return { seen: `SET ${act.name} holds for no other statement` };
  },
};

const endless: Rule = {
  id: 'lock-timeout-off',
  severity: 'error',
  what: 'The timeout for locks is switched off',
  instead: 'A few seconds, and another try.',
  peers: ['require-timeout-settings'],
  bad: 'SET lock_timeout = 0',
  good: "SET lock_timeout = '2s'",
  setting: IN_ONE,
  find({ act, setting: { isOwn } }) {
    if (act.kind !== 'set' || act.name !== 'lock_timeout' || isOwn) return undefined;
    return act.value === '0' ? { seen: 'statements wait for their locks without end' } : undefined;
  },
};

export const TRANSACTION_RULES: readonly Rule[] = [
  ...[concurrently, workUnderLock, severalTables, noTimeout, newLabel, control, setting, endless],
];
