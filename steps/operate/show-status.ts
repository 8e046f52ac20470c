/** status and history: only look. */

import { readCommands } from '../../core/journal/commands/command.ts';
import { leaseName } from '../../core/journal/lease.ts';
import type { EndpointSlice } from '../../core/kubernetes/network-objects.ts';
import type { Lease } from '../../core/kubernetes/objects.ts';
import { LOG_EVENTS } from '../../core/report/log/log-events.ts';
import { tableOf, textOf } from '../../core/report/log/render-event.ts';
import { historyEvents, statusEvents } from '../../core/report/overview.ts';
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
  const events = statusEvents(journal, orders, lease, sides, slices, clock.now());
  for (const event of events.slice(0, -1)) context.log.event(event);
  const [first] = events;
  const answer = first ? textOf(first) : '';
  return { exitCode: 0, results: { answer }, summary: events.at(-1) };
}

export async function history(context: StageContext, subject: ReleaseSubject): Promise<StageEnd> {
  const journal = await peekJournal(context.kube, subject.namespace, subject.service);
  const events = historyEvents(journal, context.clock.now());
  if (events.length === 0) {
    const note = 'this service was never released';
    const summary = { event: 'status', release: 'none', note } as const;
    return { exitCode: 0, results: { answer: note }, summary };
  }
  context.log.table(events, LOG_EVENTS.history.fields);
  const [header, newest] = tableOf(events, LOG_EVENTS.history.fields);
  return { exitCode: 0, results: { answer: `${header}\n${newest}` }, summary: undefined };
}

async function slicesOf(
  kube: Kube,
  { namespace, service }: ReleaseSubject,
): Promise<readonly EndpointSlice[]> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const kind = 'discovery.k8s.io/v1/EndpointSlice';
  return (await kube.list<EndpointSlice>({ kind, namespace, labelSelector })).items;
}
