// Before anything begins, what would hold everybody up is found in the files; what was run already is history.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BadInput } from '../../../effects/base/failure.ts';
import { askLinter } from '../../../effects/migration/lint/ask-linter.ts';

const FILES = {
  '0001_index.expand.up.sql': 'CREATE INDEX i ON orders (status);',
  '0001_index.expand.down.sql': 'DROP INDEX CONCURRENTLY i;',
  '0002_column.expand.up.sql': 'ALTER TABLE orders ADD COLUMN note text;',
  '0002_column.expand.down.sql': 'ALTER TABLE orders DROP COLUMN note;',
  '0002_column.backfill.yaml':
    'table: orders\nkey: id\nset: { note: "\'\'" }\nwhere: note IS NULL\n',
  '0002_column.contract.up.sql': 'VACUUM FULL orders;',
  '0002_column.contract.irreversible': 'nothing is left of it',
};
const NOTHING = { expandedTo: '', contractedTo: '' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asked-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    'an expand that is yet to be run',
    NOTHING,
    ['expand'],
    ['0001_index.expand.up.sql line 1: create-index'],
  ],
  ['nothing where it was run already', { ...NOTHING, expandedTo: '0001' }, ['expand'], []],
  [
    'a contract where it is next',
    { ...NOTHING, expandedTo: '0002' },
    ['expand', 'contract'],
    ['0002_column.contract.up.sql line 1: vacuum-full'],
  ],
  ['no contract that was done', { expandedTo: '0002', contractedTo: '0002' }, ['contract'], []],
] as const)('refuses %s', async (_what, ran, phases, refused) => {
  const problems = await askLinter(folder, 'standard', ran, phases);
  expect(problems.map(({ message }) => message.split(': ').slice(0, 2).join(': '))).toEqual(
    refused,
  );
});

test('a backfill that is yet to be run is refused with the line of its key, and no other', async () => {
  writeFileSync(
    join(folder, '0002_column.backfill.yaml'),
    'table: orders\nkey: id\nset:\n  note: dblink_exec(code)\nwhere: note IS NULL\n',
  );
  const [problem, ...others] = await askLinter(
    folder,
    'standard',
    { ...NOTHING, expandedTo: '0001' },
    ['expand'],
  );
  expect(problem?.message).toMatch(
    /^0002_column\.backfill\.yaml line 4: reaches-outside: \/set\/note: dblink_exec/,
  );
  expect(others).toEqual([]);
  const ran = { ...NOTHING, expandedTo: '0002' };
  expect(await askLinter(folder, 'standard', ran, ['expand'])).toEqual([]);
});

test('a file that cannot be read is bad input, with its name', async () => {
  writeFileSync(join(folder, '0003_typo.expand.up.sql'), 'ALTR TABLE orders;');
  await expect(askLinter(folder, 'standard', NOTHING, ['expand'])).rejects.toThrow(BadInput);
});
