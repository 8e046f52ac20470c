// What docs/architecture.md says of adding things is tried out: a phase and a router that no release
// needs are added to a copy of the product, and the compiler and a release say whether that was all.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { DUMMY_PHASE, DUMMY_RELEASES, DUMMY_ROUTER } from './support/dummies.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PRODUCT = ['core', 'effects', 'steps', 'tools'];
const copy = mkdtempSync(join(tmpdir(), 'adding-'));

const PHASE = 'core/strategies/two-sided/phases/dummy.ts';
const PHASES = 'core/strategies/two-sided/phase-registry.ts';
const PHASE_NAMES = 'core/state/state.ts';
const ROUTER = 'core/routers/dummy/router.ts';
const ROUTERS = 'core/routers/registry.ts';
const ROUTER_NAMES = 'core/base/vocabulary.ts';

beforeAll(() => {
  for (const folder of PRODUCT) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  const support = 'test/core/support';
  cpSync(join(ROOT, support), join(copy, support), { recursive: true });
  cpSync(join(ROOT, 'tsconfig.json'), join(copy, 'base.json'));
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  write('tsconfig.json', JSON.stringify({ extends: './base.json', include: PRODUCT }));
});

afterAll(() => rmSync(copy, { recursive: true }));

describe('a phase and a router more', () => {
  test('their names alone, in core/state and core/base, do not compile: the registries lack them', () => {
    put(PHASE_NAMES, 'export const TWO_SIDED_PHASES = [\n', "  'dummy',\n");
    put(ROUTER_NAMES, 'export const ROUTERS = [', "'dummy', ");
    expect(filesWithErrors()).toEqual([ROUTERS, PHASES]);
  });

  test('beside its name, each is one new file and an entry in its registry', () => {
    write(PHASE, DUMMY_PHASE);
    put(PHASES, '\nconst PHASES', "import { dummy } from './phases/dummy.ts';\n", 'before');
    put(PHASES, 'Phase>> = {\n', '  dummy,\n');
    write(ROUTER, DUMMY_ROUTER);
    put(ROUTERS, '\nconst ROUTERS', "import { dummyRouter } from './dummy/router.ts';\n", 'before');
    put(ROUTERS, 'const ROUTERS = {\n', '  dummy: withFurtherServices(dummyRouter),\n');
    expect(filesWithErrors()).toEqual([]);
    expect(touched()).toEqual({
      added: [ROUTER, PHASE],
      changed: [
        { file: ROUTER_NAMES, lines: 1 },
        { file: ROUTERS, lines: 2 },
        { file: PHASE_NAMES, lines: 1 },
        { file: PHASES, lines: 2 },
      ],
    });
  });

  test('releases go through both', () => {
    write('releases.ts', DUMMY_RELEASES);
    const { outputFiles } = buildSync({
      entryPoints: [join(copy, 'releases.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const said = execFileSync(process.execPath, ['--input-type=module'], {
      input: outputFiles[0]?.text ?? '',
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).toEqual({
      phases: ['forward dummy', 'forward preparing'],
      operator: 'heeded: stays in phase dummy',
      turnedBack: 'retiring',
      isKnownToTheJournal: true,
      routed: { router: 'dummy', listed: ['DummyRoute'], outcome: 'promoted' },
      isInTheSchema: true,
    });
  });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

/** Puts text after a place that there is once in the file, or before it. */
function put(file: string, place: string, text: string, where: 'before' | 'after' = 'after'): void {
  const [head, tail, ...more] = readFileSync(join(copy, file), 'utf8').split(place);
  if (tail === undefined || more.length > 0) throw new Error(`${file} has no one ${place}`);
  const patched = where === 'after' ? `${place}${text}` : `${text}${place}`;
  writeFileSync(join(copy, file), `${head}${patched}${tail}`);
}

function filesWithErrors(): string[] {
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', copy], {
    cwd: copy,
    encoding: 'utf8',
  });
  const files = [...stdout.matchAll(/^([^\s(][^(]*)\(\d+,\d+\): error/gm)].map(([, file]) => file);
  return [...new Set(files)].map(String).sort();
}

/** What of the product is another in the copy. */
function touched() {
  const files = PRODUCT.flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  ).sort();
  const linesOf = (root: string, file: string): string[] =>
    readFileSync(join(root, file), 'utf8').split('\n');
  const isNew = (file: string): boolean => !existsSync(join(ROOT, file));
  const changed = files.flatMap((file) => {
    if (isNew(file)) return [];
    const before = new Set(linesOf(ROOT, file));
    const lines = linesOf(copy, file).filter((line) => !before.has(line)).length;
    return lines === 0 ? [] : [{ file, lines }];
  });
  return { added: files.filter(isNew), changed };
}
