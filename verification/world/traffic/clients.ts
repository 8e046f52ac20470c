/**
 * Clients of the service in virtual time: some open a connection for each request, some keep one
 * for as long as it holds. Each goes through the proxy of its own node, and no request is tried
 * twice: what is lost is counted, with what took it.
 */
import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import type { Running } from '../../../embedded-cluster/kubernetes/world.ts';
import type { Application } from '../application/application.ts';
import { type Instance, PAYMENTS } from '../application/run.ts';
import type { Scenario } from '../scenario.ts';
import { NAMESPACE } from '../service.ts';
import { fallen, lookAtRoutes, type Outlook } from './fallen.ts';
import { type NodeProxy, proxiesOf } from './proxies.ts';
import {
  type Connection,
  type GrowingTraffic,
  type Loss,
  noteAnswer,
  noteLost,
  type Traffic,
} from './traffic.ts';

export interface Clients extends Running {
  readonly traffic: Traffic;
  /** Kept-alive connections that end at the pod just now. */
  connectionsTo(podName: string): number;
}

/** Collections whose objects say where requests go. */
const LEADING = /^(services|virtualservices|destinationrules|httproutes)\b/;

/** How long the application takes for an answer: a pod that goes meanwhile takes it along. */
const ANSWER_MS = 50;

interface Client {
  /** Which stands for its address. */
  readonly name: string;
  readonly connection: Connection;
  readonly proxy: NodeProxy;
  held: { readonly address: string; readonly instance: Instance } | undefined;
}

/** A request that has been taken, and not been answered yet. */
interface Pending {
  readonly atMs: number;
  readonly connection: Connection;
  readonly instance: Instance;
  /** Because of whom it went to one that is going. */
  readonly fallen: Instance | undefined;
}

interface Crowd extends Outlook {
  readonly cluster: SimulatedCluster;
  readonly clients: readonly Client[];
  readonly traffic: GrowingTraffic;
  pending: Pending[];
}

/** Their nodes know of the Service from now on; they themselves ask a while later. */
export function startClients(
  cluster: SimulatedCluster,
  application: Application,
  scenario: Scenario,
  startsAfterMs: number,
): Clients {
  const { world, clock } = cluster;
  const proxies = proxiesOf(cluster, scenario);
  const clients = clientsOf(scenario, proxies);
  const crowd: Crowd = {
    ...{ cluster, world, application, scenario, clients },
    led: { to: [], sinceMs: 0 },
    traffic: { requests: 0, lost: [], answers: new Map() },
    pending: [],
  };
  // What a proxy was told for a moment alone it may hear of late.
  const unwatch = world.store.subscribe(({ collection }) => {
    if (LEADING.test(collection)) lookAtRoutes(crowd);
  });
  lookAtRoutes(crowd);
  const tick = (): void => {
    settle(crowd);
    for (const client of clients) request(crowd, client);
    timer = clock.after(scenario.load.everyMs, tick);
  };
  let timer = clock.after(startsAfterMs, tick);
  return {
    traffic: crowd.traffic,
    connectionsTo: (podName) =>
      clients.filter(({ held }) => held?.instance.podName === podName).length,
    stop: () => {
      unwatch();
      timer.cancel();
      for (const proxy of proxies) proxy.stop();
    },
  };
}

function clientsOf({ load }: Scenario, proxies: readonly NodeProxy[]): Client[] {
  return [
    ...Array.from({ length: load.fresh }, () => 'fresh' as const),
    ...Array.from({ length: load.keptAlive }, () => 'kept-alive' as const),
  ].flatMap((connection, index): Client[] => {
    const proxy = proxies[index % proxies.length];
    return proxy ? [{ name: `client-${index}`, connection, proxy, held: undefined }] : [];
  });
}

/** Whoever had taken a request has answered it by now, or is gone with it. */
function settle(crowd: Crowd): void {
  for (const { atMs, connection, instance, fallen: first } of crowd.pending) {
    const { goneAtMs = Number.POSITIVE_INFINITY } = instance;
    if (goneAtMs - atMs >= ANSWER_MS) continue;
    noteLost(crowd.traffic, { atMs, connection, how: 'cut', instance: first ?? instance });
  }
  crowd.pending = [];
}

function request(crowd: Crowd, client: Client): void {
  crowd.traffic.requests += 1;
  if (!client.held) {
    connect(crowd, client);
    return;
  }
  const { address, instance } = client.held;
  if (crowd.application.at(address) === instance && instance.life === 'running') {
    send(crowd, client, address, instance);
    return;
  }
  // Closed politely, the client knows; cut, it learns of it by the request that it loses.
  if (instance.wasAsked && instance.letsGo) connect(crowd, client);
  else if (instance.life === 'ending') send(crowd, client, address, instance);
  else lose(crowd, client, 'cut', instance);
}

function connect(crowd: Crowd, client: Client): void {
  const backend = client.proxy.route(client.name);
  const instance = crowd.application.at(backend?.address ?? '');
  if (backend && instance) send(crowd, client, backend.address, instance);
  else lose(crowd, client, 'nobody', fallen(crowd));
}

/** Sends one request to a pod; a pod that takes no connection loses it. */
function send(crowd: Crowd, client: Client, address: string, instance: Instance): void {
  const { world, cluster, scenario, traffic } = crowd;
  const atMs = world.clock.now();
  // With nobody ready, proxies try those that are going, which may be long before they are asked to end.
  const { metadata } = pods(world).get(NAMESPACE, instance.podName) ?? {};
  const isGoing = instance.wasAsked || metadata?.deletionTimestamp !== undefined;
  const instead = isGoing ? fallen(crowd) : undefined;
  const response = cluster.requestPod(address, { method: 'POST', path: PAYMENTS });
  if (response.type === 'refused') {
    lose(crowd, client, 'refused', fallen(crowd) ?? instance);
    return;
  }
  noteAnswer(traffic, instance, response.answer.status, atMs);
  const { connection } = client;
  crowd.pending.push({ atMs, connection, instance, fallen: instead });
  // A mesh decides anew for every request, whatever connection it came by.
  const keeps = scenario.router === 'service' && connection === 'kept-alive' && !instance.letsGo;
  client.held = keeps ? { address, instance } : undefined;
}

function lose(crowd: Crowd, client: Client, how: Loss, instance?: Instance): void {
  const { connection } = client;
  noteLost(crowd.traffic, { atMs: crowd.world.clock.now(), connection, how, instance });
  client.held = undefined;
}
