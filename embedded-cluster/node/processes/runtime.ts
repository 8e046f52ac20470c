/**
 * Containers as child processes of this machine. A pod has an address of its own on loopback, its
 * containers listen there, and what they name of their image and volumes is found on this disk.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { persistentVolumeClaims } from '../../kubernetes/collection.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import type { Running, World } from '../../kubernetes/world.ts';
import { containerId } from '../container-id.ts';
import type { NodeLogs } from '../logs.ts';
import type {
  ContainerConfig,
  ContainerExit,
  ContainerRuntime,
  RunningContainer,
} from '../runtime.ts';
import type { MountedVolume } from '../volumes/contents.ts';
import type { Credentials } from '../volumes/credentials.ts';
import { executionIn, type PodNetwork, type StartProcess } from './execution.ts';
import { layOutContainer, layOutVolume } from './files.ts';
import { type GroupedProcess, startProcess } from './process.ts';
import { renewFiles } from './renewals.ts';
import { connect, httpGet } from './requests.ts';

export interface ProcessRuntimeOptions extends Omit<PodNetwork, 'podIP'> {
  readonly world: World;
  readonly folder: string;
  readonly logs: NodeLogs;
  readonly credentials: Credentials | undefined;
}

export interface ProcessRuntime extends ContainerRuntime {
  /** Ends everything at once, without asking. */
  killAll(): void;
}

const TAIL_LINES = 80;

export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  const running = new Set<GroupedProcess>();
  persistentVolumeClaims(options.world).watch(({ type, object: { metadata } }) => {
    if (type !== 'DELETED') return;
    const claims = claimsFolder(options.folder, metadata.namespace);
    rmSync(join(claims, metadata.name), { recursive: true, force: true });
  });
  const start: StartProcess = async (spec) => {
    const started = await startProcess(spec);
    running.add(started);
    void started.exited.then(() => running.delete(started));
    return started;
  };
  const context = { ...options, start };
  return {
    createSandbox: async (pod, podIP) => {
      const place = createPlace(pod, podIP, options);
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
          place.leave();
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
  /** Nothing in it is kept up to date any more. */
  leave(): void;
}

function claimsFolder(root: string, namespace = ''): string {
  return join(root, 'claims', namespace);
}

function createPlace(
  { metadata }: Pod,
  podIP: string,
  { folder: root, world }: ProcessRuntimeOptions,
): Place {
  const folder = join(root, 'pods', metadata.uid);
  const claims = claimsFolder(root, metadata.namespace);
  const volumes = new Map<string, string>();
  const renewed: Running[] = [];
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    podIP,
    volume: (volume) => {
      const known = volumes.get(volume.name);
      if (known !== undefined) return known;
      const path = layOutVolume(volume, join(folder, 'volumes'), claims);
      renewed.push(renewFiles(world.clock, path, volume.contents));
      volumes.set(volume.name, path);
      return path;
    },
    leave: () => {
      for (const one of renewed) one.stop();
    },
  };
}

type Context = ProcessRuntimeOptions & { readonly start: StartProcess };

async function startContainer(
  context: Context,
  place: Place,
  config: ContainerConfig,
): Promise<RunningContainer> {
  const { container, pod, attempt } = config;
  const volumes = new Map(config.volumes.map((volume) => [volume.name, place.volume(volume)]));
  const folder = join(place.folder, 'containers', container.name, String(attempt));
  const files = layOutContainer(config, volumes, folder, context.credentials);
  const { hostsFile, lowPortsAt } = context;
  const network = { podIP: place.podIP, hostsFile, lowPortsAt };
  const execution = executionIn(context.start, config, files, network);
  const log = context.logs.open(pod, container.name);
  const started = await execution.start(config.command, (text) => log.write(text));
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
    exec: execution.finish,
    httpGet: (get, timeoutMs) =>
      httpGet(place.podIP, { ...get, port: shifted(context, get.port) }, timeoutMs),
    connect: (port, timeoutMs) => connect(place.podIP, shifted(context, port), timeoutMs),
  };
}

function shifted({ lowPortsAt }: Context, port: number): number {
  return port < 1024 ? port + lowPortsAt : port;
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
