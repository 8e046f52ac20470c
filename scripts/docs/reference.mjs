// docs/reference.md: params, results and workspaces from the manifests, the keys of the release config
// from its schema, exit codes from the program.
import { code, exportsOf, pipeline, table, tasks } from './source.mjs';
import { sectionOf } from './task-page.mjs';

const HEAD = `# Reference

Made from the manifests, the schema and the programs themselves. [Stages](stages.md) tells how the
Tasks work together, [the release config](release-config.md) what its keys are good for.
`;

export async function referencePage() {
  const { RELEASE_CONFIG_SCHEMA } = await exportsOf('core/config/schema.ts');
  const { EXIT_CODES } = await exportsOf('effects/base/failure.ts');
  const { STAGES } = await exportsOf('core/journal/stages.ts');
  return `${[
    HEAD.trim(),
    '## Stages of the Pipeline',
    table(
      ['stage', 'runs', 'what it is for', 'leaves behind', 'undone by'],
      STAGES.map(({ name, runs, role, leavesBehind, undoneBy }) => [
        code(name),
        runs === 'when' ? 'where there is something to do' : runs,
        role,
        leavesBehind,
        undoneBy,
      ]),
    ),
    ...[pipeline(), ...tasks()].map((manifest) => sectionOf(manifest)),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.entries(EXIT_CODES).map(([number, meaning]) => [code(number), meaning]),
    ),
    '## Keys of the release config',
    table(['key', 'what is written there', 'meaning'], keyRows(RELEASE_CONFIG_SCHEMA)),
  ].join('\n\n')}\n`;
}

/** Every key that holds a value, `smoke[].name` for one of the items of a list. */
function keyRows(schema, path = '') {
  const { properties, items } = schema;
  const inner = items?.properties ? keyRows(items, `${path}[]`) : [];
  if (inner.length > 0) return inner;
  if (!properties) return [[code(path), kindOf(schema), schema.description ?? '']];
  return Object.entries(properties).flatMap(([key, value]) =>
    keyRows(value, path === '' ? key : `${path}.${key}`),
  );
}

function kindOf({ enum: values, const: value, anyOf, oneOf, type, items, minimum, maximum }) {
  if (value !== undefined) return code(value);
  if (values) return values.map(code).join(', ');
  if (items) return `a list of ${kindOf(items)}`;
  const choices = anyOf ?? oneOf;
  if (choices) return choices.map(kindOf).join(' or ');
  const kinds = [type ?? 'string'].flat().join(' or ');
  if (minimum === undefined) return kinds;
  return `${kinds}, ${maximum === undefined ? `from ${minimum}` : `${minimum} to ${maximum}`}`;
}
