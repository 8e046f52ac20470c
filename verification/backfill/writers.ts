/** Writers of a table, so many statements a second whether they are answered or not: how long each has waited. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const SESSIONS = 8;

export interface Waits {
  /** Milliseconds from when a statement was due to its answer, shortest first. */
  readonly sorted: readonly number[];
  readonly failed: number;
}

/** `sql`: of one write, to any row. Resolves once all sessions are there; what it gives ends them. */
export async function startWriters(
  url: string,
  perSecond: number,
  sql: () => string,
): Promise<() => Promise<Waits>> {
  const over = new AbortController();
  const waits: number[] = [];
  let failed = 0;
  const everyMs = (1000 * SESSIONS) / perSecond;
  const clients = await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const client = new Client({ connectionString: url, application_name: 'writer' });
      await client.connect();
      return client;
    }),
  );
  const began = performance.now();
  const write = async (client: Client, at: number): Promise<void> => {
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      const due = began + (turn + at / SESSIONS) * everyMs;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      try {
        await client.query(sql());
        waits.push(performance.now() - due);
      } catch {
        failed += 1;
      }
    }
    await client.end();
  };
  const writing = clients.map(write);
  return async () => {
    over.abort();
    await Promise.all(writing);
    return { sorted: waits.sort((a, b) => a - b), failed };
  };
}

/** The wait that a share of all statements does not exceed. */
export function quantile({ sorted }: Waits, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
