/** The readiness probe as something that a stage can ask: the whole of it, as the kubelet takes it. */

import { type Check, DEFAULT_TIMEOUT_MS, SCHEMES, type Scheme } from '../base/check.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Container, PodSpec, Probe } from '../kubernetes/objects.ts';
import { targetPortOf } from '../kubernetes/pods/ports.ts';

const NAME = 'readiness';
const LOOPBACK = /^(localhost|127\..*|::1)$/;

/**
 * What is asked of every pod where the config names nothing. Empty where only the kubelet can
 * ask it: a command in the container, an address that only the node has. A container without a probe
 * is asked for a connection.
 */
export function readinessChecks({ readinessProbe: probe, ports = [] }: Container): Check[] {
  const timeoutMs = Math.max(DEFAULT_TIMEOUT_MS, (probe?.timeoutSeconds ?? 1) * 1000);
  const named = { name: NAME, timeoutMs };
  if (!probe) return [{ ...named, kind: 'tcp', port: undefined }];
  const numberOf = (port: number | string): number | undefined =>
    typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  const { httpGet, tcpSocket, grpc } = probe;
  const asked = httpGet ?? tcpSocket;
  const port = asked ? numberOf(asked.port) : grpc?.port;
  if (port === undefined || isLoopback(asked?.host)) return [];
  if (grpc) return [{ ...named, kind: 'grpc', port, service: grpc.service ?? '' }];
  if (!httpGet) return [{ ...named, kind: 'tcp', port }];
  return [
    {
      ...named,
      kind: 'http',
      scheme: httpGet.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP',
      host: httpGet.host || undefined,
      port,
      method: 'GET',
      path: pathOf(httpGet),
      headers: Object.fromEntries(
        (httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]),
      ),
      body: undefined,
      expectedStatus: 'probe',
      expectedText: undefined,
    },
  ];
}

/** How the pods speak at `port`: as their probe says, or the Service; HTTP where neither does. */
export function schemeAt(
  port: number,
  checks: readonly Check[],
  service: Service,
  spec: PodSpec,
): Scheme {
  const probe = checks.find((check) => check.kind === 'http' && check.port === port);
  if (probe?.kind === 'http') return probe.scheme;
  const leading = service.spec.ports?.find((each) => targetPortOf(each, spec) === port);
  const protocol = leading?.appProtocol?.replace(/^kubernetes\.io\//, '').toUpperCase();
  return SCHEMES.find((scheme) => scheme === protocol) ?? 'HTTP';
}

function isLoopback(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK.test(host);
}

/** As the kubelet makes a URL of it. */
function pathOf({ path = '/' }: NonNullable<Probe['httpGet']>): string {
  return path.startsWith('/') ? path : `/${path}`;
}
