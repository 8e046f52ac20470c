// The entrypoint program, bundled as it is shipped, in a folder of its own.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const SOURCE = resolve(import.meta.dirname, '../../../tekton/entrypoint/main.ts');

export function bundleEntrypoint(): string {
  const folder = mkdtempSync(join(tmpdir(), 'entrypoint-'));
  buildSync({
    entryPoints: [SOURCE],
    outfile: join(folder, 'entrypoint.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return folder;
}
