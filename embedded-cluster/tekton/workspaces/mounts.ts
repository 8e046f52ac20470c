/** The workspaces of a Task in its pod: volumes, where they are mounted, and what steps call them. */
import type { TaskRun, WorkspaceBinding } from '../model/runs.ts';
import type { TaskSpec, Volume, VolumeMount, WorkspaceDeclaration } from '../model/task.ts';
import type { Variables } from '../substitution/variables.ts';
import { claimName } from './claim-name.ts';

interface BoundWorkspace {
  readonly declaration: WorkspaceDeclaration;
  readonly binding: WorkspaceBinding | undefined;
}

/** A Task that stands in its run gets all workspaces of the run, declared or not. */
function workspacesOf(spec: TaskSpec, run: TaskRun): readonly BoundWorkspace[] {
  const bindings = run.spec.workspaces ?? [];
  const declared = spec.workspaces ?? [];
  const names = new Set(declared.map(({ name }) => name));
  const further = run.spec.taskSpec ? bindings.filter(({ name }) => !names.has(name)) : [];
  return [...declared, ...further.map(({ name }) => ({ name }))].map((declaration) => ({
    declaration,
    binding: bindings.find(({ name }) => name === declaration.name),
  }));
}

export function workspacesFault(spec: TaskSpec, run: TaskRun): string | undefined {
  const workspaces = workspacesOf(spec, run);
  const unbound = workspaces.find(({ declaration, binding }) => !binding && !declaration.optional);
  if (unbound) {
    return `declared workspace "${unbound.declaration.name}" is required but has not been bound`;
  }
  const known = new Set(workspaces.map(({ declaration }) => declaration.name));
  const stray = run.spec.workspaces?.find(({ name }) => !known.has(name));
  return stray && `workspace binding "${stray.name}" does not match any declared workspace`;
}

export function workspacePath({ name, mountPath }: WorkspaceDeclaration): string {
  return mountPath || `/workspace/${name}`;
}

function volumeName({ name }: WorkspaceBinding): string {
  return `ws-${name}`;
}

function claimOf(binding: WorkspaceBinding, run: TaskRun): string {
  return binding.volumeClaimTemplate
    ? claimName(binding, run.metadata.uid)
    : (binding.persistentVolumeClaim?.claimName ?? '');
}

export function workspaceVariables(spec: TaskSpec, run: TaskRun): Variables {
  return new Map(
    workspacesOf(spec, run).flatMap(({ declaration, binding }): [string, string][] => {
      const prefix = `workspaces.${declaration.name}`;
      return [
        [`${prefix}.bound`, String(binding !== undefined)],
        [`${prefix}.path`, binding ? workspacePath(declaration) : ''],
        [`${prefix}.volume`, binding ? volumeName(binding) : ''],
        [`${prefix}.claim`, binding ? claimOf(binding, run) : ''],
      ];
    }),
  );
}

export function workspaceVolumes(spec: TaskSpec, run: TaskRun): readonly Volume[] {
  return workspacesOf(spec, run).flatMap(({ binding }) => {
    if (!binding) return [];
    const { name: _name, subPath: _subPath, volumeClaimTemplate, ...source } = binding;
    const claim = { persistentVolumeClaim: { claimName: claimOf(binding, run) } };
    return [{ name: volumeName(binding), ...(volumeClaimTemplate ? claim : source) }];
  });
}

export function workspaceMounts(spec: TaskSpec, run: TaskRun): readonly VolumeMount[] {
  return workspacesOf(spec, run).flatMap(({ declaration, binding }) => {
    if (!binding) return [];
    const readOnly = declaration.readOnly || binding.persistentVolumeClaim?.readOnly;
    return [
      {
        name: volumeName(binding),
        mountPath: workspacePath(declaration),
        ...(binding.subPath && { subPath: binding.subPath }),
        ...(readOnly && { readOnly }),
      },
    ];
  });
}
