// Builds what runs: the stages as one small file each, the embedded cluster and what it needs, and
// the programs that prove the one in the other, and what tries to break its parsers.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { APART, slender } from './slender.mjs';
import { programsIn, STAGES } from './stages.mjs';

const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

// CommonJS, because V8 keeps what it compiled of a script, but not of an ES module.
const small = { ...common, format: 'cjs', minify: true, metafile: true };
const stages = STAGES.map((name) =>
  build({
    ...small,
    plugins: [slender],
    entryPoints: [`steps/${name}/main.ts`],
    outfile: `dist/steps/${name}/stage.cjs`,
    // What pg would use where it is installed, which it never is.
    external: ['pg-native'],
    // What V8 runs from its cache may require, and not import.
    supported: { 'dynamic-import': false },
    // Some packages ask for their own address, which CommonJS tells in another way.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
);

const apart = Object.entries(APART).map(([file, what]) =>
  build({ ...small, entryPoints: [what], outfile: `dist/apart/${file}.cjs` }),
);

// Runs beside its packages, on the machine it was built on.
const programs = [
  { source: 'embedded-cluster/cluster/main.ts', outfile: 'dist/embedded-cluster/cluster.mjs' },
  {
    source: 'embedded-cluster/tekton/entrypoint/main.ts',
    outfile: 'dist/embedded-cluster/tekton/entrypoint.mjs',
  },
  { source: 'demo/main.ts', outfile: 'dist/demo/demo.mjs' },
  { source: 'demo/load/main.ts', outfile: 'dist/demo/load.mjs' },
  ...programsIn('verification').map((name) => ({
    source: `verification/${name}/main.ts`,
    outfile: `dist/verification/${name}.mjs`,
  })),
  { source: 'tools/lint-migrations/main.ts', outfile: 'dist/tools/lint-migrations.mjs' },
  { source: 'fuzz/main.ts', outfile: 'dist/fuzz/main.mjs' },
  { source: 'fuzz/worker.ts', outfile: 'dist/fuzz/worker.mjs' },
  { source: 'fuzz/targets/all.ts', outfile: 'dist/fuzz/targets.mjs' },
].map(({ source, outfile }) =>
  build({ ...common, entryPoints: [source], outfile, format: 'esm', packages: 'external' }),
);

const [built, beside] = await Promise.all([Promise.all(stages), Promise.all(apart), ...programs]);
const asked = new Map(STAGES.map((name) => [name, askedBy(name)]));
writeFileSync('dist/packages.json', JSON.stringify(packagesIn(built, beside), null, 2));
for (const name of STAGES) {
  toAscii(`dist/steps/${name}/stage.cjs`);
  copyFileSync('images/cache/start.cjs', `dist/steps/${name}/main.cjs`);
  for (const file of Object.keys(APART)) {
    const beside = `dist/steps/${name}/${file}.cjs`;
    if (asked.get(name).includes(file)) copyFileSync(`dist/apart/${file}.cjs`, beside);
    // Of a build before this one.
    else rmSync(beside, { force: true });
  }
}
// PostgreSQL's parser looks for its WebAssembly beside the program.
for (const name of ['database-migration', 'pre-validation']) {
  copyFileSync(
    'node_modules/libpg-query/wasm/libpg-query.wasm',
    `dist/steps/${name}/libpg-query.wasm`,
  );
}
// Lies beside whatever runs pods.
for (const folder of ['embedded-cluster', 'demo', 'verification']) {
  copyFileSync('embedded-cluster/node/processes/preload.cjs', `dist/${folder}/preload.cjs`);
}

/** Which files of their own a stage may load. */
function askedBy(name) {
  const program = readFileSync(`dist/steps/${name}/stage.cjs`, 'utf8');
  return Object.keys(APART).filter((file) => program.includes(`/${file}.cjs`));
}

/** The packages that each stage's program is made of, by their folders; npm run sbom describes them. */
function packagesIn(results, beside) {
  const folders = ({ metafile }) =>
    Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      // What was left out of the bundle weighs nothing in it.
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      // As of the first `node_modules`: what the plugin puts off has a name of its own before it.
      .flatMap(
        ([path]) => /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
      );
  return Object.fromEntries(
    results.map((result, at) => {
      const parts = beside.filter((_, nth) =>
        asked.get(STAGES[at]).includes(Object.keys(APART)[nth]),
      );
      return [STAGES[at], [...new Set([result, ...parts].flatMap(folders))].sort()];
    }),
  );
}

/** One other character, which esbuild leaves in regular expressions, and V8 holds the text at twice its size. */
function toAscii(path) {
  const escaped = readFileSync(path, 'utf8').replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(path, escaped);
}
