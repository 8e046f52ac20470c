// Releases whose database is migrated first, by a tool that ends well, badly, or not before it is stopped.
import { PODS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { patchSpec, submitRun } from '../../e2e/support/run.ts';
import { startService } from '../../e2e/support/service.ts';
import { until } from '../../e2e/support/until.ts';
import type { E2eWorld } from '../../e2e/support/world.ts';
import { outcomeOf } from './outcomes.ts';
import { CONFIG } from './services.ts';

/** The CronJob of a tool that does this, as a program of Node. */
function addTool({ apply, cluster }: E2eWorld, name: string, program: string): void {
  const image = `${cluster.registry}/payment-service:v1.1.0`;
  const containers = [{ name: 'migrate', image, command: ['node', '-e', program] }];
  apply({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
    },
  });
}

async function begun(
  world: E2eWorld,
  name: string,
  program: string,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  addTool(world, `${name}-tool`, program);
  const config = `${CONFIG}migration: {job: {cronJob: ${name}-tool, image: released}}\n`;
  await startService(world, { name, config });
  submitRun(world, { name: `${name}-1`, service: name, spec });
  return `${name}-1`;
}

export function migrated(spec: Readonly<Record<string, unknown>>) {
  return async (world: E2eWorld): Promise<string> =>
    outcomeOf(world, await begun(world, 'migrated', 'setTimeout(() => {}, 500)', spec));
}

export async function migratedBadly(world: E2eWorld): Promise<string> {
  return outcomeOf(world, await begun(world, 'unfit', 'console.log("no"); process.exit(1)'));
}

/** The tool is at work when the run is cancelled. */
export async function stoppedWhileMigrating(world: E2eWorld): Promise<string> {
  const name = 'endless';
  const run = await begun(world, name, 'setTimeout(() => {}, 600_000)');
  await until(`a migration of ${name} is at work`, () =>
    world
      .list(PODS)
      .filter(({ metadata }) => metadata.name.startsWith(`${name}-migration-`))
      .some(({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running'),
  );
  patchSpec(world, run, 'CancelledRunFinally');
  return outcomeOf(world, run);
}
