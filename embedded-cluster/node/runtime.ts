/**
 * What the kubelet asks of whatever really runs containers: child processes of this machine, or
 * scripts that only say what an application would do.
 */

import type { Container, EnvVar, Pod } from '../kubernetes/shapes.ts';
import type { Image } from '../registry/images/image.ts';
import type { MountedVolume } from './volumes/contents.ts';

export interface ContainerRuntime {
  /** Gives the pod a place and its address; what runs in it goes with it. */
  createSandbox(pod: Pod, podIP: string): Promise<Sandbox>;
}

export interface Sandbox {
  /** Rejects with a `StartFailure` where there is nothing to run. */
  start(config: ContainerConfig): Promise<RunningContainer>;
  /** Ends what still runs, at once, and takes away what it left. */
  remove(): Promise<void>;
}

/** A container with everything filled in that its spec refers to. */
export interface ContainerConfig {
  readonly pod: Pod;
  readonly container: Container;
  readonly image: Image;
  /** How often it was started before. */
  readonly attempt: number;
  readonly command: readonly string[];
  readonly env: readonly Required<Pick<EnvVar, 'name' | 'value'>>[];
  readonly volumes: readonly MountedVolume[];
}

export interface RunningContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly exited: Promise<ContainerExit>;
  terminate(): void;
  kill(): void;
  exec(command: readonly string[], timeoutMs: number): Promise<ExecOutcome>;
  httpGet(request: HttpGet, timeoutMs: number): Promise<HttpOutcome>;
  connect(port: number, timeoutMs: number): Promise<ConnectOutcome>;
}

export interface ContainerExit {
  readonly exitCode: number;
  readonly reason?: 'OOMKilled';
  /** What it left where its termination message belongs. */
  readonly message?: string;
  /** The end of what it wrote, for those whose message is their log. */
  readonly logTail?: string;
}

export type ExecOutcome =
  | { readonly type: 'exited'; readonly exitCode: number; readonly output: string }
  | { readonly type: 'timed-out' }
  | { readonly type: 'not-started'; readonly message: string };

export interface HttpGet {
  readonly scheme: 'HTTP' | 'HTTPS';
  /** Undefined: the pod's own address. */
  readonly host: string | undefined;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export type ConnectOutcome =
  | { readonly type: 'connected' }
  | { readonly type: 'refused' }
  | { readonly type: 'reset' }
  | { readonly type: 'timed-out' };

export type HttpOutcome =
  | { readonly type: 'answered'; readonly status: number }
  | Exclude<ConnectOutcome, { type: 'connected' }>;

/** The runtime could not start the container's program. */
export class StartFailure extends Error {}
