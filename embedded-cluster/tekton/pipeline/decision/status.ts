/** The status of a PipelineRun, as Tekton shows it. */
import { timestamp } from '../../../base/clock.ts';
import { type Verdict, withVerdict } from '../../conditions.ts';
import type {
  ChildReference,
  PipelineRun,
  PipelineRunStatus,
  SkippedTask,
} from '../../model/runs.ts';
import { pipelineResults } from '../results/results.ts';
import { isTask } from '../tasks/task-state.ts';
import { type Facts, SKIPPED } from './facts.ts';
import { verdictOn } from './verdict.ts';

/** The status as it was, with a verdict that ends the run unless it is still unknown. */
export function concluded(
  status: PipelineRunStatus = {},
  verdict: Verdict,
  nowMs: number,
): PipelineRunStatus {
  return {
    ...status,
    conditions: withVerdict(status, verdict, nowMs),
    ...(verdict.status !== 'Unknown' && { completionTime: timestamp(nowMs) }),
  };
}

export function statusAfter(run: PipelineRun, facts: Facts): PipelineRunStatus {
  const { skippedTasks: _before, ...status } = run.status ?? {};
  const verdict = verdictOn(run.metadata.name, facts);
  const skippedTasks = skippedIn(facts);
  const told: PipelineRunStatus = {
    ...status,
    childReferences: childrenIn(facts),
    ...(skippedTasks.length > 0 && { skippedTasks }),
  };
  if (verdict.status === 'Unknown') return concluded(told, verdict, facts.nowMs);
  const { results, broken } = pipelineResults(status.pipelineSpec?.results, facts.states);
  const withResults = { ...told, ...(results.length > 0 && { results }) };
  if (broken.length === 0) return concluded(withResults, verdict, facts.nowMs);
  const lacking: Verdict = {
    status: 'False',
    reason: 'CouldntGetPipelineResult',
    message:
      `Failed to get PipelineResult from TaskRun Results for PipelineRun ${run.metadata.name}: ` +
      `invalid pipelineresults [${broken.join(' ')}], the referenced results don't exist`,
  };
  return concluded(withResults, lacking, facts.nowMs);
}

function childrenIn(facts: Facts): ChildReference[] {
  return facts.states.flatMap((state): ChildReference[] => {
    if (!state.run) return [];
    const { name, displayName, when } = facts.resolved(state) ?? state.task;
    return [
      {
        apiVersion: 'tekton.dev/v1',
        kind: 'TaskRun',
        name: state.run.name,
        pipelineTaskName: name,
        ...(displayName && { displayName }),
        ...(when && { whenExpressions: when }),
      },
    ];
  });
}

function skippedIn(facts: Facts): SkippedTask[] {
  return facts.states.flatMap((state): SkippedTask[] => {
    const reason = facts.skippingReason(state);
    if (reason === undefined) return [];
    const { name, when } = facts.resolved(state) ?? state.task;
    const told = when && (isTask(state) || reason === SKIPPED.when);
    return [{ name, reason, ...(told && { whenExpressions: when }) }];
  });
}
