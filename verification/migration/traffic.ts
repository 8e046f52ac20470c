/**
 * One writer and one reader of the table that is migrated: no statement of theirs may fail, or wait long.
 * How long a busy machine makes anybody wait, a writer of a table shows that no one migrates.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface Traffic {
  readonly writes: number;
  readonly errors: readonly string[];
  readonly worstWriteMs: number;
  /** Of the writer beside: no migration makes it wait. */
  readonly worstBesideMs: number;
}

const PAUSE_MS = 25;

export async function startTraffic(url: string): Promise<() => Promise<Traffic>> {
  const over = new AbortController();
  const errors: string[] = [];
  let writes = 0;
  let worstWriteMs = 0;
  let worstBesideMs = 0;
  const loop = async (
    name: string,
    statement: (turn: number) => string,
    took: (ms: number) => void,
  ) => {
    const client = new Client({ connectionString: url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    const run = async (): Promise<void> => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const began = performance.now();
        await client
          .query(statement(turn))
          .catch((thrown: unknown) => void errors.push(`${name}: ${thrown}`));
        took(performance.now() - began);
        await sleep(PAUSE_MS);
      }
      await client.end();
    };
    return run();
  };
  // The old version: it knows none of the new columns.
  const write = (turn: number): string =>
    turn % 2 === 0
      ? `UPDATE orders SET amount = amount + 100 WHERE id = ${1 + ((turn * 37) % 1200)}`
      : "INSERT INTO orders (status) VALUES ('open')";
  const read = (turn: number): string =>
    `SELECT status, amount FROM orders WHERE id > ${(turn * 53) % 1200} ORDER BY id LIMIT 5`;
  const running = [
    loop('payment writer', write, (ms) => {
      writes += 1;
      worstWriteMs = Math.max(worstWriteMs, ms);
    }),
    loop('payment reader', read, () => undefined),
    loop(
      'writer beside',
      () => 'UPDATE beside SET count = count + 1 WHERE id = 1',
      (ms) => {
        worstBesideMs = Math.max(worstBesideMs, ms);
      },
    ),
  ];
  return async () => {
    over.abort();
    await Promise.all(running);
    return { writes, errors, worstWriteMs, worstBesideMs };
  };
}
