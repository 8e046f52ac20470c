/** What a Pipeline is: tasks with an order between them, and what runs whatever becomes of them. */
import type { KubeObject } from '../../kubernetes/store/object.ts';
import type { Param, ParamSpec, ParamType, ParamValue, TaskSpec } from './task.ts';

export interface WhenExpression {
  readonly input: string;
  readonly operator: 'in' | 'notin';
  readonly values: readonly string[];
}

export interface TaskRef {
  readonly name: string;
  readonly kind?: string;
}

export interface EmbeddedTask extends TaskSpec {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Which workspace of the Pipeline a Task sees under which name. */
export interface WorkspaceUse {
  readonly name: string;
  readonly workspace?: string;
  readonly subPath?: string;
}

export interface PipelineTask {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly taskRef?: TaskRef;
  readonly taskSpec?: EmbeddedTask;
  readonly params?: readonly Param[];
  readonly when?: readonly WhenExpression[];
  readonly runAfter?: readonly string[];
  readonly retries?: number;
  readonly timeout?: string;
  readonly onError?: string;
  readonly workspaces?: readonly WorkspaceUse[];
}

export interface PipelineResultSpec {
  readonly name: string;
  readonly type?: ParamType;
  readonly description?: string;
  readonly value: ParamValue;
}

export interface PipelineSpec {
  readonly displayName?: string;
  readonly description?: string;
  readonly params?: readonly ParamSpec[];
  readonly tasks: readonly PipelineTask[];
  readonly finally?: readonly PipelineTask[];
  readonly results?: readonly PipelineResultSpec[];
  readonly workspaces?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly optional?: boolean;
  }[];
}

export interface Pipeline extends KubeObject {
  readonly spec: PipelineSpec;
}
