/** The fields of a Pipeline. */
import {
  alpha,
  duration,
  fields,
  flag,
  flagged,
  listOf,
  oneOf,
  paramValue,
  text,
  textMap,
  texts,
  unsupported,
  whole,
} from './shape.ts';
import { paramSpecs, taskFields } from './task-shape.ts';

export const params = listOf(fields({ 'name!': text, 'value!': paramValue }));

export const taskRef = fields({
  'name!': text,
  kind: oneOf('Task'),
  apiVersion: unsupported('custom tasks are'),
  resolver: unsupported('resolvers are'),
  params: unsupported('resolvers are'),
});

const pipelineTask = fields({
  'name!': text,
  displayName: text,
  description: text,
  taskRef,
  taskSpec: fields({
    ...taskFields,
    metadata: fields({ labels: textMap, annotations: textMap }),
    apiVersion: unsupported('custom tasks are'),
    kind: unsupported('custom tasks are'),
    spec: unsupported('custom tasks are'),
  }),
  runAfter: texts,
  params,
  when: listOf(
    fields({
      'input!': text,
      'operator!': oneOf('in', 'notin'),
      'values!': texts,
      cel: flagged('enable-cel-in-whenexpression', 'CEL'),
    }),
  ),
  retries: whole,
  timeout: duration,
  onError: text,
  workspaces: listOf(fields({ 'name!': text, workspace: text, subPath: text })),
  matrix: unsupported('matrix is'),
  pipelineRef: alpha('pipelineRef'),
  pipelineSpec: alpha('pipelineSpec'),
});

export const pipelineSpec = fields({
  displayName: text,
  description: text,
  params: paramSpecs,
  tasks: listOf(pipelineTask),
  finally: listOf(pipelineTask),
  results: listOf(
    fields({
      'name!': text,
      type: oneOf('string', 'array', 'object'),
      description: text,
      'value!': paramValue,
    }),
  ),
  workspaces: listOf(fields({ 'name!': text, description: text, optional: flag })),
});
