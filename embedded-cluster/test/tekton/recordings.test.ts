// What Tekton 1.15 did with one Pipeline in thirteen ways of ending, done again here: the same
// conditions in the same order, skipped tasks, results, children, steps, pods and events.
import { describe, expect, test } from '@jest/globals';
import { pods } from '../../kubernetes/collection.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import { pipelineRuns } from '../../tekton/collections.ts';
import { isDone } from '../../tekton/conditions.ts';
import type { PipelineRun, PipelineRunSpecStatus } from '../../tekton/model/runs.ts';
import { documents } from './support/objects.ts';
import type { Played } from './support/pod-player.ts';
import { asRecorded, recordedRun, recordedStory, SEED_RUN } from './support/recorded-runs.ts';
import { NAMESPACE, type Simulation, simulate } from './support/simulation.ts';

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

const nothing = async (): Promise<void> => {};

const timeouts = {
  pipeline: { timeouts: { pipeline: '15s' } },
  tasks: { timeouts: { pipeline: '1m', tasks: '12s', finally: '30s' } },
};

const scenarios: [string, object, (simulation: Simulation, name: string) => Promise<void>][] = [
  ['succeeded', recordedRun('succeeded', '1'), nothing],
  ['failed', recordedRun('failed', '1', '1'), nothing],
  ['task-timeout', recordedRun('task-timeout', '60'), nothing],
  ['cancelled', recordedRun('cancelled', '6'), ask('Cancelled')],
  ['cancelledrunfinally', recordedRun('cancelledrunfinally', '6'), ask('CancelledRunFinally')],
  ['stoppedrunfinally', recordedRun('stoppedrunfinally', '6'), ask('StoppedRunFinally')],
  ['pipeline-timeout', recordedRun('pipeline-timeout', '60', '0', timeouts.pipeline), nothing],
  ['tasks-timeout', recordedRun('tasks-timeout', '60', '0', timeouts.tasks), nothing],
  [
    'unknown-pipeline',
    recordedRun('unknown-pipeline', '1', '0', { pipelineRef: { name: 'nope' } }),
    nothing,
  ],
  ['missing-param', recordedRun('missing-param', '1', '0', { params: undefined }), nothing],
  ['pod-deleted', recordedRun('pod-deleted', '8'), deletePod({})],
  [
    'pod-force-deleted',
    recordedRun('pod-force-deleted', '8'),
    deletePod({ gracePeriodSeconds: 0 }),
  ],
  ['seed-v1beta1', SEED_RUN, nothing],
];

describe('as recorded', () => {
  test.each(scenarios)('%s', async (scenario, draft, interfere) => {
    const simulation = simulate(recordedProgram);
    for (const document of documents('recorded-pipeline.yaml')) simulation.create(document);
    const { name } = simulation.create(JSON.parse(JSON.stringify(draft))).metadata;
    await interfere(simulation, name);
    await simulation.until(() => isDone(runNamed(simulation, name).status));
    await simulation.run(60);
    expect(asRecorded(simulation.story())).toEqual(recordedStory(scenario));
  });
});
