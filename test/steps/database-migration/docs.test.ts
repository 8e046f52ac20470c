// What the page about the engine shows is what the engine does: each of its commands is run, in order.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { MIGRATION_EXIT_CODES } from '../../../core/migration/engine.ts';
import { commandOf } from '../../../steps/database-migration/commands.ts';
import { type Bench, startBench } from '../../effects/migration/support/bench.ts';
import { FULFILLMENT, ORDERS } from '../../effects/migration/support/orders.ts';

const PAGE = readFileSync(
  resolve(import.meta.dirname, '../../../docs/migration-engine.md'),
  'utf8',
);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

test('every command of the page ends well, one after the other', async () => {
  const yaml = /```yaml\n([^`]+)```/.exec(PAGE)?.[1] ?? '';
  const files = {
    ...FULFILLMENT,
    '0001_fulfillment_status.backfill.yaml': yaml.replace(/^syncTrigger.*$/m, ''),
  };
  const database = await bench.database(ORDERS);
  const folders = { credentials: database.credentialsDir, migrations: database.folder(files) };
  const lines = (/```sh\n([^`]+)```/.exec(PAGE)?.[1] ?? '')
    .replace('2026-01-31T12:00:00Z', new Date().toISOString())
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThan(15);
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const ends: string[] = [];
  for (const line of lines) {
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    );
    const placed = args
      .slice(1)
      .map((arg) => Object.entries(folders).find(([name]) => name === arg)?.[1] ?? arg);
    ends.push(`${await commandOf(placed, '0')?.()} ${line}`);
  }
  write.mockRestore();
  expect(ends).toEqual(lines.map((line) => `0 ${line}`));
});

test('the page has every exit code, with what it means', () => {
  for (const [code, meaning] of Object.entries(MIGRATION_EXIT_CODES)) {
    expect(PAGE).toContain(`| ${code} | ${meaning} |`);
  }
});
