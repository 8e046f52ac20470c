// Builds images with docker, podman or buildah, whichever is here: TOOL names one, PLATFORMS what for.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { OWN_PROCESSOR } from './base/node.mjs';

// Layers are the same whenever they are built; the year 1970 is what reproducible images say.
const EPOCH = process.env.SOURCE_DATE_EPOCH || '0';

/** In order of preference. `docker` is of no use without its daemon. */
const TOOLS = {
  docker: {
    works: ['info'],
    build: ['buildx', 'build', '--load', '--provenance=false'],
    push: (name) => ['push', name],
    pushAll: (name) => ['manifest', 'push', name],
  },
  podman: {
    works: ['--version'],
    build: ['build', '--timestamp', EPOCH],
    push: (name) => ['push', name],
    pushAll: (name) => ['manifest', 'push', '--all', name, `docker://${name}`],
  },
  buildah: {
    works: ['--version'],
    build: ['build', '--timestamp', EPOCH],
    push: (name) => ['push', name],
    pushAll: (name) => ['manifest', 'push', '--all', name, `docker://${name}`],
  },
};

function findTool() {
  const named = process.env.TOOL;
  const found = Object.keys(TOOLS)
    .filter((name) => !named || name === named)
    .find((name) => spawnSync(name, TOOLS[name].works, { stdio: 'ignore' }).status === 0);
  if (found) return found;
  throw new Error(
    named
      ? `TOOL=${named}: not here, or not working; known are ${Object.keys(TOOLS).join(', ')}`
      : `none of ${Object.keys(TOOLS).join(', ')} is here and works: install one`,
  );
}

/** The processors that images are asked for; this machine's where nothing is said. */
export function processors() {
  const asked = (process.env.PLATFORMS || `linux/${OWN_PROCESSOR}`).split(',');
  const unknown = asked.filter((platform) => !/^linux\/(amd64|arm64)$/.test(platform));
  if (unknown.length > 0) {
    throw new Error(`PLATFORMS: ${unknown.join(', ')}: known are linux/amd64 and linux/arm64`);
  }
  return asked.map((platform) => platform.split('/')[1]);
}

/** Its own programs, and those for which the kernel knows an emulator. */
export function canRun(processor) {
  const emulator = { amd64: 'qemu-x86_64', arm64: 'qemu-aarch64' }[processor];
  return processor === OWN_PROCESSOR || existsSync(`/proc/sys/fs/binfmt_misc/${emulator}`);
}

/**
 * Builds `name`, or for several processors `name-<processor>` each and `name` as their index; pushes
 * it where PUSH says so. `recipeFor(processor)` tells file, context, args and, if not the last, target.
 */
export function buildImage(name, recipeFor) {
  const tool = findTool();
  const { build, push, pushAll } = TOOLS[tool];
  const run = (...args) => {
    const { status } = spawnSync(tool, args, {
      stdio: ['ignore', process.env.VERBOSE ? 'inherit' : 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: EPOCH },
    });
    if (status === 0) return;
    // The tool has said why.
    process.stderr.write(`${tool} ${args.join(' ')}: exit ${status}\n`);
    process.exit(1);
  };
  const asked = processors();
  const parts = asked.map((processor) => {
    const part = asked.length === 1 ? name : `${name}-${processor}`;
    const { file, context, args, target } = recipeFor(processor);
    const options = Object.entries(args).flatMap(([key, value]) => [
      '--build-arg',
      `${key}=${value}`,
    ]);
    if (target) options.push('--target', target);
    run(...build, '--platform', `linux/${processor}`, ...options, '-f', file, '-t', part, context);
    if (process.env.PUSH) run(...push(part));
    return part;
  });
  // Docker's indexes are made of what the registry has.
  if (asked.length > 1 && (tool !== 'docker' || process.env.PUSH)) {
    // What had the name before, index or image, gives it up.
    for (const remove of [['manifest', 'rm'], ['rmi']]) {
      spawnSync(tool, [...remove, name], { stdio: 'ignore' });
    }
    run('manifest', 'create', name, ...parts);
    if (process.env.PUSH) run(...pushAll(name));
  }
  process.stdout.write(`${name} (${asked.join(', ')})\n`);
}
