/** A copy of the product's sources, in which things are added, compiled and run. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Addition } from './addition.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = ['core', 'effects'];
const run = promisify(execFile);

/** What every program needs: a release config as a stage loads it from the cluster, or its faults. */
const LOAD = `
import { BadInput } from './effects/base/failure.ts';
import { loadSettings } from './effects/config/load.ts';

const HEAD = 'apiVersion: release.zero-downtime.dev/v1\\nkind: ReleaseConfig\\n';
const GIVEN = {
  ...{ service: 'pay', namespace: 'default', imageTag: 'v2', imageRepository: '' },
  ...{ strategy: '', dryRun: 'false', configMap: '', configFile: '' },
};

export function load(yaml: string) {
  const found = { data: { 'release.yaml': HEAD + yaml } };
  return loadSettings({ get: async <T>() => found as T }, GIVEN);
}

export async function faultsOf(yaml: string): Promise<readonly string[]> {
  try {
    await load(yaml);
    return [];
  } catch (thrown) {
    if (thrown instanceof BadInput) return thrown.faults;
    throw thrown;
  }
}
`;

export interface Touched {
  readonly added: readonly string[];
  /** Files that were there, with the lines that are new in them, and how many are gone. */
  readonly changed: readonly { readonly file: string; readonly lines: readonly string[] }[];
  readonly lost: number;
}

export class Tree {
  private constructor(private readonly folder: string) {}

  static async copy(): Promise<Tree> {
    const folder = await mkdtemp(join(tmpdir(), 'adding-'));
    await Promise.all([
      ...SOURCES.map((name) => cp(join(ROOT, name), join(folder, name), { recursive: true })),
      cp(join(ROOT, 'package.json'), join(folder, 'package.json')),
      writeFile(join(folder, 'load.ts'), LOAD),
      symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules')),
    ]);
    const { compilerOptions } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8'));
    const tsconfig = { compilerOptions, include: [...SOURCES, '*.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    return new Tree(folder);
  }

  async add({ file, text, registry, program }: Addition): Promise<void> {
    await writeFile(join(this.folder, file), text, { flag: 'wx' });
    await writeFile(join(this.folder, programOf(file)), program, { flag: 'wx' });
    const path = join(this.folder, registry.file);
    const before = await readFile(path, 'utf8');
    const opened = `${registry.after}\n`;
    if (before.split(opened).length !== 2) throw new Error(`${registry.file}: not one ${opened}`);
    const entered = before.replace(opened, `${opened}${registry.entry}\n`);
    await writeFile(path, entered.replace(/^import /m, `${registry.import}\nimport `));
  }

  /** Against the product as it is. */
  async touched(): Promise<Touched> {
    const added: string[] = [];
    const changed: { file: string; lines: string[] }[] = [];
    let lost = 0;
    for (const file of await this.files()) {
      const now = (await readFile(join(this.folder, file), 'utf8')).split('\n');
      const text = await readFile(join(ROOT, file), 'utf8').catch(() => undefined);
      if (text === undefined) {
        added.push(file);
        continue;
      }
      const before = text.split('\n');
      const lines = without(now, before);
      lost += without(before, now).length;
      if (lines.length > 0) changed.push({ file, lines });
    }
    return { added, changed, lost };
  }

  /** Every complaint of the compiler about the whole tree, the programs included. */
  async compile(): Promise<string> {
    return run(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', this.folder]).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }) => `${stdout}${stderr}`,
    );
  }

  /** What the addition's program writes. */
  async run({ file }: Addition): Promise<unknown> {
    const outfile = join(this.folder, programOf(file).replace(/ts$/, 'mjs'));
    await build({
      absWorkingDir: this.folder,
      entryPoints: [programOf(file)],
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      outfile,
    });
    const { stdout } = await run(process.execPath, [outfile]);
    return JSON.parse(stdout);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private async files(): Promise<string[]> {
    const found = await Promise.all(
      SOURCES.map(async (name) =>
        (await readdir(join(this.folder, name), { recursive: true }))
          .filter((file) => file.endsWith('.ts'))
          .map((file) => join(name, file)),
      ),
    );
    return found.flat();
  }
}

/** Beside the sources: no part of what is added. */
function programOf(file: string): string {
  return `uses-${basename(file)}`;
}

/** The lines of one text that the other has not. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}
