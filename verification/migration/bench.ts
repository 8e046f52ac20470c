/** The real server with its databases, and the program as it is started on one of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../demo/postgres/server.ts';
import { CURSOR_STEPS, WATCH_CURSOR } from './end.ts';
import { BASE, FILES } from './scripts.ts';

const PROGRAM = resolve(import.meta.dirname, '../steps/database-migration/main.cjs');
/** How long it takes is the machine's: what is asked about is how it ends. */
const PATIENT = ['--lock-wait', '230s', '--deadline', '240s'];

export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

export class Bench {
  readonly port: number;
  /** Of the programs of the server's PostgreSQL. */
  readonly bin: string;
  private readonly root = mkdtempSync(join(tmpdir(), 'check-migration-'));
  private readonly migrations: string;
  private readonly admin: Client;
  private readonly stop: () => Promise<void>;
  private count = 0;
  /** One client runs one query at a time. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(server: Awaited<ReturnType<typeof startPostgres>>, admin: Client) {
    this.port = server.port;
    this.bin = server.bin;
    this.stop = server.stop;
    this.admin = admin;
    this.migrations = this.folder(FILES);
  }

  static async start(): Promise<Bench> {
    const settings = { max_connections: '200' };
    const server = await startPostgres({ programs: ['pg_dump'], settings });
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    return new Bench(server, admin);
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  urlOf(database: string, port = this.port): string {
    return `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
  }

  async copyOf(template: string): Promise<string> {
    this.count += 1;
    const name = `copy_${this.count}`;
    await this.inTurn(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    return name;
  }

  async drop(database: string): Promise<void> {
    await this.inTurn(`DROP DATABASE ${database} WITH (FORCE)`);
  }

  run(args: readonly string[], url: string): ChildProcess {
    const [command = '', ...rest] = args;
    const credentials = ['--credentials-dir', this.folder({ url })];
    const files = command === 'rollback' ? [] : ['--migrations-dir', this.migrations];
    return spawn(
      process.execPath,
      [PROGRAM, command, ...files, ...credentials, ...PATIENT, ...rest],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  }

  /** Databases as they are before each part, to be copied; made by the same program, unharmed. */
  async templates(): Promise<ReadonlyMap<string, string>> {
    const made = new Map([['', 'base']]);
    await this.inTurn('CREATE DATABASE base');
    await this.inside('base', BASE + CURSOR_STEPS);
    let from = 'base';
    for (const name of ['expand', 'backfill', 'verify']) {
      from = await this.copyOf(from);
      const { code, said } = await ended(this.run([name], this.urlOf(from)));
      if (code !== 0) throw new Error(`${name} without a kill ended with ${code}:\n${said}`);
      if (name === 'expand') await this.inside(from, WATCH_CURSOR);
      made.set(name, from);
    }
    return made;
  }

  private async inTurn(sql: string): Promise<void> {
    this.last = this.last.then(() => this.admin.query(sql));
    await this.last;
  }

  private async inside(database: string, sql: string): Promise<void> {
    const client = new Client({ connectionString: this.urlOf(database) });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  private folder(files: Readonly<Record<string, string>>): string {
    const path = mkdtempSync(join(this.root, 'folder-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let said = '';
  child.stdout?.on('data', (part) => {
    said += String(part);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
