// The PostgreSQL that other tests stand on: were it left running, or were it not the real one, they would
// say nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from '../../demo/postgres/server.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('starts within three seconds, answers, and leaves nothing behind when it is stopped', async () => {
  const began = performance.now();
  const server = await startPostgres();
  expect(performance.now() - began).toBeLessThan(3000);
  const folder = await dataFolder(server.url);
  expect(existsSync(folder)).toBe(true);
  await server.stop();
  expect(existsSync(folder)).toBe(false);
  await expect(dataFolder(server.url)).rejects.toThrow('ECONNREFUSED');
});

test('with a password, who does not know it is not let in', async () => {
  const server = await startPostgres({ password: 'of the test' });
  try {
    await expect(dataFolder(server.url)).resolves.toContain('/data');
    await expect(dataFolder(server.url.replace('of%20the%20test', 'other'))).rejects.toThrow(
      'password authentication failed',
    );
  } finally {
    await server.stop();
  }
});

test('is gone, with its files, when the process that started it is killed', async () => {
  const program = `
    const { startPostgres } = await import('./demo/postgres/server.ts');
    const { url } = await startPostgres();
    process.stdout.write(url);
    setInterval(() => undefined, 1000);`;
  const script = `require('esbuild').build({ stdin: { contents: ${JSON.stringify(program)}, resolveDir: '.', loader: 'ts' }, bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external' }).then(({ outputFiles }) => process.stdout.write(outputFiles[0].text))`;
  const built = spawn(process.execPath, ['-e', script], { cwd: ROOT });
  let source = '';
  built.stdout.on('data', (part) => (source += String(part)));
  await once(built, 'close');
  const starter = spawn(process.execPath, ['--input-type=module', '-e', source], { cwd: ROOT });
  const [url] = await once(starter.stdout, 'data');
  const folder = await dataFolder(String(url));
  starter.kill('SIGKILL');
  while (existsSync(folder)) await sleep(50);
  await expect(dataFolder(String(url))).rejects.toThrow('ECONNREFUSED');
});

/** Of the server that answers there. */
async function dataFolder(connectionString: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  } finally {
    await client.end();
  }
}
