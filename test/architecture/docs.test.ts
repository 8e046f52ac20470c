// The docs lead somewhere, and what is published for editors is what the stages check.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RELEASE_CONFIG_SCHEMA } from '../../core/config/schema.ts';
import { CHECKS } from '../../core/preflight/finding.ts';
import { PREVIEW_SCHEMA } from '../../core/report/preview/schema.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CODE_OF_CONDUCT.md', 'SECURITY.md', 'CHANGELOG.md'],
  'embedded-cluster/README.md',
  ...readdirSync(join(ROOT, 'docs'), { encoding: 'utf8', recursive: true }).map(
    (name) => `docs/${name}`,
  ),
].filter((name) => name.endsWith('.md'));

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The part of an address that leads to a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** `[text](page.md#heading)`, with the page's own path where only a heading is named. */
const anchoredLinks = (page: string): { to: string; anchor: string }[] =>
  [...read(page).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].map(([, to = '', anchor = '']) => ({
    to: to === '' ? page : join(dirname(page), to),
    anchor,
  }));

/** Paths of the repository, as prose names them: `core/plan/plan.ts`, a folder, without placeholders. */
const PATH =
  /`((?:core|effects|steps|tasks|pipelines|manifests|embedded-cluster|demo|verification|benchmarks|fuzz|tools|test|docs|scripts|images|examples|\.ci|\.github)\/[\w./-]+)`/g;

/** Every dotted path of a key, `smoke[]` for the items of a list. */
function keysOf(schema: unknown, path = ''): string[] {
  const { properties, items } = schema as { properties?: Record<string, unknown>; items?: unknown };
  if (items) return keysOf(items, `${path}[]`).length > 0 ? [`${path}[]`] : [path];
  return Object.entries(properties ?? {}).flatMap(([key, inner]) => {
    const inside = keysOf(inner, path === '' ? key : `${path}.${key}`);
    return inside.length > 0 ? inside : [path === '' ? key : `${path}.${key}`];
  });
}

describe('the docs', () => {
  test.each(PAGES)('%s links to pages that exist', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
    const missing = links.filter((to) => !existsSync(join(ROOT, dirname(page), to)));
    expect(missing).toEqual([]);
  });

  test.each(PAGES)('%s links to headings that exist', (page) => {
    const missing = anchoredLinks(page).filter(
      ({ to, anchor }) => to.endsWith('.md') && !anchorsOf(to).includes(anchor),
    );
    expect(missing).toEqual([]);
  });

  test.each(PAGES)('%s names files and folders that exist', (page) => {
    const named = [...read(page).matchAll(PATH)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('the README fits on a few screens', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });

  test.each([
    ['docs/release.schema.json', RELEASE_CONFIG_SCHEMA],
    ['docs/preview.schema.json', PREVIEW_SCHEMA],
  ])('%s is the schema that the stages go by', (path, schema) => {
    expect(JSON.parse(read(path))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  test('what is made from manifests and programs is as they are now', () => {
    execFileSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: ROOT });
  });

  test('every key of the release config is on its page', () => {
    const page = read('docs/release-config.md');
    const head = ['apiVersion', 'kind'];
    // Of a group of keys in one row, the first is written whole.
    const missing = keysOf(RELEASE_CONFIG_SCHEMA)
      .filter((key) => !head.includes(key))
      .filter((key) => {
        const last = key.slice(key.lastIndexOf('.'));
        return !page.includes(`\`${key}\``) && !page.includes(`\`${last}\``);
      });
    expect(missing).toEqual([]);
  });

  test('every preflight check is told somewhere', () => {
    const pages = PAGES.map(read).join('\n');
    const refusing: readonly string[] = CHECKS.filter((check) => !pages.includes(check));
    expect(refusing.filter((check) => !WARNINGS.includes(check))).toEqual([]);
  });
});

/** These only warn; their message says all there is to say. */
const WARNINGS = [
  'autoscaler',
  'image-not-pinned',
  'no-metrics',
  'no-pdb',
  'no-pre-stop',
  'single-replica',
];
