// The judges side by side, in every kind of release: `npm run bench:judge -- --replicates 2000`.
import { build } from 'esbuild';

const OUTFILE = 'dist/bench/judge.mjs';

await build({
  entryPoints: ['benchmarks/main.ts'],
  outfile: OUTFILE,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
});
await import(`../${OUTFILE}`);
