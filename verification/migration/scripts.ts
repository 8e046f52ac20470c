/** The migrations that are killed: every kind of statement that a runner treats in a way of its own. */

export const BASE = `
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL,
    amount int NOT NULL DEFAULT 0, old_note text);
  CREATE INDEX orders_old ON orders (old_note);
  INSERT INTO orders (status) SELECT CASE n % 2 WHEN 0 THEN 'delivered' ELSE 'open' END FROM generate_series(1, 1200) AS n;
  ANALYZE orders;`;

export const FILES: Readonly<Record<string, string>> = {
  '0001_fulfillment.expand.up.sql': `
    ALTER TABLE orders ADD COLUMN fulfillment varchar(50) DEFAULT 'pending' NOT NULL;
    CREATE INDEX CONCURRENTLY orders_fulfillment ON orders (fulfillment);`,
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
