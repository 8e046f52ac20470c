// Runs Jest on ES modules: Node wants a flag for that, and `npm test -- path` must still work.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

// What the tests start as child processes must be what the sources say.
await import('./build.mjs');

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
