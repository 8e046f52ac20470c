/**
 * The connections that one proxy holds to pods, kept alive for the next request. Those to a pod that
 * it has no endpoint of any more are let go of as soon as they have nothing under way.
 */
import { Agent } from 'node:http';
import type { Running } from '../../kubernetes/world.ts';
import type { Backend } from '../../network/service-view.ts';
import type { MeshProxy } from '../proxy.ts';

/** Less than servers usually keep an idle connection, which they may close as a request comes. */
const IDLE_MS = 3_000;

export interface Upstreams extends Running {
  agentFor(backend: Backend): Agent;
}

export function createUpstreams(proxy: MeshProxy): Upstreams {
  const agents = new Map<string, Agent>();
  proxy.onChange(() => {
    const known = new Set(proxy.known().endpoints.map(({ backend }) => idOf(backend)));
    for (const [id, agent] of agents) {
      if (known.has(id)) continue;
      agents.delete(id);
      retire(agent);
    }
  });
  return {
    agentFor: (backend) => {
      const agent = agents.get(idOf(backend)) ?? new Agent({ keepAlive: true, timeout: IDLE_MS });
      agents.set(idOf(backend), agent);
      return agent;
    },
    stop: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function idOf({ address, port }: Backend): string {
  return `${address}:${port}`;
}

function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets = []) => sockets)) {
    socket.destroy();
  }
}
