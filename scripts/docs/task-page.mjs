// A Task, or the Pipeline, as a page: what it does, what it is given and gives, and a run of it. In docs/reference.md a
// section, in the catalog a README.
import { code, table } from './source.mjs';

const titleOf = ({ metadata }) => metadata.annotations['tekton.dev/displayName'];

export function sectionOf(manifest, level = '##') {
  const { metadata, spec } = manifest;
  return [
    `${level} ${titleOf(manifest)}: ${code(metadata.name)}`,
    paragraphs(spec.description),
    ...paramsTable(spec.params),
    ...listTable('result', spec.results),
    ...listTable('workspace', spec.workspaces),
  ].join('\n\n');
}

/** Its first line stands alone; the rest is about that. */
const paragraphs = (description) => description.trim().replaceAll('\n', '\n\n');

function paramsTable(params = []) {
  if (params.length === 0) return [];
  const rows = params.map(({ name, default: value, description }) => [
    code(name),
    value === undefined ? 'needed' : value === '' ? '' : code(value),
    description,
  ]);
  return [table(['param', 'default', 'what it is'], rows)];
}

function listTable(what, list = []) {
  if (list.length === 0) return [];
  const rows = list.map(({ name, description }) => [code(name), description]);
  return [table([what, 'what it is'], rows)];
}
