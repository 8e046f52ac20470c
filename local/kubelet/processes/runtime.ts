/**
 * Containers as child processes of this machine. A pod has an address of its own on loopback, its
 * containers listen there, and what they name of their image and volumes is found on this disk.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { persistentVolumeClaims } from '../../collection.ts';
import type { Pod } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { containerId } from '../container-id.ts';
import type { NodeLogs } from '../logs.ts';
import {
  type ContainerConfig,
  type ContainerExit,
  type ContainerRuntime,
  type ExecOutcome,
  type RunningContainer,
  StartFailure,
} from '../runtime.ts';
import type { MountedVolume } from '../volumes/contents.ts';
import type { Credentials } from '../volumes/credentials.ts';
import { type ContainerFiles, findProgram, layOutContainer, layOutVolume } from './files.ts';
import { type GroupedProcess, startProcess } from './process.ts';
import { connect, httpGet } from './requests.ts';

export interface ProcessRuntimeOptions {
  readonly world: World;
  readonly folder: string;
  readonly logs: NodeLogs;
  readonly credentials: Credentials | undefined;
  /** Names of the cluster and their addresses, a line each. */
  readonly hostsFile: string;
  /** What is added to ports below 1024, where only root may listen on those. */
  readonly lowPortsAt: number;
}

export interface ProcessRuntime extends ContainerRuntime {
  /** Ends everything at once, without asking. */
  killAll(): void;
}

const PRELOAD = new URL('./preload.cjs', import.meta.url).pathname;
const TAIL_LINES = 80;
const EXEC_OUTPUT_CHARACTERS = 10_000;

export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  const running = new Set<GroupedProcess>();
  persistentVolumeClaims(options.world).watch(({ type, object: { metadata } }) => {
    if (type !== 'DELETED') return;
    const claims = claimsFolder(options.folder, metadata.namespace);
    rmSync(join(claims, metadata.name), { recursive: true, force: true });
  });
  const start = async (spec: Parameters<typeof startProcess>[0]): Promise<GroupedProcess> => {
    const started = await startProcess(spec);
    running.add(started);
    void started.exited.then(() => running.delete(started));
    return started;
  };
  const context = { ...options, start };
  return {
    createSandbox: async (pod, podIP) => {
      const place = createPlace(pod, podIP, options.folder);
      const inside = new Set<RunningContainer>();
      return {
        start: async (config) => {
          const container = await startContainer(context, place, config);
          inside.add(container);
          void container.exited.then(() => inside.delete(container));
          return container;
        },
        remove: async () => {
          for (const container of inside) container.kill();
          await Promise.all([...inside].map(({ exited }) => exited));
          rmSync(place.folder, { recursive: true, force: true });
        },
      };
    },
    killAll: () => {
      for (const one of running) one.killAll();
    },
  };
}

interface Place {
  readonly folder: string;
  readonly podIP: string;
  /** Where the volume lies; it is written when it is asked for first. */
  volume(volume: MountedVolume): string;
}

function claimsFolder(root: string, namespace = ''): string {
  return join(root, 'claims', namespace);
}

function createPlace({ metadata }: Pod, podIP: string, root: string): Place {
  const folder = join(root, 'pods', metadata.uid);
  const claims = claimsFolder(root, metadata.namespace);
  const volumes = new Map<string, string>();
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    podIP,
    volume: (volume) => {
      const known = volumes.get(volume.name);
      const path = known ?? layOutVolume(volume, join(folder, 'volumes'), claims);
      volumes.set(volume.name, path);
      return path;
    },
  };
}

type Context = ProcessRuntimeOptions & {
  readonly start: (spec: Parameters<typeof startProcess>[0]) => Promise<GroupedProcess>;
};

async function startContainer(
  context: Context,
  place: Place,
  config: ContainerConfig,
): Promise<RunningContainer> {
  const { container, pod, attempt } = config;
  const volumes = new Map(config.volumes.map((volume) => [volume.name, place.volume(volume)]));
  const folder = join(place.folder, 'containers', container.name, String(attempt));
  const files = layOutContainer(config, volumes, folder, context.credentials);
  const env = environment(context, place, config, files);
  const log = context.logs.open(pod, container.name);
  const started = await run(context, files, env, config.command, (text) => log.write(text));
  const exited = started.exited.then((exitCode): ContainerExit => {
    const logTail = log.tail(TAIL_LINES);
    log.end();
    const message = readQuietly(files.terminationMessage);
    return { exitCode, logTail, ...(message === undefined ? {} : { message }) };
  });
  return {
    id: containerId(context.world.random),
    exited,
    terminate: started.terminate,
    kill: started.killAll,
    exec: (command, timeoutMs) => execute(context, files, env, command, timeoutMs),
    httpGet: (get, timeoutMs) =>
      httpGet(place.podIP, { ...get, port: shifted(context, get.port) }, timeoutMs),
    connect: (port, timeoutMs) => connect(place.podIP, shifted(context, port), timeoutMs),
  };
}

function shifted({ lowPortsAt }: Context, port: number): number {
  return port < 1024 ? port + lowPortsAt : port;
}

/** Nothing of this process's own environment gets in. */
function environment(
  { hostsFile, lowPortsAt }: Context,
  { podIP }: Place,
  { env, pod }: ContainerConfig,
  files: ContainerFiles,
): Record<string, string> {
  const { name, namespace = 'default' } = pod.metadata;
  const own = Object.fromEntries(env.map((one) => [one.name, files.rewrite(one.value)]));
  return {
    PATH: files.programs,
    HOME: files.home,
    TMPDIR: files.temporary,
    HOSTNAME: name,
    ...(files.kubeconfig ? { KUBECONFIG: files.kubeconfig } : {}),
    ...own,
    NODE_OPTIONS: [`--require=${PRELOAD}`, own.NODE_OPTIONS].filter(Boolean).join(' '),
    KUBELET_PID: String(process.pid),
    POD_IP: podIP,
    POD_SEARCH_DOMAINS: `${namespace}.svc.cluster.local svc.cluster.local cluster.local`,
    CLUSTER_HOSTS_FILE: hostsFile,
    LOW_PORTS_AT: String(lowPortsAt),
  };
}

async function run(
  { start }: Context,
  files: ContainerFiles,
  env: Readonly<Record<string, string>>,
  [name = '', ...args]: readonly string[],
  onOutput: (text: string) => void,
): Promise<GroupedProcess> {
  const program = findProgram(name, files);
  if (program === undefined) throw new StartFailure(notFound(name));
  try {
    return await start({
      program,
      args: args.map(files.rewrite),
      cwd: files.workingDir,
      env,
      onOutput,
    });
  } catch (error) {
    throw new StartFailure(`${CREATE_FAILED}: ${error instanceof Error ? error.message : error}`);
  }
}

const CREATE_FAILED =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc ' +
  'create failed: unable to start container process: error during container init';

function notFound(name: string): string {
  const cause = name.includes('/')
    ? `stat ${name}: no such file or directory`
    : 'executable file not found in $PATH';
  return `${CREATE_FAILED}: exec: "${name}": ${cause}`;
}

async function execute(
  context: Context,
  files: ContainerFiles,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
  timeoutMs: number,
): Promise<ExecOutcome> {
  let output = '';
  try {
    const started = await run(context, files, env, command, (text) => {
      output = (output + text).slice(0, EXEC_OUTPUT_CHARACTERS);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, 'late');
    });
    const exit = await Promise.race([started.exited, late]);
    clearTimeout(timer);
    if (exit !== 'late') return { type: 'exited', exitCode: exit, output };
    started.killAll();
    return { type: 'timed-out' };
  } catch (failure) {
    if (failure instanceof StartFailure) return { type: 'not-started', message: failure.message };
    throw failure;
  }
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
