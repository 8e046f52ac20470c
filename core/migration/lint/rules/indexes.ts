/** Indexes and partitions. */
import { type Name, nameText, quotedName } from '../tree/names.ts';
import { alter, costText, isLong, isOld, onOld, type Rule, type Situation } from './rule.ts';

function isPartitioned({ schema }: Situation, table: Name): boolean {
  return schema.table(table)?.kind === 'partitioned';
}

const createIndex: Rule = {
  id: 'create-index',
  severity: 'error',
  what: 'An index is built while writes to the table are blocked',
  instead: 'CREATE INDEX CONCURRENTLY, in a statement of its own, outside of a transaction.',
  peers: ['require-concurrent-index-creation'],
  bad: 'CREATE INDEX orders_code_idx ON orders (code)',
  good: 'CREATE INDEX CONCURRENTLY orders_code_idx ON orders (code)',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'create-index' || isPartitioned(situation, act.table)) return undefined;
    const long = onOld(situation).filter(isLong);
    if (long.length === 0) return undefined;
    const word = act.isUnique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX';
    // ON ONLY of a table that is not known may be of one that is partitioned.
    const isUnsure = act.isOnly && long.every(({ isSure }) => !isSure);
    return {
      seen: costText(situation),
      severity: isUnsure ? 'warning' : 'error',
      instead: `${word} CONCURRENTLY ${quotedName(act.index ?? '…')} ON ${nameText(act.table)} …, outside of a transaction`,
    };
  },
};

const indexOnParent: Rule = {
  id: 'index-on-partitioned',
  severity: 'error',
  what: 'An index is built on all partitions of a table at once, while writes to all of them are blocked',
  instead:
    'CREATE INDEX … ON ONLY the parent; CREATE INDEX CONCURRENTLY on each partition; then ALTER INDEX … ATTACH PARTITION for each.',
  peers: [],
  bad: 'CREATE INDEX events_kind_idx ON events (kind)',
  good: `CREATE INDEX events_kind_idx ON ONLY events (kind);
CREATE INDEX CONCURRENTLY events_2026_kind_idx ON events_2026 (kind);
ALTER INDEX events_kind_idx ATTACH PARTITION events_2026_kind_idx`,
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'create-index' || act.isOnly || !isPartitioned(situation, act.table)) {
      return undefined;
    }
    if (!isOld(situation, act.table)) return undefined;
    if (act.isConcurrent) {
      return { seen: 'the server refuses it: not CONCURRENTLY on a table that has partitions' };
    }
    return { seen: costText(situation) };
  },
};

const dropIndex: Rule = {
  id: 'drop-index',
  severity: 'error',
  what: 'An index is dropped, and reads and writes of the table are blocked until that is done',
  instead: 'DROP INDEX CONCURRENTLY, in a statement of its own, outside of a transaction.',
  peers: ['require-concurrent-index-deletion'],
  bad: 'DROP INDEX orders_status_idx',
  good: 'DROP INDEX CONCURRENTLY orders_status_idx',
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'drop' || act.what !== 'index' || act.isConcurrent) return undefined;
    const tables = act.names.map((index) => schema.index(index)?.table);
    if (
      tables.every((key) => key !== undefined && schema.tables.get(key)?.bornIn === schema.file)
    ) {
      return undefined;
    }
    return {
      seen: costText(situation),
      instead: act.names.map((name) => `DROP INDEX CONCURRENTLY ${nameText(name)}`).join('; then '),
    };
  },
};

const reindex: Rule = {
  id: 'reindex',
  severity: 'error',
  what: 'An index is built anew while writes are blocked, and the planning of queries that might use it',
  instead:
    'REINDEX … CONCURRENTLY, outside of a transaction; what a failure leaves ends in _ccnew and is dropped.',
  peers: ['require-concurrent-reindex'],
  bad: 'REINDEX INDEX orders_status_idx',
  good: 'REINDEX INDEX CONCURRENTLY orders_status_idx',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'reindex' || act.isConcurrent) return undefined;
    return { seen: costText(situation) };
  },
};

const ifNotExists: Rule = {
  id: 'concurrently-if-not-exists',
  severity: 'error',
  what: 'An index that failed half-way is INVALID, and IF NOT EXISTS takes it for the one that is wanted',
  instead:
    'Leave IF NOT EXISTS out; where it failed, DROP INDEX CONCURRENTLY and build it again: the runner of this project does so by itself.',
  peers: [],
  bad: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_code_idx ON orders (code)',
  good: 'CREATE INDEX CONCURRENTLY orders_code_idx ON orders (code)',
  find({ act, setting }) {
    if (act.kind !== 'create-index' || !act.isConcurrent || !act.missingOnly) return undefined;
    return {
      seen: `where ${quotedName(act.index ?? '')} is there and INVALID, it says that all is well, and no query uses it`,
      // The runner of this project looks for it before.
      severity: setting.isOwn ? 'warning' : 'error',
    };
  },
};

const detach: Rule = {
  id: 'detach-partition',
  severity: 'error',
  what: 'A partition is detached, and reads and writes of the table are blocked until that is done',
  instead:
    'DETACH PARTITION … CONCURRENTLY, outside of a transaction (not where there is a default partition).',
  peers: ['require-concurrent-partition-detach'],
  bad: 'ALTER TABLE events DETACH PARTITION events_2025',
  good: 'ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'detach') return undefined;
    if (act.change.way !== 'plain' || !isOld(situation, act.table)) return undefined;
    return {
      seen: costText(situation),
      instead: `${alter(act.table)} DETACH PARTITION ${nameText(act.change.partition)} CONCURRENTLY`,
    };
  },
};

const attach: Rule = {
  id: 'attach-partition',
  severity: 'error',
  what: 'A table is attached as a partition, and its rows are looked at under the lock',
  instead:
    'Add a CHECK to it first that says what the partition says, NOT VALID, and VALIDATE it; then ATTACH looks at no row.',
  peers: [],
  bad: "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
  good: `ALTER TABLE events_old ADD CONSTRAINT of_2024 CHECK (at >= '2024-01-01' AND at < '2025-01-01') NOT VALID;
ALTER TABLE events_old VALIDATE CONSTRAINT of_2024;
ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'alter-table' || act.change.kind !== 'attach') return undefined;
    if (act.of === 'index' || !isOld(situation, act.table)) return undefined;
    const checks = [...(schema.table(act.change.partition)?.constraints.values() ?? [])];
    const isProven = checks.some(({ kind, isValid }) => kind === 'check' && isValid);
    if (isProven || !onOld(situation).some(isLong)) return undefined;
    return { seen: costText(situation) };
  },
};

const createPartition: Rule = {
  id: 'create-partition',
  severity: 'error',
  what: 'A partition is made in place, and reads and writes of the table are blocked until that is done',
  instead:
    'CREATE TABLE … (LIKE parent INCLUDING ALL); add a CHECK that says what the partition says; then ATTACH PARTITION.',
  peers: [],
  bad: "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
  good: `CREATE TABLE events_2027 (LIKE events INCLUDING ALL, CHECK (at >= '2027-01-01' AND at < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`,
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'create-table' || !act.partitionOf) return undefined;
    if (!isOld(situation, act.partitionOf)) return undefined;
    return { seen: costText(situation) };
  },
};

export const INDEX_RULES: readonly Rule[] = [
  ...[createIndex, indexOnParent, dropIndex, reindex, ifNotExists],
  ...[detach, attach, createPartition],
];
