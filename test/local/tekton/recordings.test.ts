// What Tekton 1.15 did with one Pipeline in thirteen ways of ending, done again here: the same
// conditions in the same order, skipped tasks, results, children, steps, pods and events.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pods } from '../../../local/collection.ts';
import type { Pod } from '../../../local/shapes.ts';
import { pipelineRuns } from '../../../local/tekton/collections.ts';
import { isDone } from '../../../local/tekton/conditions.ts';
import type { PipelineRun, PipelineRunSpecStatus } from '../../../local/tekton/model/runs.ts';
import type { Played } from './support/pod-player.ts';
import { documents, NAMESPACE, type Simulation, simulate } from './support/simulation.ts';

/** What the recorded program does, read from its own text. */
function recordedProgram(pod: Pod): Played {
  const text = pod.spec.containers[0]?.args?.at(-1) ?? '';
  const [, result = ''] = /writeFileSync\('\/tekton\/results\/outcome','(.*?)'\)/.exec(text) ?? [];
  const [, exit = '0', seconds = '0'] = /process\.exit\((\d+)\),(\d+)\*1000/.exec(text) ?? [];
  return {
    runsMs: 100 + Number(seconds) * 1000,
    exitCode: Number(exit),
    message: JSON.stringify([
      { key: 'outcome', value: result, type: 1 },
      { key: 'StartedAt', value: '2026-11-21T05:50:11.147Z', type: 3 },
    ]),
    onTerm: { takesMs: 500, exitCode: 143 },
  };
}

function recorded(scenario: string): unknown {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, 'recordings', `${scenario}.json`), 'utf8'),
  );
}

const GIVEN = [
  { name: 'service-name', value: 'payment-service' },
  { name: 'image-tag', value: 'v1.2.0' },
];

function run(name: string, spec: object, seconds: string, exit = '0'): object {
  const params = [...GIVEN, { name: 'seconds', value: seconds }, { name: 'exit', value: exit }];
  const pipelineRef = { name: 'waqiti-zero-downtime-deployment' };
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name },
    spec: { pipelineRef, params, ...spec },
  };
}

const SEED = {
  apiVersion: 'tekton.dev/v1beta1',
  kind: 'PipelineRun',
  metadata: { name: 'deploy-payment-service' },
  spec: {
    pipelineRef: { name: 'waqiti-zero-downtime-deployment' },
    params: [
      ...GIVEN,
      { name: 'deployment-strategy', value: 'blue-green' },
      { name: 'namespace', value: 'default' },
    ],
  },
};

function runNamed(simulation: Simulation, name: string): PipelineRun {
  const found = pipelineRuns(simulation.world).get(NAMESPACE, name);
  if (!found) throw new Error(`no PipelineRun ${name}`);
  return found;
}

/** Two seconds into the deploy step. */
async function whileDeploying(simulation: Simulation, name: string): Promise<void> {
  const pod = () => pods(simulation.world).get(NAMESPACE, `${name}-deploy-pod`);
  await simulation.until(() => pod()?.status?.phase === 'Running');
  await simulation.run(2);
}

function ask(status: PipelineRunSpecStatus) {
  return async (simulation: Simulation, name: string): Promise<void> => {
    await whileDeploying(simulation, name);
    const asked = runNamed(simulation, name);
    pipelineRuns(simulation.world).update({ ...asked, spec: { ...asked.spec, status } });
  };
}

function deletePod(options: { gracePeriodSeconds?: number }) {
  return async (simulation: Simulation, name: string): Promise<void> => {
    await whileDeploying(simulation, name);
    pods(simulation.world).delete(NAMESPACE, `${name}-deploy-pod`, options);
  };
}

/**
 * While a stopped run waits for its last task, Tekton's scheduler stumbles over the tasks it has
 * itself skipped and tells of an internal error, again and again, instead of this.
 */
const NOT_TOLD_BY_TEKTON =
  /StoppedRunningFinally:? Tasks Completed: 1 \(Failed: 0, Cancelled 0\), Incomplete: 2, Skipped: 2/;

const nothing = async (): Promise<void> => {};

const scenarios: [string, object, (simulation: Simulation, name: string) => Promise<void>][] = [
  ['succeeded', run('succeeded', {}, '1'), nothing],
  ['failed', run('failed', {}, '1', '1'), nothing],
  ['task-timeout', run('task-timeout', {}, '60'), nothing],
  ['cancelled', run('cancelled', {}, '6'), ask('Cancelled')],
  ['cancelledrunfinally', run('cancelledrunfinally', {}, '6'), ask('CancelledRunFinally')],
  ['stoppedrunfinally', run('stoppedrunfinally', {}, '6'), ask('StoppedRunFinally')],
  ['pipeline-timeout', run('pipeline-timeout', { timeouts: { pipeline: '15s' } }, '60'), nothing],
  [
    'tasks-timeout',
    run('tasks-timeout', { timeouts: { pipeline: '1m', tasks: '12s', finally: '30s' } }, '60'),
    nothing,
  ],
  ['unknown-pipeline', run('unknown-pipeline', { pipelineRef: { name: 'nope' } }, '1'), nothing],
  ['missing-param', { ...run('missing-param', { params: undefined }, '1') }, nothing],
  ['pod-deleted', run('pod-deleted', {}, '8'), deletePod({})],
  ['pod-force-deleted', run('pod-force-deleted', {}, '8'), deletePod({ gracePeriodSeconds: 0 })],
  ['seed-v1beta1', SEED, nothing],
];

describe('as recorded', () => {
  test.each(scenarios)('%s', async (scenario, draft, interfere) => {
    const simulation = simulate(recordedProgram);
    for (const document of documents('recorded-pipeline.yaml')) simulation.create(document);
    const { name } = simulation.create(JSON.parse(JSON.stringify(draft))).metadata;
    await interfere(simulation, name);
    await simulation.until(() => isDone(runNamed(simulation, name).status));
    await simulation.run(60);
    const told = JSON.stringify(simulation.story(), (_part, value: unknown) =>
      Array.isArray(value) ? value.filter((line) => !NOT_TOLD_BY_TEKTON.test(line)) : value,
    );
    expect(JSON.parse(told)).toEqual(recorded(scenario));
  });
});
