// v1beta1 and v1 say the same things in different places.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DraftObject } from '../../kubernetes/store/object.ts';
import {
  convertPipeline,
  convertPipelineRun,
  convertTask,
  convertTaskRun,
} from '../../tekton/conversion/convert.ts';

type Convert = (object: DraftObject, toVersion: string) => DraftObject;

function object(kind: string, version: string, parts: object): DraftObject {
  return { apiVersion: `tekton.dev/${version}`, kind, metadata: { name: 'x' }, ...parts };
}

const limits = { limits: { memory: '96Mi' } };
const oldStep = { name: 'a', image: 'b', resources: limits };
const newStep = { name: 'a', image: 'b', computeResources: limits };
const template = { nodeSelector: { disk: 'fast' } };

const pairs: [string, Convert, string, object, object][] = [
  [
    'the resources of steps',
    convertTask,
    'Task',
    { spec: { steps: [oldStep], stepTemplate: { resources: limits }, params: [] } },
    { spec: { steps: [newStep], stepTemplate: { computeResources: limits }, params: [] } },
  ],
  [
    'the resources of embedded steps',
    convertPipeline,
    'Pipeline',
    { spec: { tasks: [{ name: 't', taskSpec: { steps: [oldStep] } }], finally: [{ name: 'f' }] } },
    { spec: { tasks: [{ name: 't', taskSpec: { steps: [newStep] } }], finally: [{ name: 'f' }] } },
  ],
  [
    'what holds for all TaskRuns of a run',
    convertPipelineRun,
    'PipelineRun',
    { spec: { pipelineRef: { name: 'p' }, serviceAccountName: 's', podTemplate: template } },
    {
      spec: {
        pipelineRef: { name: 'p' },
        taskRunTemplate: { serviceAccountName: 's', podTemplate: template },
      },
    },
  ],
  [
    'what holds for single TaskRuns of a run',
    convertPipelineRun,
    'PipelineRun',
    {
      spec: {
        taskRunSpecs: [
          {
            pipelineTaskName: 't',
            taskServiceAccountName: 's',
            taskPodTemplate: template,
            stepOverrides: [{ name: 'a', resources: limits }],
          },
        ],
      },
    },
    {
      spec: {
        taskRunSpecs: [
          {
            pipelineTaskName: 't',
            serviceAccountName: 's',
            podTemplate: template,
            stepSpecs: [{ name: 'a', computeResources: limits }],
          },
        ],
      },
    },
  ],
  [
    'the Pipeline in a run, and the results of the run',
    convertPipelineRun,
    'PipelineRun',
    {
      spec: { pipelineSpec: { tasks: [{ name: 't', taskSpec: { steps: [oldStep] } }] } },
      status: { pipelineResults: [{ name: 'r', value: 'v' }], startTime: 'then' },
    },
    {
      spec: { pipelineSpec: { tasks: [{ name: 't', taskSpec: { steps: [newStep] } }] } },
      status: { results: [{ name: 'r', value: 'v' }], startTime: 'then' },
    },
  ],
  [
    'a TaskRun with its results, also of earlier attempts',
    convertTaskRun,
    'TaskRun',
    {
      spec: { taskSpec: { steps: [oldStep] }, serviceAccountName: 's', timeout: '1h0m0s' },
      status: { taskResults: [], retriesStatus: [{ taskResults: [{ name: 'r' }] }] },
    },
    {
      spec: { taskSpec: { steps: [newStep] }, serviceAccountName: 's', timeout: '1h0m0s' },
      status: { results: [], retriesStatus: [{ results: [{ name: 'r' }] }] },
    },
  ],
];

describe('from one version to the other and back', () => {
  test.each(pairs)('%s', (_what, convert, kind, beta, stable) => {
    const inBeta = object(kind, 'v1beta1', beta);
    const inStable = object(kind, 'v1', stable);
    expect(convert(inBeta, 'v1')).toEqual(inStable);
    expect(convert(inStable, 'v1beta1')).toEqual(inBeta);
  });

  test('a run as the real webhook has converted it', () => {
    const file = join(import.meta.dirname, 'recordings/conversion.json');
    const { v1, v1beta1 } = JSON.parse(readFileSync(file, 'utf8'));
    expect(convertPipelineRun(v1, 'v1beta1')).toEqual(v1beta1);
    expect(convertPipelineRun(v1beta1, 'v1')).toEqual(v1);
  });
});

describe('what v1 no longer has', () => {
  test('a single timeout becomes that of the whole run', () => {
    const run = object('PipelineRun', 'v1beta1', { spec: { timeout: '10m' } });
    expect(convertPipelineRun(run, 'v1').spec).toEqual({ timeouts: { pipeline: '10m' } });
  });

  test('a timeout beside timeouts stays, for admission to refuse', () => {
    const spec = { timeout: '10m', timeouts: { tasks: '5m' } };
    expect(convertPipelineRun(object('PipelineRun', 'v1beta1', { spec }), 'v1').spec).toEqual(spec);
  });

  test('an unknown field stays, for admission to refuse', () => {
    const spec = { resources: { inputs: [] }, steps: [] };
    expect(convertTask(object('Task', 'v1beta1', { spec }), 'v1').spec).toEqual(spec);
  });
});
