/** EndpointSlices: which pods a Service's selector names, and which of them can serve. */
import { isDeepStrictEqual } from 'node:util';
import { endpointSlices, pods, services } from '../collection.ts';
import type { Endpoint, EndpointSlice, Pod, Service } from '../shapes.ts';
import type { Running, World } from '../world.ts';
import { controllerRef } from './owners.ts';
import { hasEnded, isReady } from './pods.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';
const ENDPOINTS_PER_SLICE = 100;

type Ports = NonNullable<EndpointSlice['ports']>;

/** What one slice holds. An empty one has no ports either. */
interface Contents {
  readonly ports: Ports;
  readonly endpoints: readonly Endpoint[];
}

export function startEndpointSliceController(world: World): Running {
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const service = services(world).get(namespace, name);
    if (service && !service.metadata.deletionTimestamp && service.spec.selector) {
      sync(world, service);
    }
  });
  const addServicesOf = (pod: Pod): void => {
    for (const service of services(world).list(pod.metadata.namespace)) {
      if (selects(service, pod)) queue.add(keyOf(service));
    }
  };
  const unwatch = [
    services(world).watch(({ object }) => queue.add(keyOf(object))),
    pods(world).watch(({ object, previous }) => {
      addServicesOf(object);
      if (previous) addServicesOf(previous);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function selects({ spec }: Service, { metadata }: Pod): boolean {
  const selector = Object.entries(spec.selector ?? {});
  return (
    selector.length > 0 && selector.every(([name, value]) => metadata.labels?.[name] === value)
  );
}

function sync(world: World, service: Service): void {
  const { namespace, name } = service.metadata;
  const existing = endpointSlices(world)
    .list(namespace)
    .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME_LABEL] === name)
    .filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === CONTROLLER);
  const wanted = arrange(wantedContents(world, service), existing);
  for (const [slice, contents] of wanted) write(world, service, slice, contents);
  const kept = new Set(wanted.map(([slice]) => slice));
  for (const slice of existing) {
    if (!kept.has(slice)) endpointSlices(world).delete(namespace, slice.metadata.name);
  }
}

/** The endpoints by the ports they have: a named port may have another number in another pod. */
function wantedContents(world: World, service: Service): Contents[] {
  const groups = new Map<string, { ports: Ports; endpoints: Endpoint[] }>();
  for (const pod of pods(world).list(service.metadata.namespace)) {
    if (!selects(service, pod) || hasEnded(pod) || !pod.status?.podIP) continue;
    const ports = portsOf(service, pod);
    const group = groups.get(JSON.stringify(ports)) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod, pod.status.podIP));
    groups.set(JSON.stringify(ports), group);
  }
  return [...groups.values()];
}

function portsOf({ spec }: Service, pod: Pod): Ports {
  const containerPorts = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  return (spec.ports ?? []).flatMap(({ name = '', port, targetPort = port, protocol = 'TCP' }) => {
    const number =
      typeof targetPort === 'number'
        ? targetPort
        : containerPorts.find((one) => one.name === targetPort)?.containerPort;
    return number === undefined ? [] : [{ name, port: number, protocol }];
  });
}

function endpointOf({ spec }: Service, pod: Pod, address: string): Endpoint {
  const { namespace, name, uid, deletionTimestamp } = pod.metadata;
  const serving = isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = spec.publishNotReadyAddresses === true || (serving && !terminating);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', ...(namespace ? { namespace } : {}), name, uid },
  };
}

type Arranged = [EndpointSlice | undefined, Contents][];

/** Which slice holds what: an endpoint stays where it is, and new ones fill up what there is. */
function arrange(groups: readonly Contents[], existing: readonly EndpointSlice[]): Arranged {
  const free = new Set(existing);
  const arranged = groups.flatMap(({ ports, endpoints }): Arranged => {
    const missing = new Map(endpoints.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
    const slices: { slice: EndpointSlice | undefined; endpoints: Endpoint[] }[] = [];
    for (const slice of existing) {
      const fits = slice.ports === null || isDeepStrictEqual(slice.ports, ports);
      if (!fits || !free.has(slice)) continue;
      free.delete(slice);
      const kept = (slice.endpoints ?? []).flatMap(({ targetRef }) => {
        const endpoint = missing.get(targetRef?.uid);
        missing.delete(targetRef?.uid);
        return endpoint ? [endpoint] : [];
      });
      slices.push({ slice, endpoints: kept });
    }
    for (const endpoint of missing.values()) {
      const roomy = slices.find((one) => one.endpoints.length < ENDPOINTS_PER_SLICE);
      if (roomy) roomy.endpoints.push(endpoint);
      else slices.push({ slice: undefined, endpoints: [endpoint] });
    }
    return slices
      .filter((one) => one.endpoints.length > 0)
      .map((one) => [one.slice, { ports, endpoints: one.endpoints }]);
  });
  // A Service that reaches nobody still has a slice, which says so.
  return arranged.length > 0 ? arranged : [[existing[0], { ports: [], endpoints: [] }]];
}

function write(
  world: World,
  service: Service,
  slice: EndpointSlice | undefined,
  { ports, endpoints }: Contents,
): void {
  const body = {
    addressType: 'IPv4',
    endpoints: endpoints.length > 0 ? endpoints : null,
    ports: endpoints.length > 0 ? ports : null,
  };
  if (slice) {
    // Null is what the API has for an empty list here, though the client's model does not say so.
    endpointSlices(world).update({ ...slice, ...body } as EndpointSlice);
    return;
  }
  const { name, namespace, labels } = service.metadata;
  endpointSlices(world).create({
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: CONTROLLER },
      ownerReferences: [controllerRef(service)],
    },
    ...body,
  });
}
