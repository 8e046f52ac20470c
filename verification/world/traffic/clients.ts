/**
 * Clients of the service in virtual time: some open a connection for each request, some keep one
 * for as long as it holds. Each goes through the proxy of its own node, and no request is tried
 * twice: what is lost is counted, with what took it.
 */

import { selects } from '../../../core/kubernetes/labels.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { condition, isServing } from '../../../core/kubernetes/pods/pods.ts';
import { timeOf } from '../../../core/kubernetes/time.ts';
import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import type { Running } from '../../../embedded-cluster/kubernetes/world.ts';
import { type Application, type Instance, PAYMENTS } from '../application/application.ts';
import { type Destination, destinationsOf, sameDestinations } from '../routes.ts';
import type { Scenario } from '../scenario.ts';
import { NAMESPACE } from '../service.ts';
import { type NodeProxy, proxiesOf } from './proxies.ts';

export type Connection = 'fresh' | 'kept-alive';

/** nobody: the Service led nowhere · refused: the pod took no connection · cut: the pod was gone before it answered. */
export type Loss = 'nobody' | 'refused' | 'cut';

export interface LostRequest {
  readonly atMs: number;
  readonly connection: Connection;
  readonly how: Loss;
  /** Of whom it was lost, as that was then; where there was nobody, of one that has fallen, if one has. */
  readonly instance: Instance | undefined;
}

export interface Traffic {
  readonly requests: number;
  readonly lost: readonly LostRequest[];
  /** Version -> answers, errors among them, and when the last of them came. */
  readonly answers: ReadonlyMap<
    string,
    { readonly count: number; readonly errors: number; readonly lastAtMs: number }
  >;
}

export interface Clients extends Running {
  readonly traffic: Traffic;
  /** Kept-alive connections that end at the pod just now. */
  connectionsTo(podName: string): number;
}

/** How long the application takes for an answer: a pod that goes meanwhile takes it along. */
const ANSWER_MS = 50;
/** Times in a pod's status are whole seconds, and endpoints follow them after a moment. */
const SLACK_MS = 2_000;
/** So long after a crash nobody may serve because of it. */
const LATELY_MS = 60_000;

interface Client {
  /** Which stands for its address. */
  readonly name: string;
  readonly connection: Connection;
  readonly proxy: NodeProxy;
  held: { readonly address: string; readonly instance: Instance } | undefined;
}

/** Their nodes know of the Service from now on; they themselves ask a while later. */
export function startClients(
  cluster: SimulatedCluster,
  application: Application,
  scenario: Scenario,
  startsAfterMs: number,
): Clients {
  const { world, clock } = cluster;
  const { load, network, router } = scenario;
  const proxies = proxiesOf(cluster, scenario);
  const traffic = { requests: 0, lost: [] as LostRequest[], answers: new Map() };
  let pending: {
    readonly atMs: number;
    readonly connection: Connection;
    readonly instance: Instance;
    /** Because of whom it went to one that is going. */
    readonly fallen: Instance | undefined;
  }[] = [];

  const clients = [
    ...Array.from({ length: load.fresh }, () => 'fresh' as const),
    ...Array.from({ length: load.keptAlive }, () => 'kept-alive' as const),
  ].flatMap((connection, index): Client[] => {
    const proxy = proxies[index % proxies.length];
    return proxy ? [{ name: `client-${index}`, connection, proxy, held: undefined }] : [];
  });

  const lose = (client: Client, how: Loss, instance?: Instance): void => {
    const { connection } = client;
    traffic.lost.push({
      atMs: clock.now(),
      connection,
      how,
      instance: instance && { ...instance },
    });
    client.held = undefined;
  };

  let led = { to: [] as readonly Destination[], sinceMs: 0 };
  const lookAtRoutes = (): void => {
    const to = destinationsOf(world, scenario);
    if (!sameDestinations(to, led.to)) led = { to, sinceMs: clock.now() };
  };

  /** Where no proxy can know of a pod that serves: the one that has crashed last, if lately. */
  const fallen = (): Instance | undefined => {
    const knownMs = network.delayMs + network.jitterMs + SLACK_MS;
    const isKnown = (pod: Pod): boolean => {
      const since = timeOf(condition(pod.status?.conditions, 'Ready')?.lastTransitionTime);
      return isServing(pod) && since !== undefined && clock.now() - since > knownMs;
    };
    const all = pods(world).list(NAMESPACE) as readonly unknown[] as readonly Pod[]; // both describe the same JSON
    const isServed = ({ labels }: Destination): boolean =>
      all.some((pod) => selects(labels, pod.metadata.labels) && isKnown(pod));
    const isLed = clock.now() - led.sinceMs > knownMs && led.to.every(isServed);
    return isLed ? undefined : application.crashedSince(clock.now() - LATELY_MS);
  };

  /** Sends one request to a pod; a pod that takes no connection loses it. */
  const send = (client: Client, address: string, instance: Instance): void => {
    const atMs = clock.now();
    // With nobody ready, proxies try those that are going, which may be long before they are asked to end.
    const { metadata } = pods(world).get(NAMESPACE, instance.podName) ?? {};
    const isGoing = instance.wasAsked || metadata?.deletionTimestamp !== undefined;
    const instead = isGoing ? fallen() : undefined;
    const response = cluster.requestPod(address, { method: 'POST', path: PAYMENTS });
    if (response.type === 'refused') {
      lose(client, 'refused', fallen() ?? instance);
      return;
    }
    const { count, errors } = traffic.answers.get(instance.version) ?? { count: 0, errors: 0 };
    const isError = response.answer.status >= 500;
    traffic.answers.set(instance.version, {
      count: count + 1,
      errors: errors + (isError ? 1 : 0),
      lastAtMs: atMs,
    });
    pending.push({ atMs, connection: client.connection, instance, fallen: instead });
    // A mesh decides anew for every request, whatever connection it came by.
    const keeps = router === 'service' && client.connection === 'kept-alive' && !instance.letsGo;
    client.held = keeps ? { address, instance } : undefined;
  };

  const connect = (client: Client): void => {
    const backend = client.proxy.route(client.name);
    const instance = application.at(backend?.address ?? '');
    if (backend && instance) send(client, backend.address, instance);
    else lose(client, 'nobody', fallen());
  };

  const request = (client: Client): void => {
    traffic.requests += 1;
    if (!client.held) {
      connect(client);
      return;
    }
    const { address, instance } = client.held;
    if (application.at(address) === instance && instance.life === 'running') {
      send(client, address, instance);
      return;
    }
    // Closed politely, the client knows; cut, it learns of it by the request that it loses.
    if (instance.wasAsked && instance.letsGo) connect(client);
    else if (instance.life === 'ending') send(client, address, instance);
    else lose(client, 'cut', instance);
  };

  const tick = (): void => {
    lookAtRoutes();
    for (const { atMs, connection, instance, fallen: first } of pending) {
      const { goneAtMs = Number.POSITIVE_INFINITY } = instance;
      if (goneAtMs - atMs < ANSWER_MS) {
        traffic.lost.push({ atMs, connection, how: 'cut', instance: { ...(first ?? instance) } });
      }
    }
    pending = [];
    for (const client of clients) request(client);
    timer = clock.after(load.everyMs, tick);
  };
  let timer = clock.after(startsAfterMs, tick);

  return {
    traffic,
    connectionsTo: (podName) =>
      clients.filter(({ held }) => held?.instance.podName === podName).length,
    stop: () => {
      timer.cancel();
      for (const proxy of proxies) proxy.stop();
    },
  };
}
