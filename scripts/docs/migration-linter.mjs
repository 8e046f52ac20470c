// docs/migration-linter.md: every rule, beside squawk's, and what was held against a running PostgreSQL.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { code, exportsOf, ROOT, read, table } from './source.mjs';
import { SQUAWK } from './squawk.mjs';

const CORPUS = 'test/core/migration/lint/corpus/statements';

export async function migrationLinterPage() {
  const { STATEMENT_RULES } = await exportsOf('core/migration/lint/rules/registry.ts');
  const { TEXT_RULES } = await exportsOf('core/migration/lint/rules/text-rules.ts');
  const texts = Object.entries(TEXT_RULES).map(([id, rule]) => ({ id, ...rule, peers: [] }));
  const rules = [...STATEMENT_RULES, ...texts].map(({ id, severity, what, instead }) => [
    code(id),
    severity,
    what,
    instead,
  ]);
  return `${INTRODUCTION}

${FILES}

${ALLOWING}

## Rules

${table(['rule', 'severity', 'what', 'instead'], rules)}

## Held against PostgreSQL

${corpusText()}

## Beside squawk

[squawk](https://squawkhq.com/docs/rules) is the linter for PostgreSQL that most people know. Each of its documented
rules, and what is made of the same statement here:

${table(['squawk', 'here', 'difference'], squawkRows(STATEMENT_RULES))}

What squawk's list does not have: ${foreignRules(STATEMENT_RULES)}.

${LIMITS}
`;
}

const INTRODUCTION = `# The linter of migrations

While a release goes on, the old and the new version use one database. The linter reads SQL files as
PostgreSQL's own parser does, says what each statement locks and for how long, and refuses what keeps requests
waiting or breaks a version that runs. It needs no database and changes nothing. What to do for the twelve most
common changes is on the page of [recipes](migration-recipes.md).

\`\`\`sh
npm run build
npx lint-migrations db/migrations                    # findings, one paragraph each
npx lint-migrations db/migrations --locks            # and what each statement locks
npx lint-migrations db/migrations --format sarif > lint.sarif
\`\`\`

| exit code | means |
| --- | --- |
| 0 | nothing is refused |
| 2 | bad input: each fault is told, nothing was judged |
| 10 | something is refused |
| 75 | the database that \`--credentials-dir\` names does not answer |

Errors refuse a file. With \`--strict\` warnings do as well: what the text alone cannot tell, such as a procedure
that no file has made, is then taken for bad. Notes never refuse. \`--format json\` has all of it, also the locks;
\`--format sarif\` (2.1.0) is for pull requests, and tells what a comment allows as suppressed.`;

const FILES = `## Which files, and how they are run

Files are read in the order in which they run, numbers as numbers; each one's statements are judged by the schema
that those before have made: \`varchar(20)\` to \`varchar(40)\` writes no row, an index on a table that the same file
makes blocks nothing. \`--since 0042\` reads older files for the schema alone.

- Files of this project's runner (\`0001_slug.expand.up.sql\`, \`.contract.up.sql\`, \`.down.sql\`, \`.validate.sql\`): each
  statement has a transaction of its own and a short \`lock_timeout\`, and columns and tables may go in a contract
  and on the way back only.
- What they are filled by (\`0001_slug.backfill.yaml\`): each value in \`set\`, \`where\`, and the statement of a batch as
  it is sent. A finding has the path and the line of its key; a comment (\`# lint:allow rule: reason\`) is for the whole
  file.
- Any other \`.sql\` file is taken for one that a tool runs as a whole in one transaction, without a \`lock_timeout\`.
  \`--transactions statement\`, \`--lock-timeout\` and \`--phase contract\` say otherwise; names like \`1_a.down.sql\` or
  \`U1__a.sql\` are ways back.

With \`--credentials-dir\` (a folder with the file \`url\`, or with \`host\`, \`username\`, \`password\`, as a Secret mounts
them) the schema is read from a running database in place of older files: the types that columns have, what refers to
what, functions, and about how many rows a table has, which the messages then tell.

DO blocks, and functions and procedures that the files make and call, are followed, in SQL (as a text or as
\`BEGIN ATOMIC\`) and in PL/pgSQL; so is what a trigger runs, from the \`CREATE TRIGGER\` or a later \`CREATE OR
REPLACE FUNCTION\` on. Of \`EXECUTE\`, what is one text. The rest is a warning (\`dynamic-sql\`, \`unknown-routine\`).`;

const ALLOWING = `## To allow something

A comment before a statement, or in it, with the rule and the reason; \`allow-file\` is for a whole file:

\`\`\`sql
-- lint:allow drop-index: ix_old is of a table that no version has used since 1.4
DROP INDEX ix_old;
\`\`\`

Without a reason, or with a name that no rule has, it is an error itself; where nothing of the kind is found, a
warning. What is no SQL cannot be allowed.`;

const LIMITS = `## Limits

A file of more than 1 MiB, 10,000 statements, or a statement of 1,600 changes is refused unread; the time that the
rest takes grows with its length alone (\`test/core/migration/lint/time.test.ts\`). Names without a schema are those of
\`public\`, or of the first schema of \`SET search_path\`. How large a table is, only a database tells: what reads ten
rows is refused as what reads ten million; that is what \`lint:allow\` is for. Bodies in other
languages are not followed. This page is made from \`core/migration/lint/rules\` by \`npm run docs\`.`;

function corpusText() {
  const files = readdirSync(join(ROOT, CORPUS)).sort();
  const counts = files.map((file) => [
    file.replace('.yaml', ''),
    parse(read(`${CORPUS}/${file}`)).length,
  ]);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return `${all} statements (\`${CORPUS}\`) are run on a real PostgreSQL by
\`test/core/migration/lint/corpus.test.ts\`, which watches \`pg_locks\`, \`relfilenode\` and scans. The strongest lock on
every relation, and whether its rows were read or written anew, must be what the linter says: no statement may differ.
Where the text cannot tell (the type that a column had, a function of the server), the linter says so, and what it
says may be worse than what comes, never better.

${table(['statements', 'run'], [...counts, ['all', all]])}`;
}

function squawkRows(rules) {
  const unknown = rules.flatMap(({ peers }) => peers).filter((peer) => !(peer in SQUAWK));
  if (unknown.length > 0) throw new Error(`scripts/docs/squawk.mjs has no ${unknown.join(', ')}`);
  return Object.entries(SQUAWK).map(([peer, difference]) => {
    const own = rules.filter(({ peers }) => peers.includes(peer)).map(({ id }) => code(id));
    return [code(peer), own.join(', ') || '-', difference];
  });
}

function foreignRules(rules) {
  return rules
    .filter(({ peers }) => peers.length === 0)
    .map(({ id }) => code(id))
    .join(', ');
}
