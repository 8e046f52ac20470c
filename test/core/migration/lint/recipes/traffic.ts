/** Clients of a version, one statement after the other, until they are stopped; and what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface Traffic {
  /** Resolves once each client has been answered so many times more, well or badly. */
  answers(times: number): Promise<void>;
  /** Resolves with what failed, once the last statement has been answered. */
  stop(): Promise<readonly string[]>;
}

/** Whoever waits longer for a lock fails. */
const PATIENCE = '1s';
const PAUSE_MS = 4;
let count = 0;

/** One client for each statement: prepared once, as drivers do. */
export async function startTraffic(
  url: string,
  name: string,
  statements: readonly string[],
): Promise<Traffic> {
  const failures: string[] = [];
  const asked = statements.map(() => 0);
  let isOver = false;
  const ask = async (client: Client, text: string, at: number): Promise<void> => {
    while (!isOver) {
      count += 1;
      await client.query({ name: `of ${at}`, text, values: [count] }).then(
        () => undefined,
        (thrown: unknown) => failures.push(`${name}: ${text}: ${Object(thrown).message}`),
      );
      asked[at] = (asked[at] ?? 0) + 1;
      await sleep(PAUSE_MS);
    }
    await client.end();
  };
  const clients = await Promise.all(
    statements.map(async (text) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(`SET lock_timeout = '${PATIENCE}'`);
      return { client, text };
    }),
  );
  const done = clients.map(({ client, text }, at) => ask(client, text, at));
  return {
    answers: async (times) => {
      const until = asked.map((each) => each + times);
      while (asked.some((each, at) => each < (until[at] ?? 0))) await sleep(PAUSE_MS);
    },
    stop: async () => {
      isOver = true;
      await Promise.all(done);
      return failures;
    },
  };
}
