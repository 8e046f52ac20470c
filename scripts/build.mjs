// Builds what runs: the stages as one small file each, the embedded cluster and what it needs.
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { build } from 'esbuild';

const entries = (folder) =>
  readdirSync(folder)
    .filter((name) => existsSync(`${folder}/${name}/main.ts`))
    .map((name) => ({ name, source: `${folder}/${name}/main.ts` }));

const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

// CommonJS, because Node's compile cache helps it to start faster than ES modules.
const stages = entries('steps').map(({ name, source }) =>
  build({
    ...common,
    entryPoints: [source],
    outfile: `dist/steps/${name}/main.cjs`,
    format: 'cjs',
    minify: true,
    // Some packages ask for their own address, which CommonJS tells in another way.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
);

const local = [
  ...entries('local').map(({ name, source }) => ({ source, outfile: `dist/local/${name}.mjs` })),
  { source: 'local/tekton/entrypoint/main.ts', outfile: 'dist/local/tekton/entrypoint.mjs' },
].map(({ source, outfile }) =>
  // Runs beside its packages, on the machine it was built on.
  build({ ...common, entryPoints: [source], outfile, format: 'esm', packages: 'external' }),
);

await Promise.all([...stages, ...local]);
copyFileSync('local/kubelet/processes/preload.cjs', 'dist/local/preload.cjs');
