/** What steps are started with, on the node: the entrypoint program and a Node to run it. */
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** `program` is embedded-cluster/tekton/entrypoint/main.ts, bundled into one file. */
export function layOutEntrypoint(folder: string, program: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(program, join(folder, 'entrypoint.mjs'));
  rmSync(join(folder, 'node'), { force: true });
  symlinkSync(process.execPath, join(folder, 'node'));
}
