// buildah with a storage of its own, that needs neither a daemon nor a registry.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface BuiltImage {
  readonly layers: readonly string[];
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly architecture: string;
}

export interface Workshop {
  make(target: string, variables: Readonly<Record<string, string>>): void;
  inspect(image: string): BuiltImage;
  /** Runs a program in a container of the image, and tells all it printed; fails where that does. */
  run(image: string, program: readonly string[], options?: readonly string[]): string;
  close(): void;
}

/** Why there can be no images here; undefined where there can. */
export function whyNot(): string | undefined {
  const { status, stderr } = spawnSync(join(ROOT, '.ci/buildah'), { encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1);
}

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  const storage = { driver: 'vfs', runroot: join(folder, 'run'), graphroot: join(folder, 'graph') };
  const lines = Object.entries(storage).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(join(folder, 'storage.conf'), `[storage]\n${lines.join('\n')}\n`);
  const env = {
    ...process.env,
    BUILDAH_ISOLATION: 'chroot',
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    TOOL: 'buildah',
  };
  const buildah = (...args: string[]): string =>
    execFileSync('buildah', args, { env, encoding: 'utf8' }).trim();
  return {
    make: (target, variables) => {
      const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      // What is tested has been built; other tests are using it.
      const args = ['--silent', '--assume-old=build', '--assume-old=node_modules', target, ...set];
      execFileSync('make', args, { cwd: ROOT, env, stdio: 'pipe' });
    },
    inspect: (image) => {
      const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', image));
      return { ...OCIv1, layers: OCIv1.rootfs.diff_ids };
    },
    run: (image, program, options = []) => {
      const container = buildah('from', '--pull-never', image);
      const args = ['run', ...options, container, '--', ...program];
      const { status, stdout, stderr } = spawnSync('buildah', args, { env, encoding: 'utf8' });
      buildah('rm', container);
      if (status !== 0) throw new Error(`${program.join(' ')}: exit ${status}: ${stderr}`);
      return `${stdout}${stderr}`;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
