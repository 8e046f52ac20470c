// What the programs are made of: known to the byte, fit to be given away, and told to whoever asks.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../e2e/support/world.ts';

const STAGES = [
  'conclude',
  'database-migration',
  'deploy',
  'notification',
  'operate',
  'post-validation',
  'pre-validation',
  'recover',
  'security-scan',
];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const evaluate = (code: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  );

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

let folder: string;

/** What `npm run sbom` does once it has built. */
function tell(to: string): void {
  const env = { ...process.env, DIST: to };
  execFileSync(process.execPath, ['scripts/supply-chain/sbom.mjs'], { cwd: ROOT, env });
}

const billOf = (stage: string): string =>
  readFileSync(join(folder, `sbom/${stage}.cdx.json`), 'utf8');

describe('the bill of materials of each stage', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sbom-'));
    tell(folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(STAGES)(
    '%s: names each package with its version, its hash and its licence',
    (stage) => {
      const { bomFormat, specVersion, components, dependencies, metadata } = JSON.parse(
        billOf(stage),
      );
      expect([bomFormat, specVersion, metadata.component.name]).toEqual([
        'CycloneDX',
        '1.5',
        stage,
      ]);
      const lock = JSON.parse(read('package-lock.json')).packages;
      const folders: string[] = JSON.parse(read('dist/packages.json'))[stage];
      const wanted = folders.map((folder) => ({
        purl: `pkg:npm/${encodeURIComponent(folder.replace(/^.*node_modules\//, '')).replace('%2F', '/')}@${lock[folder].version}`,
        sha512: Buffer.from(lock[folder].integrity.slice('sha512-'.length), 'base64').toString(
          'hex',
        ),
      }));
      const told = (components as Component[]).map(({ purl, hashes, licenses }) => {
        expect(licenses).not.toEqual([]);
        return { purl, sha512: hashes.find(({ alg }) => alg === 'SHA-512')?.content };
      });
      const byName = (a: { purl: string }, b: { purl: string }) => (a.purl < b.purl ? -1 : 1);
      // A package may lie in several folders.
      const once = [...new Map(wanted.map((one) => [one.purl, one])).values()];
      expect(told.sort(byName)).toEqual(once.sort(byName));
      const known = dependencies.map(({ ref }: { ref: string }) => ref);
      expect(known.length).toBe(told.length + 1);
    },
  );

  test('leaves out no package whose words are in a program', () => {
    // Told by the program itself, not by what built it: texts that only these packages say.
    const said = {
      ajv: 'strict mode',
      'fastest-levenshtein': undefined,
      // Loaded only where it is called.
      'openid-client': undefined,
      yaml: 'Nested mappings are not allowed',
      yargs: 'Unknown argument',
      '@marcbachmann/cel-js': 'found no matching overload',
    };
    const program = read('dist/steps/deploy/stage.cjs') + read('dist/steps/deploy/cel.cjs');
    const names = JSON.parse(billOf('deploy')).components.map(({ name }: Component) => name);
    for (const [name, text] of Object.entries(said)) {
      if (text !== undefined) expect([name, program.includes(text)]).toEqual([name, true]);
      expect(names).toContain(name);
    }
    expect(names).not.toContain('jest');
  });

  test('is the same each time', () => {
    const before = billOf('deploy');
    tell(folder);
    expect(billOf('deploy')).toBe(before);
  });
});

describe('the packages', () => {
  const CHECK = './scripts/supply-chain/check.mjs';
  const faults = (more: object): unknown =>
    evaluate(`
      import { faultsOf } from '${CHECK}';
      const good = { folder: 'node_modules/x', version: '1.0.0', integrity: 'sha512-x', isShipped: true,
        installedVersion: '1.0.0', licences: ['MIT'] };
      console.log(JSON.stringify(faultsOf([{ ...good, ...${JSON.stringify(more)} }])));`);

  test('all have a licence that goes with Apache-2.0, and a hash', () => {
    expect(
      evaluate(`
        import { faultsOf } from '${CHECK}';
        import { lockedPackages } from './scripts/supply-chain/lock.mjs';
        console.log(JSON.stringify(faultsOf(lockedPackages())));`),
    ).toEqual([]);
  });

  test.each([
    ['a choice of which one is fit', { licences: ['(GPL-3.0 OR MIT)'] }, []],
    ['a licence that is not', { licences: ['GPL-3.0'] }, [/licence GPL-3\.0/]],
    ['two of which one is not', { licences: ['MIT AND GPL-3.0'] }, [/MIT AND GPL-3\.0/]],
    ['another one than the lock says', { licences: ['MIT', 'SSPL-1.0'] }, [/SSPL-1\.0/]],
    ['no licence', { licences: [] }, [/has no licence/]],
    ['a licence for tools', { licences: ['CC-BY-4.0'], isShipped: false }, []],
    ['a licence for tools where it is shipped', { licences: ['CC-BY-4.0'] }, [/CC-BY-4\.0/]],
    ['no hash', { integrity: 'sha1-x' }, [/no sha512/]],
    ['another version than the lock says', { installedVersion: '1.0.1' }, [/1\.0\.1 is installed/]],
  ])('are found out where there is %s', (_what, more, expected) => {
    const found = faults(more) as string[]; // what the script prints
    expect(found).toHaveLength(expected.length);
    for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
  });

  test.each([
    ['are good', { status: 0, stdout: '', stderr: '' }, undefined],
    [
      'are not',
      { status: 1, stdout: '1 package has an invalid registry signature:\n', stderr: '' },
      { cannot: false, message: '1 package has an invalid registry signature:' },
    ],
    [
      'cannot be asked for',
      {
        status: 1,
        stdout: '',
        stderr: 'npm error code ENOTFOUND\nnpm error network request failed',
      },
      { cannot: true, message: 'npm error network request failed' },
    ],
  ])('say so where their signatures %s', (_what, ended, expected) => {
    expect(
      evaluate(`
        import { signatureFault } from '${CHECK}';
        console.log(JSON.stringify(signatureFault(${JSON.stringify(ended)}) ?? null));`),
    ).toEqual(expected ?? null);
  });
});
