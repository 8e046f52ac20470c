/** Programs of Debian's that tests run beside the product: `.ci/<name>` fetches each where it is missing. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Its path; undefined where there is none and none can be installed. */
export function fromDebian(name: string): string | undefined {
  try {
    const script = join(ROOT, '.ci', name);
    return execFileSync(script, [join(ROOT, 'dist', name)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
