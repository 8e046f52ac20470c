// Runs Jest on ES modules: Node wants a flag for that, and `npm test -- path` must still work.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const given = process.argv.slice(2);

// What the tests start as child processes must be what the sources say. Those of core, effects and steps
// start none: `npm test -- core/judge` builds nothing.
if (!startsNothing(given)) await import('./build.mjs');

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, ...given],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);

function startsNothing(args) {
  const paths = args.filter((arg) => !arg.startsWith('-'));
  return (
    paths.length > 0 && paths.every((path) => /^(test\/)?(core|effects|steps)(\/|$)/.test(path))
  );
}
