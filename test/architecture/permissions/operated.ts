// What operators do by their commands: between them, these use every right of operate and view.
import { deployAlone, reached } from '../../e2e/support/left.ts';
import { submitRun, taskEnded } from '../../e2e/support/run.ts';
import { startService, startStatefulSet } from '../../e2e/support/service.ts';
import type { E2eWorld } from '../../e2e/support/world.ts';
import { ordered, outcomeOf } from './outcomes.ts';
import {
  addAutoscaler,
  addDestinationRule,
  addHttpRoute,
  addVirtualService,
  CONFIG,
  SLOW,
  throughGateway,
  throughIstio,
} from './services.ts';

export async function throughMesh(world: E2eWorld): Promise<string> {
  const name = 'meshed';
  addVirtualService(world, name);
  addDestinationRule(world, name);
  await startService(world, { name, config: throughIstio(CONFIG) });
  submitRun(world, { name: `${name}-1`, service: name, strategy: 'canary' });
  const outcome = await outcomeOf(world, `${name}-1`);
  return `${outcome}, ${await ordered(world, 'rollback', name)}`;
}

export async function throughGateways(world: E2eWorld): Promise<string> {
  const name = 'gated';
  addHttpRoute(world, name);
  addAutoscaler(world, name);
  await startService(world, { name, config: throughGateway(CONFIG) });
  submitRun(world, { name: `${name}-1`, service: name });
  const outcome = await outcomeOf(world, `${name}-1`);
  return `${outcome}, ${await ordered(world, 'rollback', name)}`;
}

export async function operated(world: E2eWorld): Promise<string> {
  const name = 'alone';
  await startService(world, { name, config: SLOW });
  deployAlone(world, `${name}-1`, name);
  await reached(world, name, 'monitoring');
  await ordered(world, 'pause', name, {}, { serviceAccountName: 'zero-downtime-operate' });
  await ordered(world, 'status', name, {}, { serviceAccountName: 'zero-downtime-view' });
  for (const command of ['history', 'promote']) await ordered(world, command, name);
  return (await taskEnded(world, `${name}-1`)).reason;
}

/** Where no journal and no DestinationRule has been before. */
export async function firstByOperator(world: E2eWorld): Promise<string> {
  const name = 'first';
  addVirtualService(world, name);
  await startService(world, { name, config: throughIstio(CONFIG) });
  return ordered(world, 'rollback-to-version', name, { 'image-tag': 'v1.2.0-never-ready' });
}

export async function setByOperator(world: E2eWorld): Promise<string> {
  const name = 'book';
  await startStatefulSet(world, { name, config: CONFIG });
  return ordered(world, 'rollback-to-version', name, { 'image-tag': 'v1.2.0-never-ready' });
}
