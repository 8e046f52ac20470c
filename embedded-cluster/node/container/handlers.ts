/** The actions that probes and hooks are made of, and how the kubelet words their failure. */
import type { Container, Pod, Probe } from '../../kubernetes/shapes.ts';
import type { ConnectOutcome, HttpGet, RunningContainer } from '../runtime.ts';

export type Action = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket'>;

export type ActionOutcome =
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly message: string };

export interface ActionTarget {
  readonly pod: Pod;
  readonly podIP: string;
  readonly container: Container;
  readonly handle: RunningContainer;
}

const SUCCEEDED: ActionOutcome = { type: 'succeeded' };

export async function act(
  target: ActionTarget,
  { exec, httpGet, tcpSocket }: Action,
  timeoutMs: number,
): Promise<ActionOutcome> {
  if (exec) return execute(target, exec.command ?? [], timeoutMs);
  if (httpGet) return get(target, httpGet, timeoutMs);
  if (tcpSocket) return connect(target, portNumber(target.container, tcpSocket.port), timeoutMs);
  return failed('missing probe handler');
}

async function execute(
  { handle }: ActionTarget,
  command: readonly string[],
  timeoutMs: number,
): Promise<ActionOutcome> {
  const outcome = await handle.exec(command, timeoutMs);
  switch (outcome.type) {
    case 'exited':
      return outcome.exitCode === 0 ? SUCCEEDED : failed(outcome.output);
    case 'timed-out':
      return failed(
        `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`,
      );
    case 'not-started':
      return failed(outcome.message);
  }
}

async function get(
  { handle, podIP, container }: ActionTarget,
  { host, httpHeaders = [], path = '/', port, scheme = 'HTTP' }: NonNullable<Action['httpGet']>,
  timeoutMs: number,
): Promise<ActionOutcome> {
  const request: HttpGet = {
    scheme: scheme === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host,
    port: portNumber(container, port),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: httpHeaders,
  };
  const outcome = await handle.httpGet(request, timeoutMs);
  const address = `${host ?? podIP}:${request.port}`;
  const url = `${request.scheme.toLowerCase()}://${address}${request.path}`;
  switch (outcome.type) {
    case 'answered':
      return outcome.status >= 200 && outcome.status < 400
        ? SUCCEEDED
        : failed(`HTTP probe failed with statuscode: ${outcome.status}`);
    case 'timed-out': {
      const cause = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      return failed(`Get "${url}": ${cause}`);
    }
    case 'refused':
    case 'reset':
      return failed(`Get "${url}": ${connectProblem(outcome, address)}`);
  }
}

async function connect(
  { handle, podIP }: ActionTarget,
  port: number,
  timeoutMs: number,
): Promise<ActionOutcome> {
  const outcome = await handle.connect(port, timeoutMs);
  return outcome.type === 'connected'
    ? SUCCEEDED
    : failed(connectProblem(outcome, `${podIP}:${port}`));
}

function connectProblem({ type }: ConnectOutcome, address: string): string {
  switch (type) {
    case 'connected':
      return '';
    case 'refused':
      return `dial tcp ${address}: connect: connection refused`;
    case 'reset':
      return `read tcp ${address}: read: connection reset by peer`;
    case 'timed-out':
      return `dial tcp ${address}: i/o timeout`;
  }
}

function portNumber({ ports = [] }: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

function failed(message: string): ActionOutcome {
  return { type: 'failed', message };
}
