// What the generated pages are made from: the manifests, and what the programs themselves say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse, parseAllDocuments } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');

export const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/** The manifests of a folder by file name, each with its documents as they are written. */
export function manifestsIn(folder) {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort()
    .map((name) => ({
      name: name.replace('.yaml', ''),
      path: `${folder}/${name}`,
      documents: parseAllDocuments(read(`${folder}/${name}`)),
    }));
}

/** Tasks in the order in which the Pipeline uses them, then the others. */
export function tasks() {
  const order = pipelineTasks().map(({ taskRef }) => taskRef.name);
  const place = ({ metadata }) => (order.indexOf(metadata.name) + 1 || order.length + 1) - 1;
  return manifestsIn('tasks')
    .flatMap(({ documents }) => documents.map((document) => document.toJS()))
    .sort((a, b) => place(a) - place(b));
}

export const pipeline = () => parse(read('pipelines/zero-downtime-deployment.yaml'));

function pipelineTasks() {
  const { spec } = pipeline();
  return [...spec.tasks, ...spec.finally];
}

/** What a module of the product exports. */
export async function exportsOf(path) {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, path)],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const [{ contents }] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`);
}

/** A Markdown table, its columns as wide as what is in them. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => String(cell).replaceAll('|', '\\|')),
  );
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const [first, ...others] = cells;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(first), rule, ...others.map(line)].join('\n');
}

export const code = (text) => `\`${text}\``;
