/**
 * One proxy of the mesh or of a gateway. It hears of routes, subsets and endpoints each on their own
 * and each late, so that a route may lead to a subset that it has not heard of.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../base/random.ts';
import { endpointSlices, pods, services } from '../kubernetes/collection.ts';
import { SERVICE_NAME_LABEL } from '../kubernetes/controllers/endpoint-slices.ts';
import type { EndpointSlice } from '../kubernetes/shapes.ts';
import type { Running, World } from '../kubernetes/world.ts';
import {
  createLateKnowledge,
  type PropagationDelay,
  type Watch,
} from '../network/late-knowledge.ts';
import type { ServicePort } from '../network/service-proxy.ts';
import { type GatewayPort, routeAtGateway } from './gateway-api/gateway-routing.ts';
import { asHttpRoute } from './gateway-api/grpc-routes.ts';
import { governing, routeInMesh } from './istio/istio-routing.ts';
import { destinationRules, gateways, grpcRoutes, httpRoutes, virtualServices } from './objects.ts';
import type { Known, KnownEndpoint, Route, RoutedRequest } from './routing.ts';

export interface MeshProxy extends Running {
  known(): Known;
  /** Whether it knows a VirtualService that decides for the Service. */
  governs(namespace: string, service: string): boolean;
  /** Where a request to a Service's own address goes. */
  routeToService(to: ServicePort, request: RoutedRequest): Route;
  routeAtGateway(to: GatewayPort, request: RoutedRequest): Route;
  setPropagationDelay(delay: PropagationDelay): void;
  onChange(listener: () => void): void;
}

type Labels = Readonly<Record<string, string>>;

/** A slice as a mesh is told of it: with the labels of its pods, which come and change with it. */
type LabelledSlice = EndpointSlice & { readonly podLabels: ReadonlyMap<string, Labels> };

export function createMeshProxy(world: World, random: Random, delay: PropagationDelay): MeshProxy {
  const knowledge = createLateKnowledge(world.clock, random, delay);
  const known = {
    services: knowledge.follow(services(world).watch),
    slices: knowledge.follow(watchLabelledSlices(world)),
    virtualServices: knowledge.follow(virtualServices(world).watch),
    destinationRules: knowledge.follow(destinationRules(world).watch),
    gateways: knowledge.follow(gateways(world).watch),
    routes: knowledge.follow(httpRoutes(world).watch),
    grpcRoutes: knowledge.follow(grpcRoutes(world).watch),
  };
  // Looked at for every request, and made anew for every change.
  let current: Known | undefined;
  knowledge.onChange(() => {
    current = undefined;
  });
  const now = (): Known => {
    current ??= {
      services: [...known.services.values()],
      endpoints: [...known.slices.values()].flatMap(endpointsIn),
      virtualServices: [...known.virtualServices.values()],
      destinationRules: [...known.destinationRules.values()],
      gateways: [...known.gateways.values()],
      routes: [...known.routes.values(), ...[...known.grpcRoutes.values()].map(asHttpRoute)],
    };
    return current;
  };
  return {
    known: now,
    governs: (namespace, service) => governing(now(), namespace, service) !== undefined,
    routeToService: (to, request) => routeInMesh(now(), to, request, random),
    routeAtGateway: (to, request) => routeAtGateway(now(), to, request, random),
    setPropagationDelay: knowledge.setPropagationDelay,
    onChange: knowledge.onChange,
    stop: knowledge.stop,
  };
}

/** Tells of a slice once more when the labels of one of its pods change. */
function watchLabelledSlices(world: World): Watch<LabelledSlice> {
  const labelled = (slice: EndpointSlice): LabelledSlice => {
    const { namespace } = slice.metadata;
    const names = (slice.endpoints ?? []).flatMap(({ targetRef }) => targetRef?.name ?? []);
    const labelsOf = (name: string): Labels =>
      pods(world).get(namespace, name)?.metadata.labels ?? {};
    return { ...slice, podLabels: new Map(names.map((name) => [name, labelsOf(name)])) };
  };
  return (listener) => {
    const unwatch = [
      endpointSlices(world).watch(({ type, object }) =>
        listener({ type, object: labelled(object) }),
      ),
      pods(world).watch(({ object: { metadata }, previous }) => {
        if (!previous || isDeepStrictEqual(previous.metadata.labels, metadata.labels)) return;
        for (const slice of endpointSlices(world).list(metadata.namespace)) {
          const isIn = slice.endpoints?.some(({ targetRef }) => targetRef?.uid === metadata.uid);
          if (isIn) listener({ type: 'MODIFIED', object: labelled(slice) });
        }
      }),
    ];
    return () => {
      for (const stop of unwatch) stop();
    };
  };
}

function endpointsIn({ metadata, ports, endpoints, podLabels }: LabelledSlice): KnownEndpoint[] {
  const service = metadata.labels?.[SERVICE_NAME_LABEL] ?? '';
  return (ports ?? []).flatMap(({ name, port }) =>
    (endpoints ?? [])
      .filter(({ conditions }) => port !== undefined && conditions?.ready)
      .flatMap(({ addresses, targetRef }) =>
        addresses.map((address) => ({
          namespace: metadata.namespace ?? '',
          service,
          portName: name ?? '',
          backend: { address, port: port ?? 0, podName: targetRef?.name },
          labels: podLabels.get(targetRef?.name ?? '') ?? {},
        })),
      ),
  );
}
