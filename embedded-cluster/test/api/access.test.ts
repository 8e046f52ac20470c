// Who calls, and what they may do.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { serviceAccountUser } from '../../kubernetes/api/access/user.ts';
import { createTestApi, type Loose, type TestApi } from './support.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SHOP = '/namespaces/shop';

let api: TestApi;
let token: string;

beforeEach(() => {
  api = createTestApi();
  api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  api.post(`/api/v1${SHOP}/serviceaccounts`, { metadata: { name: 'deployer' } });
  token = tokenOf('deployer');
});

function tokenOf(name: string): string {
  const answer = api.post(`/api/v1${SHOP}/serviceaccounts/${name}/token`, { spec: {} });
  return answer.body.status.token;
}

function grant(
  rules: object[],
  subject: object = { kind: 'ServiceAccount', name: 'deployer', namespace: 'shop' },
): void {
  expect(api.post(`${RBAC}${SHOP}/roles`, { metadata: { name: 'r' }, rules }).status).toBe(201);
  const roleRef = { kind: 'Role', name: 'r' };
  const binding = { metadata: { name: 'b' }, roleRef, subjects: [subject] };
  expect(api.post(`${RBAC}${SHOP}/rolebindings`, binding).status).toBe(201);
}

describe('a token', () => {
  test('that nobody gave out is refused', () => {
    const { status, body } = api.get('/version', { token: 'made.up.token' });
    expect(status).toBe(401);
    expect(body).toMatchObject({ reason: 'Unauthorized', message: 'Unauthorized' });
  });

  test('that is missing is refused', () => {
    expect(api.get('/version', { headers: { authorization: '' } }).status).toBe(401);
  });

  test('ends when it was said to end', async () => {
    expect(api.get('/version', { token }).status).toBe(200);
    await api.clock.advanceTo(api.clock.now() + 3_600_000);
    expect(api.get('/version', { token }).status).toBe(401);
  });

  test('ends with its ServiceAccount', () => {
    api.delete(`/api/v1${SHOP}/serviceaccounts/deployer`);
    expect(api.get('/version', { token }).status).toBe(401);
  });

  test('cannot be asked for less than ten minutes', () => {
    const path = `/api/v1${SHOP}/serviceaccounts/deployer/token`;
    expect(api.post(path, { spec: { expirationSeconds: 60 } }).status).toBe(422);
  });

  test('that is meant for somebody else is refused, and known to whoever it is meant for', () => {
    const spec = { audiences: ['vault'] };
    const asked = api.post(`/api/v1${SHOP}/serviceaccounts/deployer/token`, { spec });
    const { token: forVault } = asked.body.status;
    expect(api.get('/version', { token: forVault }).status).toBe(401);
    const review = (audiences: string[]) =>
      api.post('/apis/authentication.k8s.io/v1/tokenreviews', {
        spec: { token: forVault, audiences },
      }).body.status;
    expect(review(['vault'])).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'system:serviceaccount:shop:deployer' },
    });
    expect(review(['other']).authenticated).toBeUndefined();
  });

  describe('that is bound to a pod', () => {
    const path = `/api/v1${SHOP}/serviceaccounts/deployer/token`;
    const containers = [{ name: 'app', image: 'node:20' }];
    let bound: string;
    let uid: string;

    beforeEach(() => {
      const spec = { serviceAccountName: 'deployer', containers };
      const pod = api.post(`/api/v1${SHOP}/pods`, { metadata: { name: 'p' }, spec });
      uid = pod.body.metadata.uid;
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p', uid };
      bound = api.post(path, { spec: { boundObjectRef } }).body.status.token;
    });

    test('says so to whoever asks the API who it is', () => {
      const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      expect(api.post(review, {}, { token: bound }).body.status.userInfo.extra).toMatchObject({
        'authentication.kubernetes.io/pod-name': ['p'],
        'authentication.kubernetes.io/pod-uid': [uid],
      });
    });

    test('ends with it, and is not that of a pod which has its name later', () => {
      expect(api.get('/version', { token: bound }).status).toBe(200);
      api.delete(`/api/v1${SHOP}/pods/p`, { gracePeriodSeconds: 0 });
      expect(api.get('/version', { token: bound }).status).toBe(401);
      const spec = { serviceAccountName: 'deployer', containers };
      api.post(`/api/v1${SHOP}/pods`, { metadata: { name: 'p' }, spec });
      expect(api.get('/version', { token: bound }).status).toBe(401);
    });

    test('is not given out for the pod of another account, or for one that is gone', () => {
      api.post(`/api/v1${SHOP}/serviceaccounts`, { metadata: { name: 'other' } });
      const spec = { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } };
      const other = api.post(`/api/v1${SHOP}/serviceaccounts/other/token`, { spec });
      expect([other.status, other.body.message]).toEqual([
        400,
        'cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
      ]);
      const gone = { boundObjectRef: { ...spec.boundObjectRef, uid: 'before' } };
      expect(api.post(path, { spec: gone }).status).toBe(409);
    });
  });

  test('is written into the Secrets that ask for one, and ends with them', () => {
    const secrets = `/api/v1${SHOP}/secrets`;
    api.post(secrets, {
      metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'deployer' } },
      type: 'kubernetes.io/service-account-token',
    });
    const { data } = api.get(`${secrets}/t`).body;
    const text = (key: string): string => Buffer.from(data[key], 'base64').toString();
    expect(text('namespace')).toBe('shop');
    expect(text('ca.crt')).toBe('the CA');
    expect(api.get('/version', { token: text('token') }).status).toBe(200);
    api.delete(`${secrets}/t`);
    expect(api.get('/version', { token: text('token') }).status).toBe(401);
  });
});

describe('a ServiceAccount', () => {
  test('may find out what there is, and nothing else', () => {
    for (const path of ['/version', '/api', '/apis', '/apis/apps/v1', '/healthz', '/openapi/v3']) {
      expect([path, api.get(path, { token }).status]).toEqual([path, 200]);
    }
    expect(api.get('/metrics', { token }).body.message).toBe(
      'forbidden: User "system:serviceaccount:shop:deployer" cannot get path "/metrics"',
    );
  });

  test.each([
    [
      'GET',
      '/apis/apps/v1/namespaces/shop/deployments/d',
      'deployments.apps "d" is forbidden: User "system:serviceaccount:shop:deployer" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
    ],
    [
      'GET',
      '/api/v1/namespaces/shop/pods',
      'pods is forbidden: User "system:serviceaccount:shop:deployer" cannot list resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      'GET',
      '/api/v1/namespaces/shop/pods?watch=true',
      'pods is forbidden: User "system:serviceaccount:shop:deployer" cannot watch resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      'GET',
      '/api/v1/namespaces/shop/pods/p/log',
      'pods "p" is forbidden: User "system:serviceaccount:shop:deployer" cannot get resource "pods/log" in API group "" in the namespace "shop"',
    ],
    [
      'GET',
      '/api/v1/nodes',
      'nodes is forbidden: User "system:serviceaccount:shop:deployer" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'DELETE',
      '/api/v1/namespaces/shop/pods',
      'pods is forbidden: User "system:serviceaccount:shop:deployer" cannot deletecollection resource "pods" in API group "" in the namespace "shop"',
    ],
  ])('without a grant is refused %s %s', (method, path, message) => {
    const answer = api.call(method, path, undefined, { token });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ reason: 'Forbidden', message });
  });

  test('may do what its Role grants, there and nowhere else', () => {
    grant([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }]);
    expect(api.get(`/api/v1${SHOP}/configmaps`, { token }).status).toBe(200);
    expect(api.get('/api/v1/namespaces/default/configmaps', { token }).status).toBe(403);
    expect(api.delete(`/api/v1${SHOP}/configmaps/x`, undefined, { token }).status).toBe(403);
  });

  test('may touch only the names that a rule names', () => {
    grant([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'], resourceNames: ['a'] },
    ]);
    expect(api.get(`/api/v1${SHOP}/configmaps/a`, { token }).status).toBe(404);
    expect(api.get(`/api/v1${SHOP}/configmaps/b`, { token }).status).toBe(403);
    expect(api.get(`/api/v1${SHOP}/configmaps`, { token }).status).toBe(403);
    const one = `/api/v1${SHOP}/configmaps?fieldSelector=metadata.name%3Da`;
    expect(api.get(one, { token }).status).toBe(200);
  });

  test('needs a grant of its own for a subresource', () => {
    grant([{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] }]);
    const path = `/apis/apps/v1${SHOP}/deployments/d`;
    expect(api.get(path, { token }).status).toBe(404);
    expect(api.get(`${path}/scale`, { token }).status).toBe(403);
  });

  test('is granted one subresource of everything by a star', () => {
    grant([{ apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] }]);
    const path = `/apis/apps/v1${SHOP}/deployments/d`;
    expect(api.get(`${path}/scale`, { token }).status).toBe(404);
    expect(api.get(path, { token }).status).toBe(403);
  });

  test('is reached through its groups, and everywhere through a ClusterRoleBinding', () => {
    const rules = [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }];
    api.post(`${RBAC}/clusterroles`, { metadata: { name: 'c' }, rules });
    api.post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'c' },
      roleRef: { kind: 'ClusterRole', name: 'c' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:shop' }],
    });
    expect(api.get('/api/v1/nodes', { token }).status).toBe(200);
  });

  test('of the namespace of a RoleBinding need not be named with it', () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    grant(rules, { kind: 'ServiceAccount', name: 'deployer' });
    expect(api.get(`/api/v1${SHOP}/configmaps`, { token }).status).toBe(200);
    const elsewhere = api.post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'c' },
      roleRef: { kind: 'ClusterRole', name: 'c' },
      subjects: [{ kind: 'ServiceAccount', name: 'deployer' }],
    });
    expect(elsewhere.status).toBe(422);
  });

  test('loses a grant with its binding', () => {
    grant([{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
    api.delete(`${RBAC}${SHOP}/rolebindings/b`);
    expect(api.get(`/api/v1${SHOP}/configmaps`, { token }).status).toBe(403);
  });

  test('is told where a binding names a role that is not there', () => {
    grant([]);
    api.delete(`${RBAC}${SHOP}/roles/r`);
    expect(api.get(`/api/v1${SHOP}/configmaps`, { token }).body.message).toContain(
      ': RBAC: role.rbac.authorization.k8s.io "r" not found',
    );
  });
});

describe('acting as another', () => {
  const as = (name: string): object => ({ headers: { 'impersonate-user': name } });
  const deployer = 'system:serviceaccount:shop:deployer';

  test('gives the admin what that user has', () => {
    expect(api.get(`/api/v1${SHOP}/configmaps`, as(deployer)).status).toBe(403);
    grant([{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
    expect(api.get(`/api/v1${SHOP}/configmaps`, as(deployer)).status).toBe(200);
  });

  test('brings the groups that are named', () => {
    const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'a, system:masters' };
    expect(api.get('/api/v1/nodes', { headers }).status).toBe(200);
  });

  test('is not for everybody', () => {
    const answer = api.get('/api/v1/nodes', { token, headers: { 'impersonate-user': 'jane' } });
    expect(answer.status).toBe(403);
    expect(answer.body.message).toContain('cannot impersonate resource "users"');
  });
});

describe('a review', () => {
  const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
  const attributes = { namespace: 'shop', verb: 'patch', group: 'apps', resource: 'deployments' };
  const allowed = (): Loose =>
    api.post(
      `${AUTHORIZATION}/selfsubjectaccessreviews`,
      { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: attributes } },
      { token },
    ).body.status.allowed;

  test('tells who asks what it may do', () => {
    expect(allowed()).toBe(false);
    grant([{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }]);
    expect(allowed()).toBe(true);
  });

  test('tells the admin what another may do', () => {
    grant([{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }]);
    const { name: user, groups } = serviceAccountUser('shop', 'deployer');
    const spec = { user, groups, resourceAttributes: attributes };
    const { body } = api.post(`${AUTHORIZATION}/subjectaccessreviews`, { spec });
    expect(body.status).toEqual({ allowed: true, reason: 'RBAC: allowed by Role/shop/r' });
  });

  test('lists all rules', () => {
    const rule = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] };
    grant([rule]);
    const path = `${AUTHORIZATION}/selfsubjectrulesreviews`;
    const { body } = api.post(path, { spec: { namespace: 'shop' } }, { token });
    expect(body.status.resourceRules).toContainEqual(rule);
    expect(
      body.status.nonResourceRules.flatMap(({ nonResourceURLs }: Loose) => nonResourceURLs),
    ).toContain('/version');
  });

  test('is not stored', () => {
    allowed();
    expect(api.get(`${AUTHORIZATION}/selfsubjectaccessreviews`).status).toBe(405);
  });
});

test('every decided call is told, with the rule that granted it', () => {
  const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };
  grant([rule]);
  api.calls.length = 0;
  api.get(`/api/v1${SHOP}/configmaps`, { token });
  api.get(`/api/v1${SHOP}/configmaps/x`, { token });
  expect(api.calls).toEqual([
    {
      user: 'system:serviceaccount:shop:deployer',
      attributes: expect.objectContaining({
        verb: 'list',
        group: '',
        resource: 'configmaps',
        namespace: 'shop',
      }),
      granted: { role: 'Role/shop/r', rule },
    },
    {
      user: 'system:serviceaccount:shop:deployer',
      attributes: expect.objectContaining({ verb: 'get', resource: 'configmaps', name: 'x' }),
      granted: undefined,
    },
  ]);
});
