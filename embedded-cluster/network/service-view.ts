/**
 * What a node's proxy believes about Services and their endpoints. It hears of every change, but
 * only after a while: during that while it still sends connections where the API no longer says.
 */
import { endpointSlices, services } from '../kubernetes/collection.ts';
import { SERVICE_NAME_LABEL } from '../kubernetes/controllers/endpoint-slices.ts';
import type { Endpoint, EndpointSlice, Service } from '../kubernetes/shapes.ts';
import type { Running, World } from '../kubernetes/world.ts';
import { createAffinity } from './affinity.ts';
import { createLateKnowledge, type PropagationDelay } from './late-knowledge.ts';

export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly podName: string | undefined;
}

export interface ServiceView extends Running {
  /** The Services as the proxy knows them. */
  services(): readonly Service[];
  /**
   * Where a connection goes that is made now; undefined where nobody would answer it. A Service with
   * affinity leads a client, by its address, to where it went last, as long as that is an endpoint.
   */
  route(namespace: string, service: string, port: number, client?: string): Backend | undefined;
  /** For changes from now on. */
  setPropagationDelay(delay: PropagationDelay): void;
  /** Called whenever what is known of Services has changed. */
  onChange(listener: () => void): void;
}

export function createServiceView(world: World, delay: PropagationDelay): ServiceView {
  const knowledge = createLateKnowledge(world.clock, world.random, delay);
  const known = {
    services: knowledge.follow(services(world).watch),
    slices: knowledge.follow(endpointSlices(world).watch),
  };
  const affinity = createAffinity(world.clock);
  return {
    services: () => [...known.services.values()],
    route: (namespace, name, port, client = '') => {
      const service = [...known.services.values()].find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      );
      if (!service) return undefined;
      const candidates = backendsOf(service, [...known.slices.values()], port);
      const any = (): Backend | undefined =>
        candidates[Math.floor(world.random() * candidates.length)];
      return service.spec.sessionAffinity === 'ClientIP'
        ? affinity.choose({ service, port, client }, candidates, any)
        : any();
    },
    setPropagationDelay: knowledge.setPropagationDelay,
    onChange: knowledge.onChange,
    stop: knowledge.stop,
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
