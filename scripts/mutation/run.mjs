// One mutant is switched on, and the tests that reach it are run until one of them fails.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OUT } from './tree.mjs';

/** Five times what its tests take without it, and their start: then it is an endless loop, or a wait that
 * nothing ends. */
const limitOf = (tests) => 30_000 + 5 * tests.reduce((sum, { millis }) => sum + millis, 0);

export function jest(args) {
  const program = createRequire(import.meta.url).resolve('jest/bin/jest');
  return [process.execPath, ['--experimental-vm-modules', '--no-warnings', program, ...args]];
}

/** killed · survived · unreached: no test comes by · timeout: counts as killed. */
export async function kill(tree, { id }, tests) {
  if (tests.length === 0) return { status: 'unreached' };
  const folder = join(OUT, 'running');
  mkdirSync(folder, { recursive: true });
  const chosen = join(folder, `${id}.tests.json`);
  const killer = join(folder, `${id}.killer.json`);
  const titles = tests.map(({ file, titles }) => [join(tree, file), titles]);
  writeFileSync(chosen, JSON.stringify(Object.fromEntries(titles)));
  rmSync(killer, { force: true });
  const paths = tests.map(({ file }) => file);
  const env = { __STRYKER_ACTIVE_MUTANT__: id, MUTANT_TESTS: chosen, MUTANT_KILLER: killer };
  const code = await ended(tree, paths, { ...process.env, ...env }, limitOf(tests));
  if (code === 'timeout') return { status: 'timeout' };
  if (code === 0) return { status: 'survived' };
  if (!existsSync(killer)) return { status: 'killed', by: 'its import' };
  const { file, title } = JSON.parse(readFileSync(killer, 'utf8'));
  return { status: 'killed', by: title, where: file.slice(tree.length + 1) };
}

function ended(tree, paths, env, limitMs) {
  const [command, args] = jest(['-i', '--bail', '--silent', '--runTestsByPath', ...paths]);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: tree, env, stdio: 'ignore' });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve('timeout');
    }, limitMs);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}
