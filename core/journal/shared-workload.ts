/** Another release under way that is about the same pods, by way of another Service. */

import type { Plan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';
import { type Journal, unfinished } from './journal.ts';

/** The release that another Service's journal says is under way on this workload or with this Service. */
export function releaseSharing(
  journal: Journal,
  service: string,
  workload: string,
): Plan | undefined {
  const entry = unfinished(journal);
  if (!entry || entry.plan.service === service) return undefined;
  return isAbout(entry.plan, service, workload) ? entry.plan : undefined;
}

function isAbout(plan: Plan, service: string, workload: string): boolean {
  const maker = makerOf(plan);
  return maker.workloads(plan).includes(workload) || maker.furtherServices(plan).includes(service);
}
