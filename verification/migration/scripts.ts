/** The migrations that are killed: every kind of statement that a runner treats in a way of its own. */

export const BASE = `
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL,
    amount int NOT NULL DEFAULT 0, old_note text);
  CREATE INDEX orders_old ON orders (old_note);
  CREATE INDEX orders_status ON orders (status);
  CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
  CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE beside (id int PRIMARY KEY, count int NOT NULL);
  INSERT INTO beside VALUES (1, 0);
  INSERT INTO orders (status) SELECT CASE n % 2 WHEN 0 THEN 'delivered' ELSE 'open' END FROM generate_series(1, 1200) AS n;
  ANALYZE orders;`;

export const FILES: Readonly<Record<string, string>> = {
  '0001_fulfillment.expand.up.sql': `
    ALTER TABLE orders ADD COLUMN fulfillment varchar(50) DEFAULT 'pending' NOT NULL;
    CREATE INDEX CONCURRENTLY orders_fulfillment ON orders (fulfillment);
    REINDEX INDEX CONCURRENTLY orders_status;`,
  '0001_fulfillment.expand.down.sql': `
    DROP INDEX CONCURRENTLY IF EXISTS orders_fulfillment;
    ALTER TABLE orders DROP COLUMN IF EXISTS fulfillment;`,
  '0001_fulfillment.backfill.yaml': `
table: orders
key: id
set: { fulfillment: "'completed'", amount: amount + 1 }
where: status = 'delivered' AND fulfillment = 'pending'
batchRows: 150
`,
  '0001_fulfillment.validate.sql': `SELECT id FROM orders WHERE status = 'delivered' AND fulfillment = 'pending'`,
  '0001_fulfillment.contract.up.sql': `
    ALTER TABLE log DETACH PARTITION log_2024 CONCURRENTLY;
    DROP INDEX CONCURRENTLY orders_old;
    ALTER TABLE orders DROP COLUMN old_note;`,
  '0001_fulfillment.contract.irreversible': 'the notes are gone',
};

export interface Part {
  readonly name: 'expand' | 'backfill' | 'contract' | 'down';
  readonly args: readonly string[];
  /** The part whose end it begins with; undefined: the bare table. */
  readonly after: Part['name'] | 'verify' | undefined;
}

export const PARTS: readonly Part[] = [
  { name: 'expand', args: ['expand'], after: undefined },
  { name: 'backfill', args: ['backfill'], after: 'expand' },
  {
    name: 'contract',
    args: ['contract', '--vouched-by', 'a check', '--soak', '0', '--run', 'later'],
    after: 'verify',
  },
  { name: 'down', args: ['rollback', '--schema', '--to', 'previous'], after: 'backfill' },
];
