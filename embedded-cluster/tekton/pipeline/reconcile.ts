/**
 * Brings a PipelineRun one step further: looks at what there is, decides, and does it. Called
 * whenever the run or one of its TaskRuns has changed, and when one of its deadlines is reached.
 */
import { timestamp } from '../../base/clock.ts';
import type { RecordEvent } from '../../kubernetes/controllers/events.ts';
import type { World } from '../../kubernetes/world.ts';
import { announce, announceStart } from '../announce.ts';
import { pipelineRuns, pipelines } from '../collections.ts';
import { isDone, succeededCondition, type Verdict, withVerdict } from '../conditions.ts';
import { annotated, inherited } from '../metadata.ts';
import type { PipelineSpec } from '../model/pipeline.ts';
import type { PipelineRun, PipelineRunStatus } from '../model/runs.ts';
import { createClaims } from '../workspaces/claims.ts';
import { cancelChild, specOfTask, startFault, statesOf } from './children.ts';
import { decide } from './decision/decide.ts';
import { concluded } from './decision/status.ts';
import { bindingRefusal, pipelineNotFound, type Refusal, taskRefusal } from './refusals.ts';
import { nameOfPipeline, substitutePipeline } from './variables.ts';

export interface Reconciling {
  readonly world: World;
  readonly record: RecordEvent;
}

/** Returns when the run wants to be looked at again, whatever happens until then. */
export function reconcilePipelineRun(on: Reconciling, run: PipelineRun): number | undefined {
  if (isDone(run.status) || run.metadata.deletionTimestamp) return undefined;
  if (run.spec.status === 'PipelineRunPending') return hold(on, run);
  const labelled = inheritedFromPipeline(on.world, begun(on, run));
  const isPlanned = labelled.status?.pipelineSpec || run.spec.status === 'Cancelled';
  const planned = isPlanned ? labelled : plan(on, labelled);
  return isDone(planned.status) ? undefined : advance(on, planned);
}

function hold(on: Reconciling, run: PipelineRun): undefined {
  conclude(on, run, {
    status: 'Unknown',
    reason: 'PipelineRunPending',
    message: `PipelineRun "${run.metadata.name}" is pending`,
  });
}

function begun({ world, record }: Reconciling, run: PipelineRun): PipelineRun {
  if (run.status?.startTime) return run;
  announceStart(record, run);
  const now = world.clock.now();
  const conditions = withVerdict(run.status, { status: 'Unknown', reason: 'Started' }, now);
  return { ...run, status: { ...run.status, startTime: timestamp(now), conditions } };
}

/** The run with the labels and annotations of its Pipeline, and with the name of the Pipeline. */
function inheritedFromPipeline(world: World, run: PipelineRun): PipelineRun {
  const { namespace, labels = {}, annotations = {} } = run.metadata;
  if (labels['tekton.dev/pipeline']) return run;
  const name = nameOfPipeline(run);
  const pipeline = run.spec.pipelineRef && pipelines(world).get(namespace, name)?.metadata;
  const relabelled = pipelineRuns(world).update({
    ...run,
    metadata: {
      ...run.metadata,
      labels: { ...pipeline?.labels, ...labels, 'tekton.dev/pipeline': name },
      ...annotated({ ...inherited(pipeline?.annotations), ...annotations }),
    },
  });
  return run.status ? { ...relabelled, status: run.status } : relabelled;
}

/** Takes the Pipeline into the run, with the run's values in it, or says why it cannot be run. */
function plan(on: Reconciling, run: PipelineRun): PipelineRun {
  const { world } = on;
  const { namespace, name: runName } = run.metadata;
  const name = nameOfPipeline(run);
  const spec = run.spec.pipelineSpec ?? pipelines(world).get(namespace, name)?.spec;
  if (!spec) return refuse(on, run, pipelineNotFound(run));
  const unbound = bindingRefusal(name, spec, run);
  if (unbound) return refuse(on, withPipeline(run, spec), unbound);
  const planned = withPipeline(run, substitutePipeline(name, spec, run));
  const unfit = taskRefusal(name, planned.status.pipelineSpec, run, (task) =>
    specOfTask(world, planned, task),
  );
  if (unfit) return refuse(on, planned, unfit);
  const cause = createClaims(world, run);
  if (cause) {
    const message = `Failed to create PVC for PipelineRun ${namespace}/${runName} correctly: ${cause}`;
    return refuse(on, planned, { reason: 'CouldntCreateWorkspacePVC', message, cause });
  }
  return planned;
}

type PlannedRun = PipelineRun & { readonly status: { readonly pipelineSpec: PipelineSpec } };

function withPipeline(run: PipelineRun, pipelineSpec: PipelineSpec): PlannedRun {
  return { ...run, status: { ...run.status, pipelineSpec } };
}

function refuse(
  on: Reconciling,
  run: PipelineRun,
  { reason, message, cause }: Refusal,
): PipelineRun {
  const refused = conclude(on, run, { status: 'False', reason, message });
  on.record(run, 'Warning', 'InternalError', cause);
  return refused;
}

function advance(on: Reconciling, run: PipelineRun): number | undefined {
  const { world } = on;
  const { start, cancel, status, againAtMs } = decide(run, statesOf(world, run), world.clock.now());
  for (const cancellation of cancel) cancelChild(world, run, cancellation);
  for (const child of start) {
    const message = startFault(world, run, child);
    if (message === undefined) continue;
    conclude(on, run, { status: 'False', reason: 'CreateRunFailed', message });
    return undefined;
  }
  save(on, run, status);
  return againAtMs;
}

function conclude(on: Reconciling, run: PipelineRun, verdict: Verdict): PipelineRun {
  return save(on, run, concluded(run.status, verdict, on.world.clock.now()));
}

function save(on: Reconciling, run: PipelineRun, status: PipelineRunStatus): PipelineRun {
  const saved = pipelineRuns(on.world).updateStatus({ ...run, status });
  announce(on.record, saved, succeededCondition(run.status), succeededCondition(status));
  return saved;
}
