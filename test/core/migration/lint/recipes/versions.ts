/** What the two versions of an application ask the database, before and after each recipe. */

export interface Versions {
  /** `$1` is a number that is another one each time. */
  readonly old: readonly string[];
  readonly new: readonly string[];
  /** Finds a row for everything that is not as it should be in the end. */
  readonly wrong: string;
}

const OLD = [
  "INSERT INTO orders (status, amount, quantity, code, note) VALUES ('new', 1, 2, 'x' || $1, NULL)",
  "UPDATE orders SET note = 'old ' || $1, quantity = $1 % 9 WHERE id = 1 + $1 % 5000",
  'SELECT id, status, amount, quantity, code, note FROM orders WHERE id = 1 + $1 % 5000',
  'INSERT INTO items (order_id, sku) VALUES (1 + $1 % 5000, $1)',
  "INSERT INTO events VALUES ($1, '2026-05-05', 'k')",
] as const;

const INVALID = 'SELECT 1 FROM pg_index WHERE NOT indisvalid';

const unvalidated = (name: string): string =>
  `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '${name}' AND convalidated)`;
const nullable = (column: string): string =>
  `SELECT 1 FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = '${column}' AND NOT attnotnull`;
const there = (table: string, column: string): string =>
  `SELECT 1 FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = '${column}' AND NOT attisdropped`;

/** By the number of the recipe. */
export const VERSIONS: Readonly<Record<number, Versions>> = {
  1: {
    old: OLD,
    new: [
      "INSERT INTO orders (status, code, fulfillment) VALUES ('new', 'y' || $1, 'pending')",
      "SELECT count(*) FROM orders WHERE fulfillment = 'none' || $1",
    ],
    wrong: `SELECT 1 FROM orders WHERE (status = 'delivered') <> (fulfillment = 'completed') UNION ALL ${INVALID}`,
  },
  2: {
    old: OLD,
    new: [
      "INSERT INTO orders (status, code, token) VALUES ('new', 'y' || $1, gen_random_uuid())",
      'SELECT token FROM orders WHERE id = 1 + $1 % 5000',
    ],
    wrong: nullable('token'),
  },
  3: {
    old: OLD,
    new: ["INSERT INTO orders (status, code, note) VALUES ('new', 'y' || $1, '')"],
    wrong: nullable('note'),
  },
  4: {
    old: OLD,
    new: ["INSERT INTO orders (status, code, amount) VALUES ('new', 'y' || $1, 4)"],
    wrong: unvalidated('orders_amount_positive'),
  },
  5: {
    old: OLD,
    new: ['INSERT INTO items (order_id, sku) VALUES (1 + $1 % 5000, $1)'],
    wrong: unvalidated('items_order_fk'),
  },
  6: {
    old: OLD,
    new: [
      "INSERT INTO orders (status, code) VALUES ('new', 'c' || $1 % 5000) ON CONFLICT ON CONSTRAINT orders_code_key DO NOTHING",
    ],
    wrong: `${unvalidated('orders_code_key')} UNION ALL ${INVALID}`,
  },
  7: {
    old: OLD,
    new: [
      "INSERT INTO orders (status, code, remark) VALUES ('new', 'y' || $1, 'new')",
      "UPDATE orders SET remark = 'new ' || $1 WHERE id = 1 + $1 % 5000",
      'SELECT remark FROM orders WHERE id = 1 + $1 % 5000',
    ],
    // What was there before, and every third of it had a note.
    wrong: `${there('orders', 'note')} UNION ALL SELECT 1 WHERE (SELECT count(remark) FROM orders WHERE id <= 5000) < 1600`,
  },
  8: {
    old: OLD,
    new: [
      "INSERT INTO orders (status, code, quantity_wide) VALUES ('new', 'y' || $1, 7)",
      'UPDATE orders SET quantity_wide = $1 % 7 WHERE id = 1 + $1 % 5000',
    ],
    wrong: `${there('orders', 'quantity')} UNION ALL SELECT 1 FROM orders WHERE id <= 5000 AND quantity_wide IS NULL`,
  },
  9: {
    old: OLD,
    new: [
      "INSERT INTO purchases (status, code) VALUES ('new', 'y' || $1)",
      "UPDATE purchases SET note = 'new ' || $1 WHERE id = 1 + $1 % 5000",
      'SELECT id, status FROM purchases WHERE id = 1 + $1 % 5000',
    ],
    wrong: "SELECT 1 WHERE to_regclass('orders') IS NOT NULL OR to_regclass('purchases') IS NULL",
  },
  10: {
    old: OLD,
    new: [
      "INSERT INTO orders (amount, code) VALUES (1, 'y' || $1)",
      'SELECT id, amount FROM orders WHERE id = 1 + $1 % 5000',
    ],
    wrong: there('orders', 'status'),
  },
  11: {
    old: OLD,
    new: ["SELECT count(*) FROM events WHERE kind = 'k' || $1"],
    wrong: INVALID,
  },
  12: {
    old: [...OLD, "UPDATE customers SET feeling = 'high' WHERE id = 1 + $1 % 2000"],
    new: ["UPDATE customers SET feeling = 'calm' WHERE id = 1 + $1 % 2000 AND feeling <> 'high'"],
    wrong: "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_enum WHERE enumlabel = 'calm')",
  },
};
