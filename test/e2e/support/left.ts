/** What a run that is gone leaves behind, and the Job that sees to it. */
import { JOBS } from '../../../embedded-cluster/kubernetes/kinds/workloads/batch.ts';
import {
  currentRelease,
  expireLease,
  killDeploy,
  startJobOf,
  submitTask,
  taskEnded,
} from './run.ts';
import { until } from './until.ts';
import type { E2eWorld } from './world.ts';

/** A release of the deploy Task alone: no other stage concludes it. */
export function deployAlone(
  world: E2eWorld,
  name: string,
  service: string,
  params: Readonly<Record<string, string>> = {},
): void {
  submitTask(world, name, 'zero-downtime-deploy', {
    'release-id': name,
    'service-name': service,
    'image-tag': 'v1.2.0',
    'deployment-strategy': 'blue-green',
    ...params,
  });
}

export function reached(world: E2eWorld, service: string, phase: string): Promise<unknown> {
  return until(
    `${service} is ${phase}`,
    () => currentRelease(world, service).current?.state.phase === phase,
  );
}

/** Kills a release's process once it has come so far, and lets its Lease run out. */
export async function leaveUnfinished(
  world: E2eWorld,
  name: string,
  service: string,
  params: Readonly<Record<string, string>> = {},
  soFar: () => Promise<unknown> = () => reached(world, service, 'monitoring'),
): Promise<void> {
  deployAlone(world, name, service, params);
  await soFar();
  killDeploy(name);
  await taskEnded(world, name);
  expireLease(world, service);
}

/** Recover watches a Lease that seems to have run out for 15 s before it takes it. */
const RECOVERED_WITHIN_MS = 60_000;

/** Lets the CronJob that is installed see to it, and waits for the end. */
export async function recovered(
  world: E2eWorld,
  name: string,
  withinMs = RECOVERED_WITHIN_MS,
): Promise<void> {
  startJobOf(world, 'zero-downtime-recover', name);
  await until(
    `job ${name} is complete`,
    () => {
      const status = world.get(JOBS, name)?.status as { succeeded?: number } | undefined;
      return status?.succeeded === 1;
    },
    withinMs,
  );
}
