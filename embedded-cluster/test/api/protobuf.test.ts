// Objects in protobuf, as a real kubectl sent them.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decodeProtobuf } from '../../kubernetes/api/protobuf/decode.ts';
import { bytesField, message } from '../../kubernetes/api/protobuf/wire.ts';
import { ADMIN_TOKEN, createTestApi } from './support.ts';

const recorded = JSON.parse(
  readFileSync(new URL('./recordings/protobuf.json', import.meta.url), 'utf8'),
);
const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

describe('a body in protobuf', () => {
  test('is the question whether one may patch Deployments', () => {
    expect(decodeProtobuf(bytes(recorded.review))).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: {
        resourceAttributes: {
          namespace: 'rec',
          verb: 'patch',
          group: 'apps',
          resource: 'deployments',
        },
      },
      status: {},
    });
  });

  test('is a Job made from a CronJob', () => {
    expect(decodeProtobuf(bytes(recorded.job))).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'once',
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [
          {
            apiVersion: 'batch/v1',
            kind: 'CronJob',
            name: 'recover',
            uid: 'c46d000f-65ee-41dc-a590-13536028aa60',
            controller: true,
          },
        ],
      },
      spec: {
        template: {
          metadata: {},
          spec: {
            containers: [
              {
                name: 'c',
                image: 'images.eg/node:20',
                command: ['node', '-e', 'console.log(1)'],
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'IfNotPresent',
              },
            ],
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: 30,
            dnsPolicy: 'ClusterFirst',
            securityContext: {},
            schedulerName: 'default-scheduler',
          },
        },
      },
      // Go cannot leave these out; creating a Job drops its status anyway.
      status: { active: 0, succeeded: 0, failed: 0 },
    });
  });

  test('creates what it describes', () => {
    const api = createTestApi();
    const response = api.front({
      method: 'POST',
      path: '/apis/batch/v1/namespaces/default/jobs?fieldManager=kubectl-create&fieldValidation=Strict',
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        accept: 'application/vnd.kubernetes.protobuf,application/json',
        'content-type': 'application/vnd.kubernetes.protobuf',
      },
      body: bytes(recorded.job),
    });
    expect(response.status).toBe(201);
    expect(response.headers['content-type']).toBe('application/json');
    const { body } = api.get('/apis/batch/v1/namespaces/default/jobs/once');
    expect(body.spec).toMatchObject({ backoffLimit: 6, completions: 1, parallelism: 1 });
  });

  test('with a field that is in no table is refused rather than read in part', () => {
    const type = message(bytesField(1, 'v1'), bytesField(2, 'ConfigMap'));
    const raw = bytesField(99, 'what is this');
    const body = message(Buffer.from('k8s\0'), bytesField(1, type), bytesField(2, raw));
    expect(() => decodeProtobuf(body)).toThrow('field 99 of ConfigMap is not known here');
  });

  test('that is none is refused', () => {
    expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('does not begin as protobuf');
  });
});
