/** The fields of a Task. */
import {
  computeResources,
  env,
  envFrom,
  pullPolicy,
  securityContext,
  volumeMounts,
  volumes,
} from './kubernetes-shapes.ts';
import {
  alpha,
  type Check,
  duration,
  fields,
  flag,
  flagged,
  listOf,
  mapOf,
  oneOf,
  paramValue,
  text,
  texts,
  unsupported,
} from './shape.ts';

const type = oneOf('string', 'array', 'object');

const properties = mapOf(fields({ type: oneOf('string') }));

export const paramSpecs = listOf(
  fields({
    'name!': text,
    type,
    description: text,
    default: paramValue,
    properties,
    enum: flagged('enable-param-enum', 'Enum'),
  }),
);

const container: Readonly<Record<string, Check>> = {
  image: text,
  imagePullPolicy: pullPolicy,
  command: texts,
  args: texts,
  workingDir: text,
  env,
  envFrom,
  volumeMounts,
  volumeDevices: unsupported('volumeDevices are'),
  computeResources,
  securityContext,
};

const step = fields({
  ...container,
  name: text,
  displayName: text,
  timeout: duration,
  onError: text,
  script: unsupported('script (use command) is'),
  ref: unsupported('StepActions are'),
  params: unsupported('params of a step are'),
  results: unsupported('results of a step are'),
  when: unsupported('when of a step is'),
  workspaces: unsupported('workspaces of a step are'),
  stdoutConfig: alpha('step stdout stream support'),
  stderrConfig: alpha('step stderr stream support'),
});

export const taskFields: Readonly<Record<string, Check>> = {
  displayName: text,
  description: text,
  params: paramSpecs,
  results: listOf(
    fields({
      'name!': text,
      type,
      description: text,
      properties,
      value: unsupported('values of results, which come from steps, are'),
    }),
  ),
  steps: listOf(step),
  stepTemplate: fields(container),
  sidecars: unsupported('sidecars are'),
  volumes,
  workspaces: listOf(
    fields({ 'name!': text, description: text, mountPath: text, readOnly: flag, optional: flag }),
  ),
};

export const taskSpec = fields({ ...taskFields, 'steps!': taskFields.steps ?? listOf(step) });
