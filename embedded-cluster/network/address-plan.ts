/**
 * The addresses of one cluster: a /16 of 127.0.0.0/8 that no other cluster on this machine has.
 *
 *   127.x.0.1            the node
 *   127.x.1.1 and up     pods
 *   127.x.128.1 and up   Services
 *   127.x.255.1 and up   Gateways
 */
import { createServer, type Server } from 'node:net';
import { type AddressPool, addressPool } from './address-pool.ts';

export interface AddressPlan {
  readonly node: string;
  /** What is added to ports below 1024 where only root may listen on those; else 0. */
  readonly lowPortsAt: number;
  readonly pods: AddressPool;
  readonly gateways: AddressPool;
  allocateClusterIP(): string;
  /** Lets another cluster have these addresses. */
  release(): Promise<void>;
}

/** Whoever listens here has the network: the port that a real kubelet listens on. */
const GUARD_PORT = 10_250;
const SOME_LOW_PORT = 79;
const LOW_PORTS_AT = 20_000;
const FIRST_NETWORK = 64;
const NETWORKS = 128;

export async function claimAddressPlan(): Promise<AddressPlan> {
  await requireLoopbackNetwork();
  // Clusters that start together look in different places first.
  const first = process.pid % NETWORKS;
  for (let tried = 0; tried < NETWORKS; tried++) {
    const prefix = `127.${FIRST_NETWORK + ((first + tried) % NETWORKS)}`;
    const guard = await tryListen(`${prefix}.0.1`, GUARD_PORT);
    if (guard === 'EADDRINUSE') continue;
    if (typeof guard === 'string') throw new Error(`cannot listen on ${prefix}.0.1: ${guard}`);
    return planOf(prefix, guard, await lowPortOffset(`${prefix}.0.1`));
  }
  throw new Error('every network from 127.64 to 127.191 is taken by another cluster');
}

function planOf(prefix: string, guard: Server, lowPortsAt: number): AddressPlan {
  const pods = addressPool(prefix, 1, 127);
  const services = addressPool(prefix, 128, 254);
  return {
    node: `${prefix}.0.1`,
    lowPortsAt,
    pods,
    gateways: addressPool(prefix, 255, 255),
    allocateClusterIP: services.allocate,
    release: () => closed(guard),
  };
}

async function requireLoopbackNetwork(): Promise<void> {
  const server = await tryListen('127.64.0.1', 0);
  if (typeof server !== 'string') return closed(server);
  throw new Error(
    `cannot listen on 127.64.0.1 (${server}). The embedded cluster gives every pod and Service an ` +
      'address of its own in 127.0.0.0/8, which Linux has and macOS has not. Run it in a container: ' +
      'docker run --rm -it -v "$PWD":/work -w /work node:20 make cluster',
  );
}

async function lowPortOffset(address: string): Promise<number> {
  const server = await tryListen(address, SOME_LOW_PORT);
  if (typeof server === 'string') return LOW_PORTS_AT;
  await closed(server);
  return 0;
}

/** The server, or the code of the error. */
function tryListen(host: string, port: number): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen(port, host, () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
