/** The corpus, and for each of its statements: what the linter says of it, and what a PostgreSQL did. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { parse } from 'yaml';
import { isStronger, type LockMode } from '../../../../../core/migration/lint/locks/modes.ts';
import { touchesOf } from '../../../../../core/migration/lint/locks/statements.ts';
import { isMore, type Touch, together } from '../../../../../core/migration/lint/locks/touch.ts';
import type { SqlParser } from '../../../../../core/migration/lint/parser.ts';
import { apply } from '../../../../../core/migration/lint/schema/apply.ts';
import { Schema } from '../../../../../core/migration/lint/schema/schema.ts';
import { cutStatements } from '../../../../../core/migration/lint/text/statements.ts';
import { actsOf } from '../../../../../core/migration/lint/tree/statement.ts';
import { type Observed, type Seen, watchInside, watchOutside } from './watch.ts';

export interface Case {
  readonly sql: string;
  /** Statements that are run, and committed, before it. */
  readonly before: string | undefined;
}

const HERE = import.meta.dirname;
/** What the base has, by its name. */
const RELATION = /^CREATE [A-Z ]+ (\w+)/gm;
const BASE = readFileSync(join(HERE, 'base.sql'), 'utf8');

export function corpus(): readonly Case[] {
  const folder = join(HERE, 'statements');
  return readdirSync(folder).flatMap((file) => {
    // The files are this folder's own, and say no more than this.
    const cases = parse(readFileSync(join(folder, file), 'utf8')) as {
      sql: string;
      before?: string;
    }[];
    return cases.map(({ sql, before }) => ({ sql, before }));
  });
}

export function wordOn(parser: SqlParser, { sql, before }: Case): readonly Touch[] {
  const made = new Schema();
  run(parser, made, `${BASE}\n${before ?? ''}`);
  made.nextFile();
  return run(parser, made, sql);
}

function run(parser: SqlParser, schema: Schema, sql: string): readonly Touch[] {
  const touches: Touch[] = [];
  for (const { text } of cutStatements(sql).statements) {
    const parsed = parser.parse(text);
    if (parsed.kind === 'refused') throw new Error(`${parsed.message}: ${text}`);
    for (const { act } of parsed.trees.flatMap(actsOf)) {
      const found = touchesOf(schema, act);
      if (!found) throw new Error(`nothing is known of ${text}`);
      touches.push(...found);
      apply(schema, act);
    }
  }
  return together(schema, touches);
}

/** The base in a schema of its own for each statement that leaves something; the others share one. */
export class Worlds {
  private readonly clients: readonly [Client, Client, Client, Client];
  private made = 0;

  private constructor(clients: Worlds['clients']) {
    this.clients = clients;
  }

  static async begin(url: string): Promise<Worlds> {
    const connected = async (): Promise<Client> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    };
    return new Worlds([await connected(), await connected(), await connected(), await connected()]);
  }

  async end(): Promise<void> {
    for (const client of this.clients) await client.end();
  }

  async observe({ sql, before }: Case): Promise<Observed> {
    const [client, observer, ...others] = this.clients;
    const isOfBase = [...BASE.matchAll(RELATION)].some(
      ([, name]) => name && `${before} ${sql}`.includes(name),
    );
    await this.enter(before !== undefined, isOfBase);
    if (before !== undefined) await client.query(before);
    const inside = await watchInside(client, sql);
    if (inside) return inside;
    if (before === undefined) await this.enter(true, isOfBase);
    return watchOutside(client, { observer, others }, sql);
  }

  private async enter(isOwn: boolean, isOfBase: boolean): Promise<void> {
    const schema = isOwn ? `world${this.made + 1}` : 'base';
    if (isOwn) this.made += 1;
    for (const each of this.clients) await each.query(`SET search_path = ${schema}`);
    const [client] = this.clients;
    const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
    if (rows.length === 0)
      await client.query(`CREATE SCHEMA ${schema}; ${isOfBase || !isOwn ? BASE : ''}`);
  }
}

/**
 * Where the server did not do what the linter says; empty where it did. What is said as unsure may be worse
 * than what came, never better. An index, and the sequence of a column, go with their table where nothing
 * is said of them. That something is read in passing (ACCESS SHARE) need not be said.
 */
export function disagreements(word: readonly Touch[], observed: Observed): readonly string[] {
  const said = new Map(word.flatMap((each) => (each.relation ? [[each.relation.name, each]] : [])));
  const unnamed = word.filter(({ relation }) => relation === undefined);
  const found: string[] = [];
  for (const [name, seen] of observed) {
    const own = said.get(name);
    if (own) found.push(...differences(name, own, seen));
    else if (!isImplied(seen, [...unnamed, said.get(seen.of ?? '')])) {
      found.push(`${name}: nothing said, was ${seen.lock} ${seen.work ?? ''}`);
    }
  }
  for (const [name, { lock, work, isSure }] of said) {
    if (isSure && !observed.has(name)) found.push(`${name}: said ${lock} ${work}, was not touched`);
  }
  return found;
}

function isImplied({ lock, kind }: Seen, by: readonly (Touch | undefined)[]): boolean {
  const least: LockMode = kind === 'table' ? 'AccessShare' : 'RowExclusive';
  return !isStronger(lock, least) || by.some((each) => each && !isStronger(lock, each.lock));
}

function differences(name: string, said: Touch, seen: Seen): readonly string[] {
  const found: string[] = [];
  const isLock = said.isSure ? said.lock === seen.lock : !isStronger(seen.lock, said.lock);
  if (!isLock) found.push(`${name}: said ${said.lock}, was ${seen.lock}`);
  // How long a query reads is not the linter's business, nor what becomes of a sequence's one row.
  const isOfQuery = !isStronger(said.lock, 'RowExclusive') || seen.kind === 'sequence';
  if (seen.work === undefined || isOfQuery) return found;
  const isWork = said.isSure ? said.work === seen.work : !isMore(seen.work, said.work);
  if (!isWork) found.push(`${name}: said ${said.work}, was ${seen.work}`);
  return found;
}
