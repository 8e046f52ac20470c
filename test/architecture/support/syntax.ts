/** The sources as trees: what tests of their shape count. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ParserPlugin, parse } from '@babel/parser';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: {
    readonly start: { readonly line: number };
    readonly end: { readonly line: number };
  };
  readonly [key: string]: unknown;
}

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Every node, parents before what is in them. */
  readonly nodes: readonly Node[];
}

const PLUGINS: ParserPlugin[] = ['typescript', 'explicitResourceManagement'];
/** What a workspace has beside its sources. */
const NO_SOURCES = /(^|\/)(node_modules|test)\//;

/** All of the folders, without tests. */
export function sourcesIn(folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && !NO_SOURCES.test(file))
      .map((file) => sourceOf(join(folder, file))),
  );
}

function sourceOf(file: string): Source {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const { program } = parse(text, { sourceType: 'module', plugins: PLUGINS });
  return { file, text, lines: text.trimEnd().split('\n'), nodes: [...within(program)] };
}

function* within(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* within(each);
  if (!isNode(value)) return;
  yield value;
  for (const [key, inner] of Object.entries(value))
    if (!/Comments$/.test(key)) yield* within(inner);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}

/** `core/base/image.ts:12` */
export function placeOf({ file }: Source, { loc }: Node): string {
  return `${file}:${loc.start.line}`;
}
