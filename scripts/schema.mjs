// Writes docs/release.schema.json, for editors, from the schema that the stages check.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: ['core/config/schema.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const source = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
const { RELEASE_CONFIG_SCHEMA } = await import(source);
writeFileSync(
  'docs/release.schema.json',
  `${JSON.stringify(RELEASE_CONFIG_SCHEMA, undefined, 2)}\n`,
);
