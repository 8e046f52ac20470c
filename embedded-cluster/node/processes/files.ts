/** The files of a container, laid out on this machine's disk. */
import { accessSync, constants, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { ContainerConfig } from '../runtime.ts';
import type { MountedVolume } from '../volumes/contents.ts';
import { type Credentials, kubeconfig, SERVICE_ACCOUNT_PATH } from '../volumes/credentials.ts';
import { type PathPair, pathRewriter, type RewritePaths } from './paths.ts';

export interface ContainerFiles {
  readonly rewrite: RewritePaths;
  readonly workingDir: string;
  /** The only folder that programs are found in by name. */
  readonly programs: string;
  readonly home: string;
  readonly temporary: string;
  readonly terminationMessage: string;
  readonly kubeconfig: string | undefined;
}

/** Where each volume of a pod lies. */
export type VolumeFolders = ReadonlyMap<string, string>;

const DEFAULT_TERMINATION_PATH = '/dev/termination-log';

/** Writes what a volume holds; returns where. */
export function layOutVolume(
  { name, contents }: MountedVolume,
  folders: string,
  claims: string,
): string {
  const folder = join(folders, name);
  switch (contents.type) {
    case 'host':
      if (contents.missing === 'created') mkdirSync(contents.path, { recursive: true });
      return contents.path;
    case 'claim':
      mkdirSync(join(claims, contents.claim), { recursive: true });
      return join(claims, contents.claim);
    case 'empty':
      mkdirSync(folder, { recursive: true });
      return folder;
    case 'files':
      mkdirSync(folder, { recursive: true });
      for (const { path, content, mode } of contents.files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content, { mode });
      }
      return folder;
  }
}

export function layOutContainer(
  config: ContainerConfig,
  volumes: VolumeFolders,
  folder: string,
  credentials: Credentials | undefined,
): ContainerFiles {
  const { container, image } = config;
  const under = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const terminationMessage = join(under('.'), 'termination-message');
  const pairs: PathPair[] = [
    ...(image.paths ?? []),
    ...Object.entries(image.programs ?? {})
      .filter(([name]) => isAbsolute(name))
      .map(([containerPath, hostPath]) => ({ containerPath, hostPath })),
    { containerPath: terminationPathOf(config), hostPath: terminationMessage },
    ...(container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath = '' }) => {
      const volume = volumes.get(name);
      if (volume === undefined) return [];
      const hostPath = join(volume, subPath);
      if (subPath && !existsSync(hostPath)) mkdirSync(hostPath, { recursive: true });
      return [{ containerPath: mountPath, hostPath }];
    }),
  ];
  const rewrite = pathRewriter(pairs);
  return {
    rewrite,
    workingDir: workingDirOf(config, rewrite, under),
    programs: linkPrograms(config, under('bin')),
    home: under('home'),
    temporary: under('tmp'),
    terminationMessage,
    kubeconfig: writeKubeconfig(config, join(folder, 'kubeconfig'), volumes, credentials),
  };
}

function terminationPathOf({ container }: ContainerConfig): string {
  return container.terminationMessagePath ?? DEFAULT_TERMINATION_PATH;
}

/** A working directory that no mount stands for is a fresh folder. */
function workingDirOf(
  { container, image }: ContainerConfig,
  rewrite: RewritePaths,
  under: (name: string) => string,
): string {
  const wanted = container.workingDir ?? image.workingDir ?? '/';
  const rewritten = rewrite(wanted);
  return rewritten === wanted ? under(join('root', wanted)) : rewritten;
}

function linkPrograms({ image }: ContainerConfig, folder: string): string {
  for (const [name, hostPath] of Object.entries(image.programs ?? {})) {
    if (!isAbsolute(name)) symlinkSync(hostPath, join(folder, name));
  }
  return folder;
}

/** Clients look for a kubeconfig where a pod would look for its token. */
function writeKubeconfig(
  { container, volumes, pod }: ContainerConfig,
  path: string,
  folders: VolumeFolders,
  credentials: Credentials | undefined,
): string | undefined {
  if (!credentials) return undefined;
  const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === SERVICE_ACCOUNT_PATH);
  const contents = volumes.find(({ name }) => name === mount?.name)?.contents;
  if (contents?.type !== 'files') return undefined;
  const text = (name: string): string | undefined =>
    contents.files.find((file) => file.path === name)?.content.toString('utf8');
  const folder = folders.get(mount?.name ?? '');
  if (folder === undefined || text('token') === undefined) return undefined;
  const namespace = text('namespace') ?? pod.metadata.namespace ?? 'default';
  writeFileSync(path, kubeconfig(credentials, join(folder, 'token'), namespace), { mode: 0o600 });
  return path;
}

/** The file to execute for a command's first word; undefined where there is none. */
export function findProgram(
  name: string,
  { programs, rewrite }: ContainerFiles,
): string | undefined {
  const path = name.includes('/') ? rewrite(name) : join(programs, name);
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
