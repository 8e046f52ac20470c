/** One writer and one reader of the table that is migrated: no statement of theirs may fail, or wait long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface Traffic {
  readonly writes: number;
  readonly errors: readonly string[];
  readonly worstWriteMs: number;
}

export async function startTraffic(url: string): Promise<() => Promise<Traffic>> {
  const over = new AbortController();
  const errors: string[] = [];
  let writes = 0;
  let worstWriteMs = 0;
  const loop = async (name: string, statement: (turn: number) => string, isWrite: boolean) => {
    const client = new Client({ connectionString: url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    const run = async (): Promise<void> => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const began = performance.now();
        await client
          .query(statement(turn))
          .catch((thrown: unknown) => void errors.push(`${name}: ${thrown}`));
        if (isWrite) {
          writes += 1;
          worstWriteMs = Math.max(worstWriteMs, performance.now() - began);
        }
        await sleep(10);
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
  const running = [loop('payment writer', write, true), loop('payment reader', read, false)];
  return async () => {
    over.abort();
    await Promise.all(running);
    return { writes, errors, worstWriteMs };
  };
}
