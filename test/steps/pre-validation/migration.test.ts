// A database that is older than its first release here has a history that no linter can change any more.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { resolveMigration } from '../../../core/config/sections/stages/migration.ts';
import { migrationFindings } from '../../../steps/pre-validation/migration.ts';

const NO_RELEASE = { kind: 'none', why: 'the journal has no section' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  for (const id of ['0001', '0002']) {
    writeFileSync(join(folder, `${id}_i.expand.up.sql`), `CREATE INDEX i${id} ON orders (a);`);
    writeFileSync(join(folder, `${id}_i.expand.down.sql`), `DROP INDEX CONCURRENTLY i${id};`);
    writeFileSync(join(folder, `${id}_i.contract.up.sql`), `VACUUM FULL orders${id};`);
    writeFileSync(join(folder, `${id}_i.contract.irreversible`), '');
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  [undefined, 'next-run', ['0001_i.expand', '0001_i.contract', '0002_i.expand', '0002_i.contract']],
  ['0001', 'next-run', ['0002_i.expand', '0002_i.contract']],
  ['0001', 'on-request', ['0002_i.expand']],
  ['0002', 'next-run', []],
] as const)(
  'baseline %s, contract %s: what comes behind it is linted, and nothing before',
  async (baseline, contract, refused) => {
    const migration = resolveMigration({ files: { contract, ...(baseline && { baseline }) } });
    const findings = await migrationFindings({ migration }, folder, NO_RELEASE);
    expect(findings.map(({ message }) => message.split('.up.sql')[0])).toEqual(refused);
  },
);
