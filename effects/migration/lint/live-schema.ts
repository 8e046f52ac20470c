/**
 * The schema of a running PostgreSQL, as the statements that would make it: the linter then knows the types
 * that columns have, what refers to what, and how large tables are. Only catalogues are read.
 */
import type { SqlParser } from '../../../core/migration/lint/parser.ts';
import { learn, learnRows } from '../../../core/migration/lint/schema/learn.ts';
import { Schema } from '../../../core/migration/lint/schema/schema.ts';
import type { Session } from '../postgres/session.ts';

/** Of each kind; of a larger schema the rest is not known. */
const MOST = 5_000;

/** Whose own things no migration changes. */
const OURS = `nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'zero_downtime')`;

const TYPES = `SELECT CASE typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM ()', nspname, typname)
    ELSE format('CREATE DOMAIN %I.%I AS %s %s', nspname, typname, format_type(typbasetype, typtypmod),
      CASE WHEN typnotnull OR EXISTS (SELECT FROM pg_constraint WHERE contypid = t.oid) THEN 'CHECK (true)' END)
  END AS sql
  FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = typnamespace WHERE typtype IN ('e', 'd') AND ${OURS}`;

const COLUMNS = `SELECT string_agg(format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN ' NOT NULL' END,
    CASE WHEN attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY'
      WHEN attgenerated = 's' THEN ' GENERATED ALWAYS AS (1) STORED'
      WHEN attgenerated = 'v' THEN ' GENERATED ALWAYS AS (1) VIRTUAL'
      WHEN atthasdef THEN ' DEFAULT 1' END), ', ' ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped`;

const CONSTRAINTS = `SELECT string_agg(format(', CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '')
  FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('c', 'f', 'p', 'u', 'x')`;

const TABLES = `SELECT format('CREATE TABLE %I.%I (%s%s)%s', nspname, relname, (${COLUMNS}), (${CONSTRAINTS}),
    CASE WHEN relkind = 'p' THEN ' PARTITION BY LIST (a)' END) AS sql
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND ${OURS}`;

const PARENTS = `SELECT CASE WHEN c.relispartition
    THEN format('ALTER TABLE %s ATTACH PARTITION %s %s', p.oid::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid))
    ELSE format('ALTER TABLE %s INHERIT %s', c.oid::regclass, p.oid::regclass) END AS sql
  FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid JOIN pg_class AS p ON p.oid = inhparent
  JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${OURS}`;

const VIEWS = `SELECT format('CREATE %s %I.%I AS %s', CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
    nspname, relname, pg_get_viewdef(c.oid)) AS sql
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind IN ('v', 'm') AND ${OURS}`;

const INDEXES = `SELECT pg_get_indexdef(indexrelid) AS sql FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid
  JOIN pg_namespace AS n ON n.oid = relnamespace WHERE ${OURS}`;

const ROUTINES = `SELECT pg_get_functiondef(p.oid) AS sql FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
  JOIN pg_language AS l ON l.oid = prolang WHERE prokind IN ('f', 'p') AND lanname IN ('sql', 'plpgsql') AND ${OURS}`;

const ROWS = `SELECT nspname || '.' || relname AS key, reltuples::bigint::text AS rows
  FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'r' AND ${OURS}`;

/** Rejects as the session does. */
export async function readLiveSchema(session: Session, parser: SqlParser): Promise<Schema> {
  const schema = new Schema();
  // Then every name but PostgreSQL's own is told with its schema.
  await session.query("SET search_path = pg_catalog; SET statement_timeout = '20s'");
  for (const sql of [TYPES, TABLES, PARENTS, VIEWS, INDEXES, ROUTINES]) {
    const { rows } = await session.query<{ sql: string }>(`${sql} LIMIT ${MOST}`);
    learn(
      parser,
      schema,
      rows.map((row) => row.sql),
    );
  }
  const { rows } = await session.query<{ key: string; rows: string }>(`${ROWS} LIMIT ${MOST}`);
  for (const { key, rows: count } of rows) learnRows(schema, key, Number(count));
  return schema;
}
