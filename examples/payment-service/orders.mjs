// The orders of the payment service in a table of PostgreSQL, for trying migrations on. With the package pg.
//
// DATABASE_DIR  a folder with the file url, as a Secret is mounted; without it there is no database
// SCHEMA        what this version knows: notes (the old way), or fulfillment (the new one)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { DATABASE_DIR = '', SCHEMA = 'notes', VERSION = 'v0' } = process.env;
const CONNECTIONS = 4;

/** Each version reads and writes by name the columns that it knows, and no others. */
const STATEMENTS = {
  notes: {
    insert: "INSERT INTO orders (status, note) VALUES ('paid', 'by hand') RETURNING id",
    deliver: "UPDATE orders SET status = 'delivered' WHERE id = $1 RETURNING id",
    read: 'SELECT status, note FROM orders WHERE id = $1',
  },
  fulfillment: {
    insert: "INSERT INTO orders (status) VALUES ('paid') RETURNING id",
    deliver:
      "UPDATE orders SET status = 'delivered', fulfillment_status = 'completed' WHERE id = $1 RETURNING id",
    read: 'SELECT status, fulfillment_status FROM orders WHERE id = $1',
  },
};

/** Undefined: this service has no database. With its connections, so that no first payment waits for one. */
export async function openOrders() {
  if (DATABASE_DIR === '') return undefined;
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: readFileSync(join(DATABASE_DIR, 'url'), 'utf8').trim(),
    application_name: `payment-service ${VERSION}`,
    max: CONNECTIONS,
    idleTimeoutMillis: 0,
  });
  pool.on('error', (error) => console.error(`version=${VERSION} database: ${error.message}`));
  const { insert, deliver, read } = STATEMENTS[SCHEMA];
  await Promise.all(Array.from({ length: CONNECTIONS }, () => warm(pool, STATEMENTS[SCHEMA])));
  return {
    /** An order that is paid, delivered and looked at. False: it could not be kept. */
    async book() {
      try {
        const { rows } = await pool.query(insert);
        const { id } = rows[0];
        await pool.query(deliver, [id]);
        return (await pool.query(read, [id])).rows.length === 1;
      } catch (error) {
        console.error(`version=${VERSION} order: ${error.message}`);
        return false;
      }
    },
    close: () => pool.end(),
  };
}

/** A session is slow until it has met its tables and triggers: it has before the pod is ready. Nothing is kept. */
async function warm(pool, { insert, deliver, read }) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(insert);
    await client.query(deliver, [rows[0].id]);
    await client.query(read, [rows[0].id]);
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
}
