/** PostgreSQL's own parser, as the linter is handed it: it is a package, and these rules are pure. */

export type Parsed =
  /** One tree for each statement, as JSON (core/migration/lint/tree/node.ts). */
  | { readonly kind: 'trees'; readonly trees: readonly unknown[] }
  /** `at` counts characters as a person does (code points), from the start of the text. */
  | { readonly kind: 'refused'; readonly message: string; readonly at: number };

export interface SqlParser {
  parse(sql: string): Parsed;
  /** Of a whole CREATE FUNCTION, CREATE PROCEDURE or DO whose body is PL/pgSQL. */
  parsePlpgsql(sql: string): Parsed;
}
