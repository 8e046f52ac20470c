// A copy of the sources and of the fast tests, in which the product may be broken.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const OUT = join(ROOT, 'out/mutation');

/** What a second a file is enough for, under the virtual clock. */
export const FAST_TESTS = ['test/core', 'test/effects', 'test/steps'];
/** They measure processor time, which a switch at every mutant takes several times over. */
const OWN_TIME = ['effects/trust/answers', 'effects/trust/files', 'core/migration/lint/time'];
/** They start PostgreSQL, which takes seconds. */
const WITH_SERVER = [
  ...['core/migration/lint/corpus', 'core/migration/lint/recipes', 'effects/migration/backup'],
  ...['effects/migration/live-schema', 'effects/migration/waiting'],
];
export const NOT_FAST = [...OWN_TIME, ...WITH_SERVER].map((name) => `test/${name}.test.ts`);
const NEEDED = [
  'core',
  'effects',
  'steps',
  'embedded-cluster',
  'benchmarks',
  'demo',
  'test',
  'examples',
  'docs',
];
const FILES = ['package.json', 'tsconfig.json'];

export function copyOfTree() {
  const tree = join(OUT, 'tree');
  mkdirSync(OUT, { recursive: true });
  claim(join(OUT, 'running'));
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const folder of NEEDED) {
    cpSync(join(ROOT, folder), join(tree, folder), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    });
  }
  for (const file of FILES) cpSync(join(ROOT, file), join(tree, file));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  cpSync(join(ROOT, 'scripts/mutation/environment.cjs'), join(tree, 'environment.cjs'));
  writeFileSync(join(tree, 'jest.config.mjs'), CONFIG);
  return tree;
}

const CONFIG = `export default {
  testEnvironment: '<rootDir>/environment.cjs',
  roots: ${JSON.stringify(FAST_TESTS.map((folder) => `<rootDir>/${folder}`))},
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  cacheDirectory: '<rootDir>/../jest',
  testTimeout: 30_000,
};
`;

/** Two would break each other's copy. */
function claim(file) {
  const other = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (other > 0 && existsSync(`/proc/${other}`)) {
    process.stderr.write(`check:mutation runs here already (process ${other}): wait for it\n`);
    process.exit(2);
  }
  writeFileSync(file, String(process.pid));
}

/** Of every source and every test, as they are before any switch is written. */
export function hashesIn(tree) {
  const names = ['core', 'effects', 'steps', 'test'].flatMap((folder) =>
    readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const hashOf = (name) =>
    createHash('sha256')
      .update(readFileSync(join(tree, name)))
      .digest('hex')
      .slice(0, 16);
  return new Map(names.sort().map((name) => [name, hashOf(name)]));
}
