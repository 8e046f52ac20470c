/** What a database is like when all is over: the schema as pg_dump has it, and everything that may not be there. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);

/** Of the tables of the service: what is kept of migrations has times and runs in it. */
export async function schemaOf(bin: string, url: string): Promise<string> {
  const options = ['--schema-only', '--no-owner', '--exclude-schema=zero_downtime', url];
  const { stdout } = await run(join(bin, 'pg_dump'), options, { maxBuffer: 10_000_000 });
  // A key that is made by chance at every dump.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

const NEVER = `
  SELECT 'an index is not valid' AS broken WHERE EXISTS (SELECT 1 FROM pg_index WHERE NOT indisvalid)
  UNION ALL SELECT 'a lock is left' WHERE EXISTS (
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
  UNION ALL SELECT 'a session is left' WHERE EXISTS (
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'zero-downtime%')
  UNION ALL SELECT 'a statement was done twice: ' || detail FROM zero_downtime.event
    WHERE what = 'statement' GROUP BY detail HAVING count(*) > 1
  UNION ALL SELECT 'a phase is not at its end: ' || id || phase || status FROM zero_downtime.migration
    WHERE status NOT IN ('done', 'undone') OR trying IS NOT NULL
  UNION ALL SELECT 'a cursor went back' WHERE EXISTS (SELECT 1 FROM cursor_steps WHERE new < old)
  UNION ALL SELECT 'a row was filled twice, or never' WHERE EXISTS (SELECT 1 FROM orders WHERE id <= 1200
    AND amount % 100 <> CASE WHEN status = 'delivered' AND EXISTS (
      SELECT 1 FROM zero_downtime.event WHERE what = 'filled') THEN 1 ELSE 0 END)`;

/** Sessions take a moment to go. */
export async function brokenIn(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, application_name: 'look' });
  await client.connect();
  try {
    for (let tries = 0; ; tries += 1) {
      const { rows } = await client.query<{ broken: string }>(NEVER);
      const broken = rows.map((row) => row.broken);
      if (tries === 100 || !broken.some((each) => each.includes('is left'))) return broken;
      await sleep(50);
    }
  } finally {
    await client.end();
  }
}

/** Every step of a cursor, kept where no transaction of the runner's is seen by it but as a whole. */
export const CURSOR_STEPS = `
  CREATE TABLE cursor_steps (old bigint, new bigint);
  CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO cursor_steps VALUES (OLD.cursor[1]::bigint, NEW.cursor[1]::bigint); RETURN NEW; END $$;`;
export const WATCH_CURSOR = `
  CREATE TRIGGER note_step AFTER UPDATE OF cursor ON zero_downtime.migration FOR EACH ROW
    WHEN (OLD.cursor IS NOT NULL AND NEW.cursor IS NOT NULL) EXECUTE FUNCTION note_step();`;
