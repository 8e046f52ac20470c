// A copy of the sources and of the fast tests, in which the product may be broken.
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const OUT = join(ROOT, 'out/mutation');

/** What a second a file is enough for, under the virtual clock. */
const FAST_TESTS = ['test/core', 'test/effects', 'test/steps'];
const NEEDED = [
  'core',
  'effects',
  'steps',
  'embedded-cluster',
  'benchmarks',
  'test',
  'examples',
  'docs',
];
const FILES = ['package.json', 'tsconfig.json'];

export function copyOfTree() {
  const tree = join(OUT, 'tree');
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
  for (const file of ['environment.cjs', 'nearest-first.cjs']) {
    cpSync(join(ROOT, 'scripts/mutation', file), join(tree, file));
  }
  writeFileSync(join(tree, 'jest.config.mjs'), CONFIG);
  return tree;
}

const CONFIG = `export default {
  testEnvironment: '<rootDir>/environment.cjs',
  roots: ${JSON.stringify(FAST_TESTS.map((folder) => `<rootDir>/${folder}`))},
  testMatch: ['**/*.test.ts'],
  // They measure processor time, which a switch at every mutant takes several times over.
  testPathIgnorePatterns: ['/node_modules/', 'test/effects/trust/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  testSequencer: '<rootDir>/nearest-first.cjs',
  cacheDirectory: '<rootDir>/../jest',
  testTimeout: 30_000,
};
`;
