// Writes the schemas of docs/, for editors and programs, from those that the stages check and print by.
import { writeFileSync } from 'node:fs';
import { exportsOf } from './docs/source.mjs';

const { RELEASE_CONFIG_SCHEMA } = await exportsOf('core/config/schema.ts');
const { PREVIEW_SCHEMA } = await exportsOf('core/report/preview/schema.ts');

const SCHEMAS = {
  'docs/release.schema.json': RELEASE_CONFIG_SCHEMA,
  'docs/preview.schema.json': PREVIEW_SCHEMA,
};
for (const [path, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(path, `${JSON.stringify(schema, undefined, 2)}\n`);
}
