// One mutant is switched on, and the tests that reach it are run until one of them fails.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** Beyond this a mutant has made an endless loop, or a wait that nothing ends. */
const LIMIT_MS = 120_000;

export function jest(args) {
  const program = createRequire(import.meta.url).resolve('jest/bin/jest');
  return [process.execPath, ['--experimental-vm-modules', '--no-warnings', program, ...args]];
}

/** killed · survived · unreached: no test comes by · timeout: counts as killed. */
export function kill(tree, { id }, tests) {
  if (tests.length === 0) return Promise.resolve({ status: 'unreached' });
  const [command, args] = jest(['-i', '--bail', '--silent', '--runTestsByPath', ...tests]);
  const env = { ...process.env, __STRYKER_ACTIVE_MUTANT__: id };
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: tree, env, stdio: 'ignore' });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ status: 'timeout' });
    }, LIMIT_MS);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve({ status: code === 0 ? 'survived' : 'killed' });
    });
  });
}
