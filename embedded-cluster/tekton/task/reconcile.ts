/**
 * Brings a TaskRun one step further: makes its pod, and tells what becomes of it. Called whenever
 * the run or its pod has changed, and when its timeout is reached.
 */

import { timestamp } from '../../base/clock.ts';
import { durationMs, formatDuration } from '../../base/duration.ts';
import { pods } from '../../kubernetes/collection.ts';
import type { RecordEvent } from '../../kubernetes/controllers/events.ts';
import { ApiFailure } from '../../kubernetes/definitions/failure.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import type { World } from '../../kubernetes/world.ts';
import { announce, announceStart } from '../announce.ts';
import { taskRuns } from '../collections.ts';
import { isDone, succeededCondition, type Verdict, withVerdict } from '../conditions.ts';
import type { TaskRun, TaskRunStatus } from '../model/runs.ts';
import type { TaskSpec } from '../model/task.ts';
import { ON_ERROR_ANNOTATION } from '../pipeline/tasks/task-run.ts';
import { podDraft, podName } from './pod.ts';
import { podReport } from './pod-report.ts';
import { prepare } from './prepare.ts';
import { resultsFault } from './results.ts';
import { retried } from './retry.ts';
import { imagePullFailure, stopped } from './stop.ts';

export interface Reconciling {
  readonly world: World;
  readonly record: RecordEvent;
  readonly entrypointFolder: string;
}

/** Returns when the run wants to be looked at again, whatever happens until then. */
export function reconcileTaskRun(on: Reconciling, found: TaskRun): number | undefined {
  if (isDone(found.status) || found.metadata.deletionTimestamp) return undefined;
  const run = begun(on, found);
  const { name } = run.metadata;
  if (run.spec.status === 'TaskRunCancelled') {
    const message = `TaskRun "${name}" was cancelled. ${run.spec.statusMessage ?? ''}`;
    return stop(on, run, 'TaskRunCancelled', message);
  }
  const timeoutMs = durationMs(run.spec.timeout) ?? 0;
  const deadlineMs = Date.parse(run.status?.startTime ?? '') + timeoutMs;
  if (timeoutMs > 0 && on.world.clock.now() >= deadlineMs) {
    const limit = formatDuration(timeoutMs);
    return stop(on, run, 'TaskRunTimeout', `TaskRun "${name}" failed to finish within "${limit}"`);
  }
  const unpullable = imagePullFailure(run);
  if (unpullable) return stop(on, run, 'TaskRunImagePullFailed', unpullable);
  proceed(on, run);
  return timeoutMs > 0 ? deadlineMs : undefined;
}

function begun({ world, record }: Reconciling, run: TaskRun): TaskRun {
  if (run.status?.startTime) return run;
  announceStart(record, run);
  const now = world.clock.now();
  const conditions = withVerdict(run.status, { status: 'Unknown', reason: 'Started' }, now);
  return { ...run, status: { ...run.status, startTime: timestamp(now), conditions } };
}

function stop(on: Reconciling, run: TaskRun, reason: string, message: string): undefined {
  const { namespace } = run.metadata;
  const { podName: pod = '' } = run.status ?? {};
  if (pods(on.world).get(namespace, pod)) pods(on.world).delete(namespace, pod);
  save(on, run, stopped(run.status ?? {}, reason, message, on.world.clock.now()));
}

/** Makes the pod if there is none, and takes over what it says. */
function proceed(on: Reconciling, run: TaskRun): void {
  const prepared = prepare(on.world, run);
  if ('fault' in prepared) {
    fail(on, run, prepared.reason, prepared.fault);
    return;
  }
  const { run: ready, spec } = prepared;
  const known = podOf(on.world, ready);
  const pod = known ?? createdPod(on, ready, spec);
  if (pod) save(on, ready, statusFrom(ready, spec, pod, on.world.clock.now()));
}

/** It may be gone though nobody here deleted it: then the steps are run again, and nothing is said. */
function podOf(world: World, run: TaskRun): Pod | undefined {
  return pods(world).get(run.metadata.namespace, run.status?.podName ?? podName(run));
}

function createdPod(on: Reconciling, run: TaskRun, spec: TaskSpec): Pod | undefined {
  try {
    return pods(on.world).create(podDraft(run, spec, on.entrypointFolder));
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    const { namespace, name } = run.metadata;
    const { taskRef } = run.spec;
    const suspect = taskRef
      ? `missing or invalid Task ${namespace}/${taskRef.name}`
      : 'invalid TaskSpec';
    const message = `failed to create task run pod "${name}": ${failure.message}. Maybe ${suspect}`;
    fail(on, run, 'PodCreationFailed', message);
    return undefined;
  }
}

function statusFrom(run: TaskRun, spec: TaskSpec, pod: Pod, nowMs: number): TaskRunStatus {
  const { verdict, steps, results } = podReport(pod, spec);
  const fault = verdict.status === 'Unknown' ? undefined : resultsFault(spec.results, results);
  const final: Verdict = fault
    ? { status: 'False', reason: 'TaskRunValidationFailed', message: fault }
    : forgiving(run, verdict);
  return {
    ...run.status,
    podName: pod.metadata.name,
    steps,
    ...(results.length > 0 && { results }),
    conditions: withVerdict(run.status, final, nowMs),
    ...(final.status !== 'Unknown' && { completionTime: timestamp(nowMs) }),
  };
}

function forgiving({ metadata }: TaskRun, verdict: Verdict): Verdict {
  const isIgnored = verdict.status === 'False' && metadata.annotations?.[ON_ERROR_ANNOTATION];
  return isIgnored ? { ...verdict, reason: 'FailureIgnored' } : verdict;
}

function fail(on: Reconciling, run: TaskRun, reason: string, message: string): void {
  save(on, run, stopped(run.status ?? {}, reason, message, on.world.clock.now()));
}

function save(on: Reconciling, run: TaskRun, status: TaskRunStatus): void {
  const settled = retried(run, status, on.world.clock.now()) ?? status;
  const saved = taskRuns(on.world).updateStatus({ ...run, status: settled });
  announce(on.record, saved, succeededCondition(run.status), succeededCondition(settled));
}
