/** Asks the stable what a release will ask of the candidate, before anything is begun. */

import { isTwoSided } from '../../core/base/vocabulary.ts';
import type { Service } from '../../core/kubernetes/network-objects.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { headerFindings, hookFindings, smokeFindings } from '../../core/preflight/stable.ts';
import { schemeOf, speaking, trafficPath, urlOf } from '../../core/smoke/checks.ts';
import { targetsAmong } from '../../core/smoke/target.ts';
import type { StageContext } from '../context/stage-context.ts';
import { smoke } from '../measure/smoke.ts';

export interface Stable {
  readonly service: Service;
  readonly pods: readonly Pod[];
  /** Names of the pods that the Service reaches. */
  readonly reached: ReadonlySet<string>;
}

/** More of them say no more. */
const MOST_PODS = 10;
const TIMEOUT_MS = 5_000;

/** What the stable fails; nothing where none of its pods is ready: then there is none to ask. */
export async function askStable(
  context: StageContext,
  plan: Plan,
  { service, pods, reached }: Stable,
): Promise<Finding[]> {
  const asked = pods.filter(isServing).slice(0, MOST_PODS);
  if (asked.length === 0) return [];
  const behind = reached.size > 0 ? service : undefined;
  const [faults, header, hook] = await Promise.all([
    smoke(context, targetsAmong(plan, asked, behind)),
    headerFaults(context, plan, asked, behind),
    hookFaults(context, plan, asked),
  ]);
  const { drain } = plan.settings;
  return [
    ...smokeFindings(faults),
    ...headerFindings(drain.confirm?.header ?? '', header),
    ...hookFindings(drain.hook?.path ?? '', hook),
  ];
}

/** Only a release with two sides has to tell them apart by what they answer. */
async function headerFaults(
  { ask }: StageContext,
  plan: Plan,
  pods: readonly Pod[],
  service: Service | undefined,
): Promise<string[]> {
  const { confirm } = plan.settings.drain;
  if (!confirm || !isTwoSided(plan)) return [];
  const scheme = schemeOf(plan, plan.port);
  const path = confirm.path ?? trafficPath(plan);
  const { clusterIP } = service?.spec ?? {};
  const urls = pods.map(({ status }) => urlOf(scheme, status?.podIP ?? '', plan.port, path));
  if (clusterIP && clusterIP !== 'None')
    urls.push(urlOf(scheme, clusterIP, plan.servicePort, path));
  const faults = urls.map(async (url) => {
    const answer = await ask({ method: 'GET', url, timeoutMs: TIMEOUT_MS, ...speaking(scheme) });
    if (answer.kind === 'failed') return [`GET ${url} ${answer.why}`];
    if (answer.headers.has(confirm.header.toLowerCase())) return [];
    return [`GET ${url} answered ${answer.status} without it`];
  });
  return (await Promise.all(faults)).flat();
}

async function hookFaults(
  { reach }: StageContext,
  plan: Plan,
  pods: readonly Pod[],
): Promise<string[]> {
  const { hook } = plan.settings.drain;
  // At the port of the traffic somebody listens: the pod is ready.
  if (!hook || !isTwoSided(plan) || (hook.port ?? plan.port) === plan.port) return [];
  const port = hook.port ?? plan.port;
  const faults = pods.map(async ({ metadata, status }) => {
    const why = await reach({ kind: 'tcp', host: status?.podIP ?? '', port }, TIMEOUT_MS);
    return why === undefined ? [] : [`pod ${metadata.name} port ${port}: ${why}`];
  });
  return (await Promise.all(faults)).flat();
}
