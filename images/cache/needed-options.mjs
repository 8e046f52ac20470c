// The options that a stage cannot be started without, as its --help tells.
import { execFileSync } from 'node:child_process';

/** Each with a value that will do where nothing comes of it: of a list, the first. */
export function neededOptions(node, program) {
  const help = execFileSync(node, [program, '--help'], { encoding: 'utf8' });
  return help
    .split(/\n(?= {2}--)/)
    .filter((entry) => entry.includes('[required]'))
    .map((entry) => `${/--[\w-]+/.exec(entry)?.[0]}=${/: ([\w-]+),/.exec(entry)?.[1] ?? 'any'}`);
}
