/**
 * What a node's proxy believes about Services and their endpoints. It hears of every change, but
 * only after a while: during that while it still sends connections where the API no longer says.
 */
import type { Timer } from '../clock.ts';
import { endpointSlices, services } from '../collection.ts';
import { SERVICE_NAME_LABEL } from '../controllers/endpoint-slices.ts';
import type { Endpoint, EndpointSlice, Service } from '../shapes.ts';
import type { KubeObject } from '../store/object.ts';
import type { ChangeType } from '../store/store.ts';
import type { Running, World } from '../world.ts';

export interface PropagationDelay {
  readonly delayMs: number;
  /** Up to this much more, by chance and for each change anew. */
  readonly jitterMs?: number;
}

export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly podName: string | undefined;
}

export interface ServiceView extends Running {
  /** The Services as the proxy knows them. */
  services(): readonly Service[];
  /** Where a connection goes that is made now; undefined where nobody would answer it. */
  route(namespace: string, service: string, port: number): Backend | undefined;
  /** For changes from now on. */
  setPropagationDelay(delay: PropagationDelay): void;
  /** Called whenever what is known of Services has changed. */
  onChange(listener: () => void): void;
}

export function createServiceView(world: World, initialDelay: PropagationDelay): ServiceView {
  let delay = initialDelay;
  const known = { services: new Map<string, Service>(), slices: new Map<string, EndpointSlice>() };
  const revisions = new Map<string, number>();
  const pending = new Set<Timer>();
  const listeners = new Set<() => void>();

  /** Applies the change later, unless a newer one of the same object has overtaken it by then. */
  const propagate = <T extends KubeObject>(
    into: Map<string, T>,
    { type, object }: { type: ChangeType; object: T },
  ): void => {
    const { uid, resourceVersion } = object.metadata;
    const delayMs = delay.delayMs + world.random() * (delay.jitterMs ?? 0);
    const timer = world.clock.after(delayMs, () => {
      pending.delete(timer);
      const revision = Number(resourceVersion);
      if (revision < (revisions.get(uid) ?? 0)) return;
      revisions.set(uid, revision);
      if (type === 'DELETED') into.delete(uid);
      else into.set(uid, object);
      for (const listener of listeners) listener();
    });
    pending.add(timer);
  };

  const unwatch = [
    services(world).watch((change) => propagate(known.services, change)),
    endpointSlices(world).watch((change) => propagate(known.slices, change)),
  ];

  return {
    services: () => [...known.services.values()],
    route: (namespace, name, port) => {
      const service = [...known.services.values()].find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      );
      if (!service) return undefined;
      const candidates = backendsOf(service, [...known.slices.values()], port);
      return candidates[Math.floor(world.random() * candidates.length)];
    },
    setPropagationDelay: (next) => {
      delay = next;
    },
    onChange: (listener) => {
      listeners.add(listener);
    },
    stop: () => {
      for (const stop of unwatch) stop();
      for (const timer of pending) timer.cancel();
    },
  };
}

/**
 * The endpoints that are ready; where none is, those that end but still serve, as kube-proxy does,
 * so that a Service whose last pods are going answers to their last moment.
 */
function backendsOf(
  { metadata, spec }: Service,
  slices: readonly EndpointSlice[],
  port: number,
): Backend[] {
  const portName = spec.ports?.find((one) => one.port === port)?.name ?? '';
  const all = slices
    .filter((slice) => slice.metadata.namespace === metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_NAME_LABEL] === metadata.name)
    .flatMap(({ endpoints, ports }) => {
      const target = ports?.find(({ name }) => (name ?? '') === portName)?.port;
      return target === undefined
        ? []
        : (endpoints ?? []).map((endpoint) => ({ endpoint, target }));
    });
  const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready);
  const usable = ready.length > 0 ? ready : all.filter(({ endpoint }) => stillServes(endpoint));
  return usable.flatMap(({ endpoint, target }) =>
    endpoint.addresses.map((address) => ({
      address,
      port: target,
      podName: endpoint.targetRef?.name,
    })),
  );
}

function stillServes({ conditions }: Endpoint): boolean {
  return conditions?.serving === true && conditions.terminating === true;
}
