/**
 * The pipeline as Tekton runs it, with the production stages: one after the other while each
 * succeeds, and `conclude` whatever happened.
 */

import type { Stage } from '../../../effects/stage/run-stage.ts';
import { stage as conclude } from '../../../steps/conclude/stage.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import type { Command } from '../../../steps/operate/command.ts';
import { stage as operate } from '../../../steps/operate/stage.ts';
import { stage as postValidation } from '../../../steps/post-validation/stage.ts';
import { stage as preValidation } from '../../../steps/pre-validation/stage.ts';
import { stage as recover } from '../../../steps/recover/stage.ts';
import { NAMESPACE, SERVICE } from '../service.ts';
import type { ProofWorld } from '../world.ts';
import { type Ended, type ProcessOptions, type StageProcess, startProcess } from './process.ts';

const STAGES = {
  'pre-validation': preValidation,
  deploy,
  'post-validation': postValidation,
  conclude,
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof STAGES;

export interface Release {
  readonly id: string;
  readonly tag: string;
}

/** Those before `finally`. */
const TASKS = ['pre-validation', 'deploy', 'post-validation'] as const;

/** How a stage is run: what is done to it, and who is told of it. */
export type StageOptions = ProcessOptions & {
  readonly onStart?: (process: StageProcess) => void;
};

/** The API answers soon, and nothing else happens. */
export const CALM: StageOptions = { latencyMs: () => 3, log: () => undefined };

/** How the stages of a run ended; one that did not run is not there. */
export type RunEnd = Readonly<Partial<Record<StageName, Ended>>>;

/** Chooses for each process of a run what is done to it. */
export type Running = (stage: StageName) => StageOptions;

let started = 0;

/** What the CronJob runs, of no release's own. */
export function runRecover({ cluster }: ProofWorld, options: StageOptions): Promise<Ended> {
  started += 1;
  const given = { namespace: NAMESPACE };
  return startProcess(cluster, `recover-${started}`, recover, given, options).ended;
}

/** What an operator asks for; `id` names this run of the command. */
export function runCommand(
  { cluster }: ProofWorld,
  command: Command,
  id: string,
  more: Readonly<Record<string, string>>,
  options: StageOptions,
): Promise<Ended> {
  const given = {
    command,
    'release-id': id,
    service: SERVICE,
    namespace: NAMESPACE,
    ...more,
  };
  const process = startProcess(cluster, id, operate, given, options);
  options.onStart?.(process);
  return process.ended;
}

export function runStage(
  { cluster, scenario }: ProofWorld,
  stage: StageName,
  { id, tag }: Release,
  more: Readonly<Record<string, string>>,
  options: StageOptions,
): Promise<Ended> {
  started += 1;
  const given = {
    'release-id': id,
    service: SERVICE,
    namespace: NAMESPACE,
    ...(stage === 'pre-validation' || stage === 'deploy'
      ? { 'image-tag': tag, strategy: scenario.strategy }
      : {}),
    ...more,
  };
  const process = startProcess(cluster, `${stage}-${started}`, STAGES[stage], given, options);
  options.onStart?.(process);
  return process.ended;
}

/**
 * Runs the stages from `first` on. A run that is killed is gone as a whole: who comes after it is
 * for the story to say.
 */
export async function runPipeline(
  world: ProofWorld,
  release: Release,
  running: Running,
  first: 'pre-validation' | 'deploy' = 'pre-validation',
): Promise<RunEnd> {
  const ends: Partial<Record<StageName, Ended>> = {};
  const run = async (stage: StageName, more = {}): Promise<Ended> => {
    const ended = await runStage(world, stage, release, more, running(stage));
    ends[stage] = ended;
    return ended;
  };
  for (const stage of TASKS.slice(TASKS.indexOf(first))) {
    const ended = await run(stage, stage === 'deploy' ? deployOptions(ends) : {});
    if (ended.kind === 'killed') return ends;
    if (!succeeded(ended)) break;
  }
  await run('conclude', statusesOf(ends));
  return ends;
}

/** What the Pipeline hands on of what pre-validation has found. */
function deployOptions({ 'pre-validation': before }: RunEnd): Record<string, string> {
  const { image = '', plan = '' } = before?.kind === 'exited' ? before.results : {};
  return { finish: 'conclude', 'validated-image': image, 'validated-plan': plan };
}

/** What Tekton tells `conclude` of the stages before it. */
export function statusesOf(ends: RunEnd): Record<string, string> {
  const status = (stage: StageName): string => {
    const ended = ends[stage];
    if (!ended) return 'None';
    return succeeded(ended) ? 'Succeeded' : 'Failed';
  };
  return {
    'pre-validation-status': status('pre-validation'),
    'deploy-status': status('deploy'),
    'deploy-reason': status('deploy'),
    'post-validation-status': status('post-validation'),
  };
}

function succeeded(ended: Ended): boolean {
  return ended.kind === 'exited' && ended.code === 0;
}
