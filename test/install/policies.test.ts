// What a cluster's administrator may put in force beside the rights: tried as the accounts themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { apply, parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import {
  CLUSTER_ROLES,
  ROLE_BINDINGS,
} from '../../embedded-cluster/kubernetes/kinds/access/rbac.ts';
import {
  ADMIN_TOKEN,
  createTestApi,
  type TestApi,
} from '../../embedded-cluster/test/api/support.ts';
import { ROOT } from '../e2e/support/world.ts';
import { yamlOf } from './support.ts';

const PODS = '/api/v1/namespaces/default/pods';
const TASK_RUNS = '/apis/tekton.dev/v1/namespaces/default/taskruns';
const POD = {
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'app', image: 'node:20', resources: {} }] },
};

let api: TestApi;

beforeEach(() => {
  api = createTestApi();
  for (const path of yamlOf('manifests/policies/kustomization.yaml').resources)
    install(`manifests/policies/${path}`);
});

function install(path: string): void {
  for (const object of parseManifests(readFileSync(join(ROOT, path), 'utf8'))) {
    apply({ front: api.front, adminToken: ADMIN_TOKEN }, object, 'default');
  }
}

function tokenOf(account: string): string {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
  return api.post(path, { spec: {} }).body.status.token;
}

describe('zero-downtime-dry-run-only', () => {
  test('lets pre-validation try what a release would make, and make nothing', () => {
    install('manifests/rbac/pre-validation.yaml');
    const token = tokenOf('zero-downtime-pre-validation');
    expect(api.post(`${PODS}?dryRun=All`, POD, { token }).status).toBe(201);
    const refused = api.post(PODS, POD, { token });
    expect([refused.status, refused.body.message]).toEqual([
      403,
      `pods "p" is forbidden: ValidatingAdmissionPolicy 'zero-downtime-dry-run-only' with binding ` +
        `'zero-downtime-dry-run-only' denied request: pre-validation may try what a release would make, and make nothing`,
    ]);
    expect(api.get(`${PODS}/p`).status).toBe(404);
  });

  test('says nothing to anybody else', () => {
    install('manifests/rbac/deploy.yaml');
    const token = tokenOf('zero-downtime-deploy');
    const path = '/api/v1/namespaces/default/configmaps';
    expect(api.post(path, { metadata: { name: 'c' } }, { token }).status).toBe(201);
    expect(api.post(PODS, POD).status).toBe(201);
  });
});

describe('zero-downtime-by-is-caller', () => {
  const caller = 'system:serviceaccount:default:ada';
  let token: string;

  beforeEach(() => {
    api.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'ada' } });
    const rules = [{ apiGroups: ['tekton.dev'], resources: ['taskruns'], verbs: ['create'] }];
    const type = 'rbac.authorization.k8s.io';
    api.world.objects.create(CLUSTER_ROLES, {
      apiVersion: `${type}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'runs' },
      rules,
    });
    api.world.objects.create(ROLE_BINDINGS, {
      apiVersion: `${type}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'runs', namespace: 'default' },
      roleRef: { apiGroup: type, kind: 'ClusterRole', name: 'runs' },
      subjects: [{ kind: 'ServiceAccount', name: 'ada', namespace: 'default' }],
    });
    token = tokenOf('ada');
  });

  const order = (task: string, params?: object[]) =>
    api.post(
      TASK_RUNS,
      { metadata: { generateName: 'r-' }, spec: { taskRef: { name: task }, params } },
      { token },
    );

  test.each([
    ['the name that the API server knows', [{ name: 'by', value: caller }]],
    ['left out', [{ name: 'service-name', value: 'shop' }]],
    ['left out with all other params', undefined],
  ])('takes an order whose `by` is %s', (_what, params) => {
    expect(order('zero-downtime-abort', params).status).toBe(201);
  });

  test('refuses an order in the name of somebody else', () => {
    const refused = order('zero-downtime-abort', [{ name: 'by', value: 'grace' }]);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      expect.stringMatching(/denied request: the param "by" is not the name that/),
    ]);
  });

  test("leaves others' TaskRuns alone", () => {
    expect(order('build', [{ name: 'by', value: 'grace' }]).status).toBe(201);
  });
});
