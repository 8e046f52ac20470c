/** Services: their defaults, their addresses, what is wrong with them. */
import type { FailureCause } from '../../definitions/failure.ts';
import { duplicate, invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import type { AdmissionResources } from '../../definitions/kind.ts';
import { labelFaults } from '../../definitions/names.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import {
  changedItems,
  type Fields,
  fieldsOf,
  filled,
  itemsOf,
  specOf,
  withSpec,
} from '../fields.ts';
import { isPort } from '../pods/pod-faults.ts';

/** How long a Service remembers a client that says nothing else. */
const AFFINITY_SECONDS = 10_800;
const AFFINITIES = ['ClientIP', 'None'];
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function serviceDefaults(draft: DraftObject): DraftObject {
  const service = withSpec(draft, (spec) =>
    filled(
      changedItems(spec, 'ports', (port) => ({
        ...filled(port, { protocol: 'TCP' }),
        targetPort: port.targetPort || port.port,
      })),
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ...(spec.type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
        ...(spec.sessionAffinity === 'ClientIP'
          ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } }
          : {}),
      },
    ),
  );
  return { ...service, status: draft.status ?? { loadBalancer: {} } };
}

export function admitService(
  service: KubeObject,
  { allocateClusterIP }: AdmissionResources,
): KubeObject {
  const spec = specOf(service);
  if (spec.type === 'ExternalName') return service;
  const clusterIP = spec.clusterIP || allocateClusterIP();
  return {
    ...service,
    spec: filled(
      { ...spec, clusterIP },
      { clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    ),
  };
}

/** An update that does not speak of the addresses leaves them. */
export function keepAddresses(service: DraftObject, previous: KubeObject): DraftObject {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = specOf(previous);
  const { type } = fieldsOf(service.spec);
  if (type === 'ExternalName' || clusterIP === undefined) return service;
  const kept = { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy };
  return withSpec(service, (spec) => filled(spec, kept));
}

export function serviceFaults(
  service: KubeObject,
  previous: KubeObject | undefined,
): FailureCause[] {
  const spec = specOf(service);
  const before = specOf(previous);
  const ports = itemsOf(spec.ports);
  const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  const readdressed = before.clusterIP !== undefined && before.clusterIP !== spec.clusterIP;
  return [
    ...when(!TYPES.includes(String(spec.type)), () => unsupported('spec.type', spec.type, TYPES)),
    ...when(!AFFINITIES.includes(String(spec.sessionAffinity)), () =>
      unsupported('spec.sessionAffinity', spec.sessionAffinity, AFFINITIES),
    ),
    ...when(needsPorts && ports.length === 0, () => missing('spec.ports')),
    ...ports.flatMap((port, at) => portFaults(port, at, ports)),
    ...labelFaults('spec.selector', fieldsOf(spec.selector)),
    ...when(readdressed && spec.type !== 'ExternalName', () =>
      invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set'),
    ),
  ];
}

function portFaults(port: Fields, at: number, ports: readonly Fields[]): FailureCause[] {
  const place = `spec.ports[${at}]`;
  const same = ports.findIndex(
    (other) => other.port === port.port && other.protocol === port.protocol,
  );
  return [
    ...when(!isPort(port.port), () =>
      invalid(`${place}.port`, port.port, 'must be between 1 and 65535, inclusive'),
    ),
    ...when(ports.length > 1 && !port.name, () => missing(`${place}.name`)),
    ...when(same < at, () => duplicate(place, { port: port.port, protocol: port.protocol })),
  ];
}
