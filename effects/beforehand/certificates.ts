/** Looks at the certificates of what is asked over TLS anyway, and of hosts that the config names for that. */
import type { Asked } from '../../core/config/sections/before/asked.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import type { Plan } from '../../core/plan/plan.ts';
import {
  checkCertificates,
  type ShownCertificate,
  type TlsEndpoint,
  tlsOf,
} from '../../core/preflight/beforehand/certificates.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { targetsAmong } from '../../core/smoke/target.ts';
import { BadInput, messageOf } from '../base/failure.ts';
import { bareHost, urlIssue } from '../context/destinations.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { PlanInputs } from '../inputs/plan-inputs.ts';
import { addressOf } from './dependencies.ts';

/** More pods of one workload, and more endpoints in all, say no more. */
const MOST_PODS = 3;
const MOST_ENDPOINTS = 60;
const TIMEOUT_MS = 5_000;

/** Throws BadInput where a host leads where a stage may not ask. */
export async function certificateFindings(
  context: StageContext,
  plan: Plan,
  { certificates: { hosts, warnBeforeMs }, dependencies }: Asked,
  { subject, pods, reached }: Pick<PlanInputs, 'subject' | 'pods' | 'reached'>,
): Promise<Finding[]> {
  if (hosts.length > 0) await refuseHosts(context, hosts);
  const serving = pods.filter(isServing).slice(0, MOST_PODS);
  const own = targetsAmong(plan, serving, reached.size > 0 ? subject.service : undefined);
  const guarded = [
    ...dependencies.flatMap(({ name, kind, place }) =>
      kind === 'http' ? endpointOf(`dependency ${name}`, place, 'along') : [],
    ),
    ...hosts.flatMap((host) => endpointOf('host', `https://${host}`, 'asked')),
  ];
  // Pods and the Service are where they are; where the rest leads is the config's word.
  const asked = [
    ...tlsOf(own).map((endpoint) => ({ endpoint, isGuarded: false })),
    ...guarded.map((endpoint) => ({ endpoint, isGuarded: true })),
  ];
  const unlike = new Map(
    asked.map((each) => [`${each.endpoint.host}:${each.endpoint.port}`, each] as const),
  );
  const each = [...unlike.values()].slice(0, MOST_ENDPOINTS);
  const shown = await Promise.all(
    each.map(({ endpoint, isGuarded }) => look(context, endpoint, isGuarded)),
  );
  const endpoints = each.map(({ endpoint }) => endpoint);
  return checkCertificates(endpoints, shown, context.clock.now(), warnBeforeMs);
}

async function refuseHosts({ destinations }: StageContext, hosts: readonly string[]) {
  const to = await destinations();
  const faults = hosts.flatMap((host, index) => {
    const fault = urlIssue(`https://${host}`, to);
    const path = `/preflight/certificates/hosts/${index}`;
    return fault === undefined ? [] : [`release config: ${path} ${fault}`];
  });
  if (faults.length > 0) throw new BadInput(faults);
}

function endpointOf(whose: string, url: string, why: TlsEndpoint['why']): TlsEndpoint[] {
  if (!URL.canParse(url)) return [];
  const { protocol, hostname, port } = new URL(url);
  const host = bareHost(hostname);
  return protocol === 'https:' ? [{ whose, host, port: Number(port || 443), why }] : [];
}

async function look(
  { certificate, destinations }: StageContext,
  { host, port }: TlsEndpoint,
  isGuarded: boolean,
): Promise<ShownCertificate> {
  try {
    const address = isGuarded ? await addressOf(host, await destinations()) : host;
    return await certificate({ host: address, port, serverName: host }, TIMEOUT_MS);
  } catch (thrown) {
    return { kind: 'none', why: messageOf(thrown) };
  }
}
