/**
 * PostgreSQL's own parser (libpg-query: the server's C code as WebAssembly). It is loaded where it is
 * needed first: 1.7 MB, some 25 ms. Its package starts to compile as soon as it is imported.
 */
import type { Parsed, SqlParser } from '../../core/migration/lint/parser.ts';

type Library = typeof import('libpg-query');

export async function loadSqlParser(): Promise<SqlParser> {
  const library = await import('libpg-query');
  await library.loadModule();
  return {
    parse: (sql) => parse(library, sql),
    parsePlpgsql: (sql) => parsePlpgsql(library, sql),
  };
}

function parse({ parseSync }: Library, sql: string): Parsed {
  // What follows a NUL, the parser would not see; a server refuses it as well.
  const nul = sql.indexOf('\0');
  if (nul !== -1) return { kind: 'refused', message: 'a NUL character', at: nul };
  try {
    const { stmts = [] } = parseSync(sql);
    return { kind: 'trees', trees: stmts.map(({ stmt }) => stmt) };
  } catch (thrown) {
    return refused(thrown);
  }
}

function parsePlpgsql({ parsePlPgSQLSync }: Library, sql: string): Parsed {
  try {
    return { kind: 'trees', trees: [parsePlPgSQLSync(sql)] };
  } catch (thrown) {
    return refused(thrown);
  }
}

function refused(thrown: unknown): Parsed {
  // Trees are handed over as JSON: one that is very deep is too deep for JSON.parse.
  if (thrown instanceof RangeError) {
    return { kind: 'refused', message: 'nested too deep to be read', at: 0 };
  }
  const { message, sqlDetails } = Object(thrown);
  const at = Number(Object(sqlDetails).cursorPosition);
  return { kind: 'refused', message: String(message), at: Number.isFinite(at) ? at : 0 };
}
