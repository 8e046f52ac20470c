/** The fields of PipelineRuns and TaskRuns. */
import {
  claimSource,
  configMapSource,
  emptyDirSource,
  podTemplate,
  projectedSource,
  secretSource,
} from './kubernetes-shapes.ts';
import { params, pipelineSpec, taskRef } from './pipeline-shape.ts';
import {
  alpha,
  anything,
  duration,
  fields,
  listOf,
  oneOf,
  text,
  textMap,
  unsupported,
  whole,
} from './shape.ts';
import { taskSpec } from './task-shape.ts';

const workspaces = listOf(
  fields({
    'name!': text,
    subPath: text,
    emptyDir: emptyDirSource,
    configMap: configMapSource,
    secret: secretSource,
    projected: projectedSource,
    persistentVolumeClaim: claimSource,
    volumeClaimTemplate: fields({
      apiVersion: text,
      kind: text,
      metadata: anything,
      spec: anything,
      status: anything,
    }),
    csi: unsupported('csi volumes are'),
  }),
);

const resourcesOfSteps = unsupported('resources for the steps of single runs are');
const managedBy = unsupported('managedBy is');

export const pipelineRunSpec = fields({
  pipelineRef: fields({
    'name!': text,
    apiVersion: text,
    resolver: unsupported('resolvers are'),
    params: unsupported('resolvers are'),
    bundle: unsupported('bundles are'),
  }),
  pipelineSpec,
  params,
  status: oneOf('Cancelled', 'CancelledRunFinally', 'StoppedRunFinally', 'PipelineRunPending'),
  timeouts: fields({ pipeline: duration, tasks: duration, finally: duration }),
  timeout: unsupported('timeout beside timeouts is'),
  taskRunTemplate: fields({ serviceAccountName: text, podTemplate }),
  taskRunSpecs: listOf(
    fields({
      'pipelineTaskName!': text,
      serviceAccountName: text,
      podTemplate,
      metadata: fields({ labels: textMap, annotations: textMap }),
      timeout: duration,
      stepSpecs: resourcesOfSteps,
      sidecarSpecs: resourcesOfSteps,
      computeResources: resourcesOfSteps,
    }),
  ),
  workspaces,
  managedBy,
});

export const taskRunSpec = fields({
  taskRef,
  taskSpec,
  params,
  serviceAccountName: text,
  podTemplate,
  status: oneOf('TaskRunCancelled'),
  statusMessage: text,
  retries: whole,
  timeout: duration,
  workspaces,
  debug: alpha('debug'),
  stepSpecs: resourcesOfSteps,
  sidecarSpecs: resourcesOfSteps,
  computeResources: resourcesOfSteps,
  managedBy,
});
