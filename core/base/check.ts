/** What is asked of a pod or of the Service, at any time: before, during and after a release. */
import type { Method } from './schema-types.ts';

/** In the words of a probe; H2C is HTTP/2 without TLS. */
export const SCHEMES = ['HTTP', 'HTTPS', 'H2C'] as const;
export type Scheme = (typeof SCHEMES)[number];

interface Named {
  readonly name: string;
  /** Of the pods. Undefined: the one that the Service sends to. */
  readonly port: number | undefined;
  readonly timeoutMs: number;
}

export interface HttpCheck extends Named {
  readonly kind: 'http';
  readonly scheme: Scheme;
  /** Asked instead of the pod's address, where a probe names one. */
  readonly host: string | undefined;
  readonly method: Method;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** `probe`: as a kubelet has it, 200 to 399. Undefined: any 2xx. */
  readonly expectedStatus: number | 'probe' | undefined;
  readonly expectedText: string | undefined;
}

/** A connection that is accepted. */
export interface TcpCheck extends Named {
  readonly kind: 'tcp';
}

/** grpc.health.v1.Health/Check says SERVING, of the whole server where no service is named. */
export interface GrpcCheck extends Named {
  readonly kind: 'grpc';
  readonly service: string;
}

export type Check = HttpCheck | TcpCheck | GrpcCheck;

export const DEFAULT_TIMEOUT_MS = 5_000;
