// The house rules of who may import whom. What they protect: a core that can be simulated, and a
// local world that cannot hide the product's bugs by sharing code with it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['core', 'effects', 'steps', 'local', 'proof', 'tools', 'fuzz'];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const pattern = /(?:from|import)\s*\(?\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map(([, specifier]) => {
    const target = specifier ?? '';
    return target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target;
  });
}

const imports = new Map(sources.map((file) => [file, importsOf(file)]));
const isPackage = (target: string): boolean => !FOLDERS.includes(target.split('/')[0] ?? '');

function offences(folder: string, allowed: (target: string, file: string) => boolean): string[] {
  return sources
    .filter((file) => file.startsWith(`${folder}/`))
    .flatMap((file) =>
      (imports.get(file) ?? [])
        .filter((target) => !allowed(target, file))
        .map((target) => `${file} -> ${target}`),
    );
}

describe('who may import whom', () => {
  test('core imports only core', () => {
    expect(offences('core', (target) => target.startsWith('core/'))).toEqual([]);
  });

  test('effects import core, effects and packages', () => {
    expect(offences('effects', (t) => isPackage(t) || /^(core|effects)\//.test(t))).toEqual([]);
  });

  test('a stage imports core, effects, packages and itself, never another stage', () => {
    const own = (file: string): string => file.split('/').slice(0, 2).join('/');
    expect(
      offences(
        'steps',
        (target, file) =>
          isPackage(target) || /^(core|effects)\//.test(target) || target.startsWith(own(file)),
      ),
    ).toEqual([]);
  });

  test('a tool imports core, effects, packages and itself', () => {
    expect(offences('tools', (t) => isPackage(t) || /^(core|effects|tools)\//.test(t))).toEqual([]);
  });

  test('the fuzzer imports core, effects, packages and itself, and nobody needs it', () => {
    expect(offences('fuzz', (t) => isPackage(t) || /^(core|effects|fuzz)\//.test(t))).toEqual([]);
    const needing = FOLDERS.filter((folder) => folder !== 'fuzz').flatMap((folder) =>
      offences(folder, (target) => !target.startsWith('fuzz/')),
    );
    expect(needing).toEqual([]);
  });

  test('local shares nothing with the product', () => {
    expect(offences('local', (t) => isPackage(t) || t.startsWith('local/'))).toEqual([]);
  });

  test('only proof brings the product and the embedded world together, and nobody needs it', () => {
    const needing = ['core', 'effects', 'steps', 'local'].flatMap((folder) =>
      offences(folder, (target) => !target.startsWith('proof/')),
    );
    expect(needing).toEqual([]);
  });

  test('nothing imports in a circle', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('core has no clock, no randomness and waits for nothing', () => {
    const banned = /\bnew Date\b|\bDate\.|\bMath\.random\b|\basync\b|\bawait\b|\bPromise\b/;
    const found = sources
      .filter((file) => file.startsWith('core/'))
      .filter((file) => banned.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))));
    expect(found).toEqual([]);
  });

  test('every local import that is named exists', () => {
    const known = new Set(sources);
    const missing = [...imports].flatMap(([file, targets]) =>
      targets
        .filter(
          (t) => FOLDERS.includes(t.split('/')[0] ?? '') && t.endsWith('.ts') && !known.has(t),
        )
        .map((target) => `${file} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}
