// The command as docs/migration-linter.md has it: were it not there under that name, the page would help no one.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');

test('npx lint-migrations refuses what keeps writers out, with 10, and tells where', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  writeFileSync(join(folder, '0001_a.expand.up.sql'), 'CREATE INDEX i ON orders (id);');
  const env = { ...process.env, npm_config_offline: 'true' };
  const ended = await new Promise<{ code: unknown; out: string }>((done) => {
    execFile('npx', ['lint-migrations', folder], { cwd: ROOT, env }, (error, out) =>
      done({ code: error?.code, out }),
    );
  });
  rmSync(folder, { recursive: true });
  expect(ended).toMatchObject({
    code: 10,
    out: expect.stringContaining('0001_a.expand.up.sql:1:1: error create-index: '),
  });
});
