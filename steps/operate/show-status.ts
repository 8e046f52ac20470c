/** status and history: only look. */

import { readCommands } from '../../core/journal/commands/command.ts';
import { leaseName } from '../../core/journal/lease.ts';
import type { EndpointSlice, Lease } from '../../core/kubernetes/objects.ts';
import { historyLines, statusLines } from '../../core/report/overview.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { observePods } from '../../effects/inputs/own-pods.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { parsed, peekJournal, readConfigMap } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export async function status(context: StageContext, subject: ReleaseSubject): Promise<StageEnd> {
  const { kube, clock } = context;
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
    ? strategyOf(current.plan).sides(current.plan, await observePods(kube, current.plan))
    : { stable: [], candidate: [] };
  const orders = readCommands(stored?.data);
  return told(context, statusLines(journal, orders, lease, sides, slices, clock.now()), 1);
}

export async function history(context: StageContext, subject: ReleaseSubject): Promise<StageEnd> {
  const journal = await peekJournal(context.kube, subject.namespace, subject.service);
  return told(context, historyLines(journal, context.clock.now()), 2);
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
function told({ log }: StageContext, lines: readonly string[], answered: number): StageEnd {
  for (const line of lines.slice(0, -1)) log.line(line);
  const answer = lines.slice(0, answered).join('\n');
  return { exitCode: 0, results: { answer }, summary: lines.at(-1) ?? '' };
}
