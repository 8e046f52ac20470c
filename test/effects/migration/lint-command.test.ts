// The command that a pipeline of pull requests stands on: were its exit code wrong, everything would pass.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runLint } from '../../../effects/migration/lint/lint-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function lint(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', ''];
  const output = {
    out: (text: string) => {
      out += text;
    },
    error: (text: string) => {
      error += text;
    },
  };
  const code = await runLint(args, output, '1.2.3');
  return { code, out: out.replaceAll(`${folder}/`, ''), error: error.replaceAll(`${folder}/`, '') };
}

const GOOD = "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new' NOT NULL;";
const BAD = 'CREATE INDEX orders_state ON orders (state);';
const WARNED = 'CALL tidy_up();';

test.each([
  [0, { 'a.sql': 'SELECT 1;' }, []],
  [0, { '0001_a.expand.up.sql': GOOD }, ['--strict']],
  [10, { '0001_a.expand.up.sql': GOOD, '0002_b.expand.up.sql': BAD }, []],
  [0, { '0001_a.expand.up.sql': WARNED }, []],
  [10, { '0001_a.expand.up.sql': WARNED }, ['--strict']],
  [0, { '0001_a.expand.up.sql': BAD, '0002_b.expand.up.sql': GOOD }, ['--since', '0002']],
  [10, { 'sub/V10__b.sql': BAD }, []],
  [2, { 'a.txt': BAD }, []],
  [2, { 'a.sql': GOOD }, ['--mode', 'lax']],
  [2, { 'a.sql': GOOD }, ['--format', 'xml']],
])('ends with %i for %j %j', async (code, files, args) => {
  write(files);
  expect((await lint(folder, ...args)).code).toBe(code);
});

test('every path that cannot be read is told at once, and nothing is judged', async () => {
  write({ 'a.sql': BAD });
  symlinkSync('/etc/hostname', join(folder, 'out.sql'));
  const { code, out, error } = await lint(join(folder, 'no.sql'), join(folder, 'nor.sql'), folder);
  expect({ code, out, error: error.split('\n') }).toEqual({
    code: 2,
    out: '',
    error: [
      'no.sql: is not there, or may not be read',
      'nor.sql: is not there, or may not be read',
      'out.sql: is a symbolic link that leads out of its workspace',
      '',
    ],
  });
  expect((await lint()).code).toBe(2);
});

test('a person reads where, what and what to do instead', async () => {
  write({ '0001_a.expand.up.sql': `${GOOD}\n  ${BAD}` });
  const { out } = await lint(folder);
  expect(out).toContain(
    '0001_a.expand.up.sql:2:3: error create-index: SHARE on orders while every row is read: reads go on; every write waits\n    instead: CREATE INDEX CONCURRENTLY orders_state ON orders',
  );
  expect(out).toContain('files=1 statements=2 errors=1 warnings=0 notes=1 allowed=0 refused=1\n');
});

test('what each statement locks is told, without the values in it', async () => {
  write({
    'a.sql':
      "ALTER TABLE t ADD COLUMN a text DEFAULT 's3cr3t'; DO $$ begin perform 's3cr3t'; end $$",
  });
  const { out } = await lint(folder, '--locks');
  expect(out).toContain(
    "a.sql:1: ALTER TABLE t ADD COLUMN a text DEFAULT '…'\n    ACCESS EXCLUSIVE on t for a moment\n",
  );
  expect(out).not.toContain('s3cr3t');
});

test('files are read in the order in which they run: numbers as numbers, ways back last and backwards', async () => {
  write({
    '0001_a.expand.up.sql': GOOD,
    '0001_a.expand.down.sql': 'ALTER TABLE orders DROP COLUMN state;',
    '0001_a.contract.up.sql': 'ALTER TABLE orders DROP COLUMN old;',
    '0001_a.validate.sql': 'SELECT 1 FROM orders WHERE state IS NULL;',
    '0002_b.expand.up.sql': GOOD,
    '0002_b.expand.down.sql': 'ALTER TABLE orders DROP COLUMN state;',
    'V2__c.sql': 'SELECT 1;',
    'V10__d.sql': 'SELECT 1;',
    'V10__d.down.sql': 'SELECT 1;',
  });
  const { files } = JSON.parse(
    (await lint(folder, '--format', 'json')).out.replaceAll(`${folder}/`, ''),
  );
  expect(files.map(({ file }: { file: string }) => file)).toEqual([
    '0001_a.expand.up.sql',
    '0001_a.validate.sql',
    '0001_a.contract.up.sql',
    '0002_b.expand.up.sql',
    'V2__c.sql',
    'V10__d.sql',
    'V10__d.down.sql',
    '0002_b.expand.down.sql',
    '0001_a.expand.down.sql',
  ]);
});

test('what is dropped is dropped in a contract or on the way back, and nowhere else', async () => {
  const drop = 'ALTER TABLE orders DROP COLUMN old;';
  const withTimeout = ['--lock-timeout'];
  for (const [name, code, args] of [
    ['0001_a.expand.up.sql', 10, []],
    ['0001_a.expand.down.sql', 0, []],
    ['0001_a.contract.up.sql', 0, []],
    ['V1__a.sql', 10, withTimeout],
    ['V1__a.sql', 0, [...withTimeout, '--phase', 'contract']],
    ['1_a.down.sql', 0, withTimeout],
    ['U1__a.sql', 0, withTimeout],
  ] as const) {
    write({ [name]: drop });
    expect([name, (await lint(join(folder, name), ...args)).code]).toEqual([name, code]);
  }
});

const BACKFILL = `table: orders
key: id
set:
  state: "'new'"
where: state IS NULL
`;

test.each<[string, string, RegExp]>([
  ['no YAML', 'table: [a\n', /yaml:2:1: error not-backfill: /],
  ['a key that there is not', `${BACKFILL}rows: 5\n`, /yaml:6:1: error not-backfill: \/rows: /],
  [
    'two statements in one value',
    BACKFILL.replace("'new'", '1); DROP TABLE orders; SELECT (1'),
    /yaml:4:3: error not-backfill: \/set\/state: must be one expression/,
  ],
  [
    'what ends the sessions of others',
    BACKFILL.replace("'new'", 'pg_terminate_backend(1)::text'),
    /yaml:4:3: error reaches-outside: \/set\/state: pg_terminate_backend\(\)/,
  ],
  [
    'a condition that waits',
    BACKFILL.replace('state IS NULL', 'state IS NULL AND pg_sleep(1) IS NULL'),
    /yaml:5:1: error reaches-outside: \/where: pg_sleep\(\)/,
  ],
  [
    'what is true of every row',
    BACKFILL.replace('state IS NULL', '1 = 1'),
    /yaml:5:1: error backfill-endless: \/where: is true of every row/,
  ],
  [
    'what a filled row is as well',
    BACKFILL.replace('state IS NULL', 'id > 0'),
    /yaml:5:1: error backfill-endless: \/where: asks for nothing that set changes/,
  ],
  [
    'a key that moves',
    BACKFILL.replace('  state', '  id'),
    /yaml:4:3: error backfill-key: \/set\/id: /,
  ],
])('a backfill with %s is refused, with its line', async (_what, text, said) => {
  write({ '0001_a.backfill.yaml': text });
  const { code, out } = await lint(folder);
  expect(out).toMatch(said);
  expect(code).toBe(10);
});

test('a backfill runs what the files before have made: a function that drops is found in it', async () => {
  write({
    '0001_a.expand.up.sql':
      "CREATE FUNCTION fill() RETURNS text LANGUAGE plpgsql AS $$ BEGIN DROP TABLE old; RETURN 'x'; END $$",
    '0001_a.backfill.yaml': BACKFILL.replace("'new'", 'fill()'),
  });
  const { code, out } = await lint(folder);
  expect(out).toMatch(/yaml:4:3: error drop-table: \/set\/state: in fill\(\), line 1: /);
  expect(code).toBe(10);
});

test('a backfill that is sound is not refused, nor one whose comment says why', async () => {
  const allowed = '# lint:allow backfill-endless: the trigger takes filled rows out of it\n';
  write({
    '0001_a.backfill.yaml': BACKFILL,
    '0002_b.backfill.yaml': `${allowed}${BACKFILL.replace('state IS', 'open IS')}`,
  });
  const { code, out } = await lint(folder, '--strict', '--locks');
  expect(out).toContain('ROW EXCLUSIVE on orders for a moment');
  expect(out).toContain('errors=0 warnings=0 notes=0 allowed=1 refused=0');
  expect(code).toBe(0);
});

test('a pull request gets SARIF: places, levels, rules, and what a comment has allowed', async () => {
  write({
    '0001_a.expand.up.sql': `-- lint:allow create-index: nobody writes at night\n${BAD}\n${BAD}`,
  });
  const { code, out } = await lint(folder, '--format', 'sarif');
  expect(code).toBe(10);
  const { version, runs } = JSON.parse(out);
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(tool.driver).toMatchObject({ name: 'zero-downtime-migration-linter', version: '1.2.3' });
  expect(results).toMatchObject([
    {
      level: 'error',
      suppressions: [{ kind: 'inSource', justification: 'nobody writes at night' }],
    },
    {
      ruleId: 'create-index',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: expect.stringContaining('0001_a.expand.up.sql') },
            region: { startLine: 3, startColumn: 1 },
          },
        },
      ],
    },
  ]);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
});
