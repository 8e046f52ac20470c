// A journal that is gone does not mean that nothing was changed: marks on workloads tell of it.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { RELEASE_ANNOTATION } from '../../../core/cluster/ownership.ts';
import { tracesOf } from '../../../core/journal/traces.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { APP, deployment, service } from '../support/objects.ts';

const BLUE = { app: APP, version: 'blue' };
const GREEN = { app: APP, version: 'green' };
const RUN = releaseId('run-1');

function workload(
  name: string,
  labels: Record<string, string>,
  mark?: string,
  ready = 3,
  replicas = 3,
): Deployment {
  const made = deployment(name, 'v1', labels);
  const annotations = mark === undefined ? {} : { [RELEASE_ANNOTATION]: mark };
  return {
    ...made,
    metadata: { ...made.metadata, annotations },
    spec: { ...made.spec, replicas },
    status: { ...made.status, readyReplicas: ready },
  };
}

describe('of a release without a journal', () => {
  test.each([
    ['no workload bears its mark', [workload('shop-blue', BLUE)]],
    ['a workload bears the mark of another', [workload('shop-blue', BLUE, 'run-0')]],
    ['a workload of another service bears it', [workload('ledger', { app: 'ledger' }, 'run-1')]],
  ])('nothing is left where %s', (_what, workloads) => {
    expect(tracesOf(RUN, service(BLUE), workloads).kind).toBe('none');
  });

  test('traffic goes back to the side that it has not marked, where all its pods are ready', () => {
    const traces = tracesOf(RUN, service(GREEN), [
      workload('shop-blue', BLUE),
      workload('shop-green', GREEN, 'run-1'),
    ]);
    expect(traces).toMatchObject({
      kind: 'turn',
      action: {
        text: `send service ${APP} to Deployment shop-blue, which this release has not marked`,
        effect: {
          operations: [
            { path: '/metadata/resourceVersion' },
            { path: '/spec/selector/version', value: 'blue' },
          ],
        },
      },
    });
  });

  test.each([
    ['the other side is gone', [workload('shop-green', GREEN, 'run-1')]],
    [
      'no pod of the other side is ready',
      [workload('shop-blue', BLUE, undefined, 0), workload('shop-green', GREEN, 'run-1')],
    ],
    [
      'the other side is at zero, and all of its none are ready',
      [workload('shop-blue', BLUE, undefined, 0, 0), workload('shop-green', GREEN, 'run-1')],
    ],
    ['it has replaced the pods in place', [workload('shop-blue', GREEN, 'run-1')]],
  ])('a person has to look where %s', (_what, workloads) => {
    expect(tracesOf(RUN, service(GREEN), workloads)).toMatchObject({
      kind: 'left',
      why: expect.stringMatching(/^the journal is gone, and Deployment shop-/),
    });
  });

  test('a person has to look where the candidate has no traffic yet', () => {
    const traces = tracesOf(RUN, service(BLUE), [
      workload('shop-blue', BLUE),
      workload('shop-green', GREEN, 'run-1'),
    ]);
    expect(traces.kind).toBe('left');
  });
});
