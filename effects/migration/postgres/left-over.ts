/**
 * What a statement that refuses a transaction leaves when it is cut off, found by its name and cleared:
 * an index that is not valid, its copies, a partition that is half detached.
 */

import type { How } from '../../../core/migration/files/statement.ts';
import { type Name, nameText } from '../../../core/migration/lint/tree/names.ts';
import { stopped } from '../stopped.ts';
import type { Session } from './session.ts';

/**
 * Concurrently it waits for every old transaction; at once it takes the table for a moment, or gives up
 * when it cannot have it within lock_timeout.
 */
export type Dropping = 'DROP INDEX CONCURRENTLY' | 'DROP INDEX';

/** `done`: it was carried out before its runner was gone. `isTried`: it was announced before. */
export async function clearLeftOver(
  session: Session,
  how: How,
  isTried: boolean,
  dropping: Dropping = 'DROP INDEX CONCURRENTLY',
): Promise<'done' | 'clear'> {
  switch (how.kind) {
    case 'transaction':
    case 'vacuum':
      return 'clear';
    case 'create-index':
      return createdIndex(session, how, isTried, dropping);
    case 'drop-index':
      return isTried && (await indexAt(session, how.index)) === undefined ? 'done' : 'clear';
    case 'reindex':
      if (isTried) await dropCopies(session, how.name, how.what, dropping);
      return 'clear';
    case 'detach':
      return isTried ? detached(session, how.table, how.partition) : 'clear';
  }
}

interface Index {
  readonly valid: boolean;
  readonly sameTable: boolean;
}

async function indexAt(session: Session, index: Name, table?: Name): Promise<Index | undefined> {
  const { rows } = await session.query<Index>(
    `SELECT i.indisvalid AND i.indisready AS valid, coalesce(i.indrelid = to_regclass($2), false) AS "sameTable"
       FROM pg_index i WHERE i.indexrelid = to_regclass($1)`,
    [nameText(index), table ? nameText(table) : null],
  );
  return rows[0];
}

async function createdIndex(
  session: Session,
  { index, table }: Extract<How, { kind: 'create-index' }>,
  isTried: boolean,
  dropping: Dropping,
): Promise<'done' | 'clear'> {
  const found = await indexAt(session, index, table);
  if (!found) return 'clear';
  const name = nameText(index);
  if (isTried && found.sameTable) {
    if (found.valid) return 'done';
    await session.query(`${dropping} IF EXISTS ${name}`);
    return 'clear';
  }
  if (found.valid) return 'clear';
  throw stopped(
    14,
    `there is an index ${name} already that is not valid, and not of this migration: somebody's CREATE INDEX CONCURRENTLY was cut off`,
    `DROP INDEX CONCURRENTLY ${name}, if nobody is building it, and run it again`,
  );
}

/** REINDEX CONCURRENTLY builds `<name>_ccnew` and ends with `<name>_ccold`, both with a number if need be. */
async function dropCopies(
  session: Session,
  name: Name,
  what: string,
  dropping: Dropping,
): Promise<void> {
  const { rows } = await session.query<{ copy: string }>(
    `SELECT i.indexrelid::regclass::text AS copy FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
        AND ($2 <> 'index' OR i.indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($1)))
        AND ($2 <> 'table' OR i.indrelid = to_regclass($1))`,
    [nameText(name), what],
  );
  for (const { copy } of rows) await session.query(`${dropping} IF EXISTS ${copy}`);
}

async function detached(session: Session, table: Name, partition: Name): Promise<'done' | 'clear'> {
  const { rows } = await session.query<{ pending: boolean }>(
    `SELECT inhdetachpending AS pending FROM pg_inherits
      WHERE inhrelid = to_regclass($1) AND inhparent = to_regclass($2)`,
    [nameText(partition), nameText(table)],
  );
  const [link] = rows;
  if (!link) return 'done';
  if (!link.pending) return 'clear';
  await session.query(
    `ALTER TABLE ${nameText(table)} DETACH PARTITION ${nameText(partition)} FINALIZE`,
  );
  return 'done';
}
