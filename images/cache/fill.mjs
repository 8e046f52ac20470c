// Fills the cache of a stage: runs it against an API server that knows nothing, so that what a start
// needs is compiled, and little else. `node fill.mjs <program> <cache>`
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { neededOptions } from './needed-options.mjs';

/**
 * A stage ends by itself when it hears that there is nothing, in a third of a second. One that is stopped
 * before, on a machine that is busy, has compiled other functions, and the image is another one.
 */
const STOP_AFTER_MS = 30_000;
const KILL_AFTER_MS = 60_000;

const [program, cache] = process.argv.slice(2).map((path) => resolve(path));
const home = mkdtempSync(join(tmpdir(), 'fill-'));
let asked;
const started = new Promise((resolved) => {
  asked = resolved;
});
const server = createServer((_, answer) => {
  asked();
  answer.writeHead(404, { 'content-type': 'application/json' });
  answer.end(
    JSON.stringify({ kind: 'Status', status: 'Failure', code: 404, message: 'not found' }),
  );
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
writeFileSync(join(home, 'config'), kubeconfig(server.address().port));

const child = spawn(
  process.execPath,
  [
    // Without chance and threads, the same program makes the same bytes.
    '--predictable',
    '--require',
    join(import.meta.dirname, 'record.cjs'),
    program,
    ...neededOptions(process.execPath, program),
  ],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { KUBECONFIG: join(home, 'config'), RECORD: cache },
  },
);
void started.then(() => setTimeout(() => child.kill('SIGTERM'), STOP_AFTER_MS).unref());
setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
await new Promise((ended) => child.once('exit', ended));
server.close();
rmSync(home, { recursive: true, force: true });

if (!existsSync(cache)) throw new Error(`${program} left nothing in ${cache}`);

function kubeconfig(port) {
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'nowhere',
    clusters: [{ name: 'nowhere', cluster }],
    users: [{ name: 'nobody', user: { token: 'none' } }],
    contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
  });
}
