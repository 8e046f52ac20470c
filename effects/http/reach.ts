/** Asks what is not HTTP: whether somebody accepts a connection, and whether a gRPC server is healthy. */
import { connect } from 'node:net';
import { foreignText } from '../../core/base/foreign-text.ts';
import { hostText } from '../../core/kubernetes/pods/ports.ts';
import { messageOf } from '../base/failure.ts';
import { askOverHttp2 } from './http2.ts';

export type Reached =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'grpc';
      readonly host: string;
      readonly port: number;
      readonly service: string;
    };

/** Undefined where it is as it should be; otherwise what is wrong. Never rejects. */
export type Reach = (asked: Reached, timeoutMs: number) => Promise<string | undefined>;

export const reachOverNetwork: Reach = (asked, timeoutMs) => {
  switch (asked.kind) {
    case 'tcp':
      return connected(asked.host, asked.port, timeoutMs);
    case 'grpc':
      return healthy(asked, timeoutMs).catch((thrown: unknown) => messageOf(thrown));
  }
};

function connected(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (why?: string): void => {
      socket.destroy();
      resolve(why);
    };
    socket.on('connect', () => end());
    socket.on('timeout', () => end(`no connection within ${timeoutMs} ms`));
    socket.on('error', ({ message }) => end(message));
  });
}

/** A status is two bytes; a server that sends more than this is not a health service. */
const MOST_BYTES = 65_536;

/** grpc.health.v1.HealthCheckResponse.ServingStatus */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
const GRPC_STATUS = 'grpc-status';

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md, over PROTOCOL-HTTP2.md. */
async function healthy(
  { host, port, service }: Extract<Reached, { kind: 'grpc' }>,
  timeoutMs: number,
): Promise<string | undefined> {
  const answer = await askOverHttp2({
    method: 'POST',
    url: `http://${hostText(host)}:${port}/grpc.health.v1.Health/Check`,
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    body: framed(messageNaming(service)),
    timeoutMs,
    mostBytes: MOST_BYTES,
  });
  if (answer.status !== 200) return `answered ${answer.status}, which is not gRPC`;
  // An answer without a message has its trailers where the headers are.
  const said = answer.trailers.has(GRPC_STATUS) ? answer.trailers : answer.headers;
  const code = said.get(GRPC_STATUS);
  if (code !== '0') {
    return `answered ${GRPC_STATUS} ${code ?? 'nothing'} ${foreignText(said.get('grpc-message') ?? '')}`.trim();
  }
  const status = STATUSES[statusIn(answer.body)] ?? 'UNKNOWN';
  return status === 'SERVING' ? undefined : `answered ${status}, expected SERVING`;
}

/** HealthCheckRequest: the service's name as field 1, left out where it is empty. */
function messageNaming(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return name;
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7];
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

/** Not compressed, and how long it is. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The enum in field 1; what is 0 is not sent. */
function statusIn(body: Buffer): number {
  const message = body.subarray(5);
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}
