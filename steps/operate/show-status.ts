/** status and history: only look. */

import { readOrders } from '../../core/journal/commands/command.ts';
import { leaseName } from '../../core/journal/lease.ts';
import type { EndpointSlice, Lease } from '../../core/kubernetes/objects.ts';
import { historyLines, statusLines } from '../../core/report/overview.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import type { Outside } from '../../effects/context/stage-context.ts';
import { lookAtPods } from '../../effects/inputs/own-pods.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { lookIntoJournal, parsed, readConfigMap } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StepEnd } from '../../effects/stage/run-stage.ts';

export async function status(outside: Outside, subject: ReleaseSubject): Promise<StepEnd> {
  const { kube, clock } = outside;
  const { namespace, service } = subject;
  const target = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace };
  const [stored, lease] = await Promise.all([
    readConfigMap(kube, namespace, service),
    kube.get<Lease>({ ...target, name: leaseName(service) }),
  ]);
  const journal = parsed(stored);
  const { current } = journal;
  const slices = await slicesOf(kube, subject);
  const sides = current
    ? strategyOf(current.plan).sides(current.plan, await lookAtPods(kube, current.plan))
    : { stable: [], candidate: [] };
  const orders = readOrders(stored?.data);
  return told(outside, statusLines(journal, orders, lease, sides, slices, clock.now()), 1);
}

export async function history(outside: Outside, subject: ReleaseSubject): Promise<StepEnd> {
  const journal = await lookIntoJournal(outside.kube, subject.namespace, subject.service);
  return told(outside, historyLines(journal, outside.clock.now()), 2);
}

async function slicesOf(
  kube: Kube,
  { namespace, service }: ReleaseSubject,
): Promise<readonly EndpointSlice[]> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const kind = 'discovery.k8s.io/v1/EndpointSlice';
  return (await kube.list<EndpointSlice>({ kind, namespace, labelSelector })).items;
}

/** Prints the lines; the first `answered` of them are the command's result as well. */
function told({ log }: Outside, lines: readonly string[], answered: number): StepEnd {
  for (const line of lines.slice(0, -1)) log.line(line);
  const answer = lines.slice(0, answered).join('\n');
  return { exitCode: 0, results: { answer }, summary: lines.at(-1) ?? '' };
}
