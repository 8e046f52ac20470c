/** How programs are executed in a container: its own, and those of its probes and hooks. */
import { fileURLToPath } from 'node:url';
import { type ContainerConfig, type ExecOutcome, StartFailure } from '../runtime.ts';
import { type ContainerFiles, findProgram } from './files.ts';
import type { GroupedProcess, ProcessSpec } from './process.ts';

export type StartProcess = (spec: ProcessSpec) => Promise<GroupedProcess>;

export interface PodNetwork {
  readonly podIP: string;
  /** Names of the cluster and their addresses, a line each. */
  readonly hostsFile: string;
  /** What is added to ports below 1024, where only root may listen on those. */
  readonly lowPortsAt: number;
}

export interface Execution {
  /** Rejects with a `StartFailure`. */
  start(command: readonly string[], onOutput: (text: string) => void): Promise<GroupedProcess>;
  finish(command: readonly string[], timeoutMs: number): Promise<ExecOutcome>;
}

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));
const OUTPUT_CHARACTERS = 10_000;

export function executionIn(
  startProcess: StartProcess,
  config: ContainerConfig,
  files: ContainerFiles,
  network: PodNetwork,
): Execution {
  const env = environment(config, files, network);
  const start: Execution['start'] = async ([name = '', ...args], onOutput) => {
    const program = findProgram(name, files);
    if (program === undefined) throw new StartFailure(notFound(name));
    const spec = { program, args: args.map(files.rewrite), cwd: files.workingDir, env, onOutput };
    try {
      return await startProcess(spec);
    } catch (error) {
      throw new StartFailure(`${CREATE_FAILED}: ${error instanceof Error ? error.message : error}`);
    }
  };
  return {
    start,
    finish: async (command, timeoutMs) => {
      let output = '';
      try {
        const started = await start(command, (text) => {
          output = (output + text).slice(0, OUTPUT_CHARACTERS);
        });
        const exitCode = await exitWithin(started, timeoutMs);
        return exitCode === undefined
          ? { type: 'timed-out' }
          : { type: 'exited', exitCode, output };
      } catch (failure) {
        if (!(failure instanceof StartFailure)) throw failure;
        return { type: 'not-started', message: failure.message };
      }
    },
  };
}

/** Nothing of this process's own environment gets in. */
function environment(
  { env, pod }: ContainerConfig,
  files: ContainerFiles,
  { podIP, hostsFile, lowPortsAt }: PodNetwork,
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
    // Quoted, as the path may have spaces in it.
    NODE_OPTIONS: [`--require=${JSON.stringify(PRELOAD)}`, own.NODE_OPTIONS]
      .filter(Boolean)
      .join(' '),
    KUBELET_PID: String(process.pid),
    POD_IP: podIP,
    POD_SEARCH_DOMAINS: `${namespace}.svc.cluster.local svc.cluster.local cluster.local`,
    CLUSTER_HOSTS_FILE: hostsFile,
    LOW_PORTS_AT: String(lowPortsAt),
  };
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

/** Undefined where it had to be ended because it took too long. */
async function exitWithin(started: GroupedProcess, timeoutMs: number): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const exitCode = await Promise.race([started.exited, late]);
  clearTimeout(timer);
  if (exitCode === undefined) started.killAll();
  return exitCode;
}
