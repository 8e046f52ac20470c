/** Runs of Pipelines and Tasks: what was asked for, and what has become of it. */
import type { ContainerState } from '../../kubernetes/shapes.ts';
import type { KubeObject, ObjectMeta } from '../../kubernetes/store/object.ts';
import type { PipelineSpec, TaskRef, WhenExpression } from './pipeline.ts';
import type { Param, ParamType, ParamValue, TaskSpec } from './task.ts';

export interface Condition {
  readonly type: 'Succeeded';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message?: string;
  readonly lastTransitionTime: string;
}

export interface WorkspaceBinding {
  readonly name: string;
  readonly subPath?: string;
  readonly emptyDir?: object;
  readonly configMap?: object;
  readonly secret?: object;
  readonly projected?: object;
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly volumeClaimTemplate?: {
    readonly metadata?: Partial<ObjectMeta>;
    readonly spec?: unknown;
  };
}

/** Parts of a pod spec that a run may set; passed on as they are. */
interface PodTemplate {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

interface RunMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PipelineTaskRunSpec {
  readonly pipelineTaskName: string;
  readonly serviceAccountName?: string;
  readonly podTemplate?: PodTemplate;
  readonly metadata?: RunMetadata;
  readonly timeout?: string;
}

export interface Timeouts {
  readonly pipeline?: string;
  readonly tasks?: string;
  readonly finally?: string;
}

export type PipelineRunSpecStatus =
  | 'Cancelled'
  | 'CancelledRunFinally'
  | 'StoppedRunFinally'
  | 'PipelineRunPending';

export interface PipelineRunSpec {
  readonly pipelineRef?: { readonly name: string };
  readonly pipelineSpec?: PipelineSpec;
  readonly params?: readonly Param[];
  readonly status?: PipelineRunSpecStatus;
  readonly timeouts?: Timeouts;
  readonly taskRunTemplate?: {
    readonly serviceAccountName?: string;
    readonly podTemplate?: PodTemplate;
  };
  readonly taskRunSpecs?: readonly PipelineTaskRunSpec[];
  readonly workspaces?: readonly WorkspaceBinding[];
}

export interface SkippedTask {
  readonly name: string;
  readonly reason: string;
  readonly whenExpressions?: readonly WhenExpression[];
}

export interface ChildReference {
  readonly apiVersion: string;
  readonly kind: 'TaskRun';
  readonly name: string;
  readonly displayName?: string;
  readonly pipelineTaskName: string;
  readonly whenExpressions?: readonly WhenExpression[];
}

export interface PipelineRunStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly finallyStartTime?: string;
  readonly childReferences?: readonly ChildReference[];
  readonly skippedTasks?: readonly SkippedTask[];
  readonly results?: readonly { readonly name: string; readonly value: ParamValue }[];
  readonly pipelineSpec?: PipelineSpec;
}

export interface TaskRunSpec {
  readonly taskRef?: TaskRef;
  readonly taskSpec?: TaskSpec;
  readonly params?: readonly Param[];
  readonly serviceAccountName?: string;
  readonly podTemplate?: PodTemplate;
  readonly status?: 'TaskRunCancelled';
  readonly statusMessage?: string;
  readonly retries?: number;
  readonly timeout?: string;
  readonly workspaces?: readonly WorkspaceBinding[];
}

export interface TaskRunResult {
  readonly name: string;
  readonly type: ParamType;
  readonly value: ParamValue;
}

export type StepState = ContainerState & {
  readonly name: string;
  readonly container?: string;
  readonly imageID?: string;
  readonly terminationReason?: string;
};

export interface TaskRunStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly podName?: string;
  readonly steps?: readonly StepState[];
  readonly results?: readonly TaskRunResult[];
  readonly retriesStatus?: readonly TaskRunStatus[];
  readonly taskSpec?: TaskSpec;
}

export interface PipelineRun extends KubeObject {
  readonly spec: PipelineRunSpec;
  readonly status?: PipelineRunStatus;
}

export interface TaskRun extends KubeObject {
  readonly spec: TaskRunSpec;
  readonly status?: TaskRunStatus;
}
