// What came of a run, or of an operator's command.
import { runEnded, submitTask, taskEnded } from '../../e2e/support/run.ts';
import type { E2eWorld } from '../../e2e/support/world.ts';

const RELEASED_WITHIN_MS = 90_000;

/** Runs an operator's command as a TaskRun, and returns its answer. */
export async function ordered(
  world: E2eWorld,
  command: string,
  service: string,
  params: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const name = `${service}-${command}`;
  submitTask(world, name, `zero-downtime-${command}`, { 'service-name': service, ...params }, spec);
  const end = await taskEnded(world, name, RELEASED_WITHIN_MS);
  return end.results.answer ?? JSON.stringify(end);
}

/** Where there is none, whatever says why. */
export async function outcomeOf(world: E2eWorld, run: string): Promise<string> {
  const end = await runEnded(world, run);
  return end.results.outcome ?? JSON.stringify(end);
}
