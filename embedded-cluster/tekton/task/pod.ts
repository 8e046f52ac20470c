/** The pod that runs the steps of a TaskRun, one container each. */

import { durationMs } from '../../base/duration.ts';
import { controllerRef } from '../../kubernetes/controllers/owners.ts';
import type { DraftObject } from '../../kubernetes/store/object.ts';
import { NODE_FOLDER_DRIVER } from '../../node/volumes/plan.ts';
import { childName } from '../child-name.ts';
import { annotated, inherited } from '../metadata.ts';
import type { TaskRun } from '../model/runs.ts';
import { containerName, type EnvVar, type Step, type TaskSpec } from '../model/task.ts';
import { workspaceMounts, workspaceVolumes } from '../workspaces/mounts.ts';
import { entrypointArguments } from './entrypoint-arguments.ts';
import { BIN_FOLDER, RESULTS_FOLDER, STEPS_FOLDER, TERMINATION_FILE } from './paths.ts';
import { mergedSteps } from './steps.ts';

const MOUNTS = [
  { name: 'tekton-internal-bin', mountPath: BIN_FOLDER, readOnly: true },
  { name: 'tekton-internal-workspace', mountPath: '/workspace' },
  { name: 'tekton-internal-home', mountPath: '/tekton/home' },
  { name: 'tekton-internal-results', mountPath: RESULTS_FOLDER },
  { name: 'tekton-internal-steps', mountPath: STEPS_FOLDER },
];

const LONGEST_DEADLINE_SECONDS = 2 ** 31 - 1;

export function podName(run: TaskRun): string {
  const retries = run.status?.retriesStatus?.length ?? 0;
  return childName(run.metadata.name, retries > 0 ? `-pod-retry${retries}` : '-pod');
}

/**
 * `spec` is what `status.taskSpec` shows: everything it refers to stands in it. The entrypoint and
 * the Node that runs it come from `entrypointFolder`, so that the step's image needs neither.
 */
export function podDraft(run: TaskRun, spec: TaskSpec, entrypointFolder: string): DraftObject {
  const { namespace = '', name, uid, labels, annotations } = run.metadata;
  const { env = [], volumes = [], ...template } = run.spec.podTemplate ?? {};
  const steps = mergedSteps(spec);
  const mounts = workspaceMounts(spec, run);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(run),
      namespace,
      ownerReferences: [controllerRef(run)],
      labels: { ...labels, 'tekton.dev/taskRun': name, 'tekton.dev/taskRunUID': uid },
      ...annotated(inherited(annotations)),
    },
    spec: {
      ...template,
      restartPolicy: 'Never',
      activeDeadlineSeconds: deadlineSeconds(run),
      ...(run.spec.serviceAccountName && { serviceAccountName: run.spec.serviceAccountName }),
      containers: steps.map((step, index) => ({
        name: containerName(step, index),
        args: entrypointArguments(spec, steps, index),
        ...container(step, env),
        volumeMounts: [...MOUNTS, ...mounts, ...(step.volumeMounts ?? [])],
      })),
      volumes: [
        ...internalVolumes(entrypointFolder),
        ...(spec.volumes ?? []),
        ...volumes,
        ...workspaceVolumes(spec, run),
      ],
    },
  };
}

/** The pod may live half as long again as the TaskRun, so that the TaskRun ends it first. */
function deadlineSeconds(run: TaskRun): number {
  const timeoutMs = durationMs(run.spec.timeout) ?? 0;
  return timeoutMs > 0 ? Math.ceil((timeoutMs / 1000) * 1.5) : LONGEST_DEADLINE_SECONDS;
}

function internalVolumes(entrypointFolder: string): readonly object[] {
  return MOUNTS.map(({ name, mountPath }) =>
    mountPath === BIN_FOLDER
      ? {
          name,
          csi: { driver: NODE_FOLDER_DRIVER, volumeAttributes: { folder: entrypointFolder } },
        }
      : { name, emptyDir: {} },
  );
}

function container(step: Step, templateEnv: readonly EnvVar[]): object {
  const env = withOverrides(step.env ?? [], templateEnv);
  return {
    image: step.image,
    ...(step.imagePullPolicy && { imagePullPolicy: step.imagePullPolicy }),
    command: [`${BIN_FOLDER}/node`, `${BIN_FOLDER}/entrypoint.mjs`],
    ...(step.workingDir && { workingDir: step.workingDir }),
    ...(env.length > 0 && { env }),
    ...(step.envFrom && { envFrom: step.envFrom }),
    resources: step.computeResources ?? {},
    ...(step.securityContext && { securityContext: step.securityContext }),
    terminationMessagePath: TERMINATION_FILE,
    terminationMessagePolicy: 'File',
  };
}

/** Variables of the pod template win over those of the steps. */
function withOverrides(env: readonly EnvVar[], overrides: readonly EnvVar[]): readonly EnvVar[] {
  const overridden = new Set(overrides.map(({ name }) => name));
  return [...overrides, ...env.filter(({ name }) => !overridden.has(name))];
}
