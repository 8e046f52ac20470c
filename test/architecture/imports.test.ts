// Who may import whom. What it protects: a core that can be simulated, a test world that cannot hide
// the product's bugs by sharing code with it, and folders that a newcomer can read from the ground up.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CATALOGUES, PACKAGES_OF_CORE, ROOMS, TOP } from './order.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = Object.keys(TOP);
/** What a workspace has beside its rooms. */
const NO_ROOMS = ['test', 'node_modules'];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(test|node_modules)\//.test(file))
    .map((file) => join(folder, file)),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const pattern = /(?:from|import)\s*\(?\s*'([\w@./:-]+)'/g;
  return [...text.matchAll(pattern)].map(([, specifier]) => {
    const target = specifier ?? '';
    return target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target;
  });
}

const imports = new Map(sources.map((file) => [file, importsOf(file)]));
const edges = sources.flatMap((from) => (imports.get(from) ?? []).map((to) => ({ from, to })));
const topOf = (path: string): string => path.split('/')[0] ?? '';
const isPackage = (target: string): boolean => !FOLDERS.includes(topOf(target));
const text = ({ from, to }: { from: string; to: string }): string => `${from} -> ${to}`;

describe('who may import whom', () => {
  test('a top-level folder imports itself and what the order allows it', () => {
    const wrong = edges.filter(
      ({ from, to }) =>
        !isPackage(to) && topOf(from) !== topOf(to) && !TOP[topOf(from)]?.includes(topOf(to)),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  test('core imports no packages', () => {
    const found = edges.filter(({ from, to }) => topOf(from) === 'core' && isPackage(to));
    const allowed = Object.entries(PACKAGES_OF_CORE).map(([from, [to]]) => ({ from, to }));
    expect(found.map(text)).toEqual(allowed.map(text));
    for (const { from } of allowed) expect(withoutTypes(from)).not.toMatch(/\b(import|from)\b/);
  });

  test('a stage never imports another stage', () => {
    const stageOf = (path: string): string => path.split('/').slice(0, 2).join('/');
    const wrong = edges.filter(
      ({ from, to }) =>
        topOf(from) === 'steps' && topOf(to) === 'steps' && stageOf(from) !== stageOf(to),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  test.each(Object.entries(ROOMS))('in %s, a room imports only rooms before it', (top, rooms) => {
    const place = (path: string): number => rooms.indexOf(path.split('/')[1] ?? '');
    const wrong = edges.filter(
      ({ from, to }) => topOf(from) === top && topOf(to) === top && place(to) > place(from),
    );
    // What lies beside the rooms stands above all of them.
    expect(wrong.filter(({ from }) => place(from) !== -1).map(text)).toEqual([]);
  });

  test.each(Object.entries(ROOMS))('in %s, every room has its place in the order', (top, rooms) => {
    const found = readdirSync(join(ROOT, top), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => !NO_ROOMS.includes(name));
    expect(found.toSorted()).toEqual(rooms.toSorted());
  });

  test('no folders beside each other import in a circle, however deep they lie', () => {
    expect(circlesOf(edgesBetweenFolders())).toEqual([]);
  });

  test('no files import in a circle', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  test('no folder has more than twelve files beside its sub-folders', () => {
    const counts = new Map<string, number>();
    for (const file of sources) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    const drawers = [...counts].filter(([, count]) => count > 12);
    expect(drawers.filter(([folder]) => !CATALOGUES.includes(folder))).toEqual([]);
  });

  test('core has no clock, no randomness and waits for nothing', () => {
    const banned = /\bnew Date\b|\bDate\.|\bMath\.random\b|\basync\b|\bawait\b|\bPromise\b/;
    const found = sources
      .filter((file) => file.startsWith('core/'))
      .filter((file) => banned.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))));
    expect(found).toEqual([]);
  });

  test('every import of a file that is named exists', () => {
    const known = new Set(sources);
    const missing = edges.filter(
      ({ to }) => !isPackage(to) && to.endsWith('.ts') && !known.has(to),
    );
    expect(missing.map(text)).toEqual([]);
  });
});

/** Between the folders where two paths part; a folder may use its own sub-folders, and they it. */
function edgesBetweenFolders(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [a, b] = [dirname(from).split('/'), dirname(to).split('/')];
    const at = a.findIndex((part, index) => part !== b[index]);
    if (isPackage(to) || at < 1 || at >= b.length) continue;
    const left = a.slice(0, at + 1).join('/');
    found.set(left, [...(found.get(left) ?? []), b.slice(0, at + 1).join('/')]);
  }
  return found;
}

function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) circles.push([...path.slice(path.indexOf(node)), node].join(' -> '));
    if (done.has(node) || path.includes(node)) return;
    for (const target of graph.get(node) ?? []) visit(target, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return [...new Set(circles)];
}

/** What of a file is left when it is built. */
function withoutTypes(file: string): string {
  const source = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
  return source.replaceAll(/^(?:import|export) type .*$/gm, '');
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}
