/** What a Task is: its params, its steps and what they leave behind (tekton.dev/v1). */
import type { KubeObject } from '../../kubernetes/store/object.ts';

export type ParamValue = string | readonly string[] | Readonly<Record<string, string>>;

export type ParamType = 'string' | 'array' | 'object';

export interface Param {
  readonly name: string;
  readonly value: ParamValue;
}

export interface ParamSpec {
  readonly name: string;
  readonly type?: ParamType;
  readonly description?: string;
  readonly default?: ParamValue;
  /** The keys that an object must have. */
  readonly properties?: Readonly<Record<string, { readonly type?: 'string' }>>;
}

export interface TaskResultSpec {
  readonly name: string;
  readonly type?: ParamType;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, { readonly type?: 'string' }>>;
}

export interface WorkspaceDeclaration {
  readonly name: string;
  readonly description?: string;
  readonly mountPath?: string;
  readonly readOnly?: boolean;
  readonly optional?: boolean;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

/** A Kubernetes volume; the runner only passes it on. */
export interface Volume {
  readonly name: string;
  readonly [source: string]: unknown;
}

/** What steps have in common with the template they are filled up from. */
export interface StepTemplate {
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly unknown[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly computeResources?: unknown;
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

export interface Step extends StepTemplate {
  readonly name?: string;
  readonly displayName?: string;
  /** Past it the step is killed, without a warning. */
  readonly timeout?: string;
  readonly onError?: string;
}

export interface TaskSpec {
  readonly displayName?: string;
  readonly description?: string;
  readonly params?: readonly ParamSpec[];
  readonly results?: readonly TaskResultSpec[];
  readonly steps: readonly Step[];
  readonly stepTemplate?: StepTemplate;
  readonly volumes?: readonly Volume[];
  readonly workspaces?: readonly WorkspaceDeclaration[];
}

export interface Task extends KubeObject {
  readonly spec: TaskSpec;
}

/** A step without a name is known by its place. */
export function stepName(step: Step, index: number): string {
  return step.name ?? `unnamed-${index}`;
}

export function containerName(step: Step, index: number): string {
  return `step-${stepName(step, index)}`;
}
