/** The seeds' own example: a column with a default, its index, and rows that are filled in batches. */
import type { Files } from './bench.ts';

export const ORDERS = `
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, old_note text);
  INSERT INTO orders (status) SELECT CASE n % 3 WHEN 0 THEN 'delivered' ELSE 'open' END FROM generate_series(1, 3000) AS n;
  ANALYZE orders;`;

export const FULFILLMENT: Files = {
  '0001_fulfillment_status.expand.up.sql': `-- Example: adding new column with default value
ALTER TABLE orders
ADD COLUMN fulfillment_status VARCHAR(50)
DEFAULT 'pending' NOT NULL;

-- Create index concurrently
CREATE INDEX CONCURRENTLY idx_orders_fulfillment_status
ON orders(fulfillment_status);
`,
  '0001_fulfillment_status.expand.down.sql': `DROP INDEX CONCURRENTLY IF EXISTS idx_orders_fulfillment_status;
ALTER TABLE orders DROP COLUMN IF EXISTS fulfillment_status;
`,
  '0001_fulfillment_status.backfill.yaml': `table: orders
key: id
set:
  fulfillment_status: "'completed'"
where: status = 'delivered' AND fulfillment_status = 'pending'
batchRows: 700
`,
  '0001_fulfillment_status.validate.sql': `SELECT id FROM orders WHERE status = 'delivered' AND fulfillment_status = 'pending';
`,
  '0001_fulfillment_status.contract.up.sql': `ALTER TABLE orders DROP COLUMN old_note;
`,
  '0001_fulfillment_status.contract.irreversible': 'the notes are gone\n',
};
