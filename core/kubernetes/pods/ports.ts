/** Ports: a pod's by name, whichever of its containers has it, and which of a Service's leads to it. */

import type { Service, ServicePort } from '../network-objects.ts';
import type { Container, PodSpec } from '../objects.ts';

/** What runs as long as the pod does: an init container that is always restarted is a sidecar. */
function lastingContainers({ containers, initContainers = [] }: PodSpec): Container[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...sidecars];
}

/** Undefined where no container that lasts has a port of this name. */
function portNamed(spec: PodSpec, wanted: string): number | undefined {
  const ports = lastingContainers(spec).flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === wanted)?.containerPort;
}

/** The port of the pods that a port of the Service sends to. */
export function targetPortOf({ port, targetPort }: ServicePort, spec: PodSpec): number | undefined {
  if (targetPort === undefined) return port;
  return typeof targetPort === 'number' ? targetPort : portNamed(spec, targetPort);
}

export function isTcp({ protocol = 'TCP' }: ServicePort): boolean {
  return protocol === 'TCP';
}

/** The Service's own port that leads to a port of its pods. */
export function servicePortTo(
  service: Service,
  spec: PodSpec,
  podPort: number,
): number | undefined {
  const ports = service.spec.ports ?? [];
  return ports.find((each) => isTcp(each) && targetPortOf(each, spec) === podPort)?.port;
}

/** As a URL wants it: an IPv6 address in brackets. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
