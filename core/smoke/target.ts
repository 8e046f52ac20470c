/** Whom a check is asked of, and at which of its ports. */

import { type Check, DEFAULT_TIMEOUT_MS } from '../base/check.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Pod, PodSpec } from '../kubernetes/objects.ts';
import { isTcp, servicePortTo } from '../kubernetes/pods/ports.ts';
import type { Plan } from '../plan/plan.ts';
import { checksOf } from './checks.ts';

export interface Target {
  /** For people: `pod payment-service-green-x`, `service payment-service`. */
  readonly name: string;
  readonly host: string;
  /** Where a check names no port of its own. */
  readonly port: number;
  readonly checks: readonly Check[];
}

/** The pods, and the Service where it has an address: what is asked of each. */
export function targetsAmong(plan: Plan, pods: readonly Pod[], service?: Service): Target[] {
  const checks = checksOf(plan);
  const asked = plan.settings.smoke === 'none' ? 'nothing' : 'something';
  const [first] = pods;
  const own = service && first && serviceTarget(service, first.spec, plan, checks, asked);
  return [...pods.map((pod) => podTarget(pod, plan, checks)), ...(own ? [own] : [])];
}

interface Ports {
  /** The port of the pods that the Service sends to, and the Service's own. */
  readonly port: number;
  readonly servicePort: number;
}

function podTarget(pod: Pod, { port }: Ports, checks: readonly Check[]): Target {
  return { name: `pod ${pod.metadata.name}`, host: pod.status?.podIP ?? '', port, checks };
}

/**
 * The Service at its own address and ports. A check of a port that no port of the Service leads to is
 * the pods' alone; where that leaves nothing, the Service is asked for a connection. Undefined where it
 * has no address, or nothing is to be asked.
 */
function serviceTarget(
  service: Service,
  spec: PodSpec,
  { port, servicePort }: Ports,
  checks: readonly Check[],
  asked: 'something' | 'nothing',
): Target | undefined {
  const { clusterIP: host, ports = [] } = service.spec;
  if (!host || host === 'None' || asked === 'nothing') return undefined;
  const leading = checks.flatMap((check): Check[] => {
    if (check.kind === 'http' && check.host !== undefined) return [];
    if (check.port === undefined || check.port === port) return [{ ...check, port: undefined }];
    const own = servicePortTo(service, spec, check.port);
    return own === undefined ? [] : [{ ...check, port: own }];
  });
  const speaksTcp = ports.some((each) => each.port === servicePort && isTcp(each));
  const connection: Check = {
    kind: 'tcp',
    name: 'connection',
    port: undefined,
    timeoutMs: DEFAULT_TIMEOUT_MS,
  };
  const own = leading.length > 0 ? leading : speaksTcp ? [connection] : [];
  if (own.length === 0) return undefined;
  return { name: `service ${service.metadata.name}`, host, port: servicePort, checks: own };
}
