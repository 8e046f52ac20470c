// Server-side apply: who owns what, who may change it, and what goes when nobody wants it any more.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { CONFIG_MAPS } from '../../kubernetes/kinds/core/core.ts';
import { type Answer, createTestApi, type Loose, type TestApi } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);
const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/payment-service';
const APPLY = 'application/apply-patch+yaml';

let api: TestApi;
beforeEach(() => {
  api = createTestApi();
});

const applyMap = (manager: string, data: object, query = ''): Answer =>
  api.patch(`${MAPS}/m?fieldManager=${manager}${query}`, APPLY, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'm' },
    data,
  });
const applyDeployment = (manager: string, spec: object, query = ''): Answer =>
  api.patch(`${DEPLOYMENT}?fieldManager=${manager}${query}`, APPLY, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'payment-service' },
    spec,
  });
const ownersOf = (object: Loose): object =>
  Object.fromEntries(
    object.metadata.managedFields.map(({ manager, operation, subresource, fieldsV1 }: Loose) => [
      [operation, manager, subresource].filter((part) => part !== undefined).join(' '),
      fieldsV1,
    ]),
  );

describe('apply', () => {
  test('creates what is not there, and owns what it says', () => {
    const answer = applyMap('me', { a: '1' });
    expect(answer.status).toBe(201);
    expect(ownersOf(answer.body)).toEqual({ 'Apply me': { 'f:data': { 'f:a': {} } } });
  });

  test('of the same again changes nothing', () => {
    const { body } = applyMap('me', { a: '1' });
    const again = applyMap('me', { a: '1' });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(body);
  });

  test('adds and changes what is its own, and removes what it no longer says', () => {
    applyMap('me', { a: '1', b: '2' });
    expect(applyMap('me', { b: '3', c: '4' }).body.data).toEqual({ b: '3', c: '4' });
  });

  test('leaves what others own', () => {
    applyMap('me', { a: '1' });
    api.patch(`${MAPS}/m?fieldManager=you`, 'application/merge-patch+json', { data: { b: '2' } });
    expect(applyMap('me', { c: '3' }).body.data).toEqual({ b: '2', c: '3' });
  });

  test('against another owner is refused, and says who and where', () => {
    applyMap('me', { a: '1' });
    const answer = applyMap('you', { a: '2' });
    expect(answer.status).toBe(409);
    expect(answer.body.message).toBe('Apply failed with 1 conflict: conflict with "me": .data.a');
    expect(answer.body.details.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.data.a' },
    ]);
    expect(api.get(`${MAPS}/m`).body.data).toEqual({ a: '1' });
  });

  test('against another owner by force takes the field over', () => {
    applyMap('me', { a: '1', b: '1' });
    const { body } = applyMap('you', { a: '2' }, '&force=true');
    expect(body.data).toEqual({ a: '2', b: '1' });
    expect(ownersOf(body)).toEqual({
      'Apply me': { 'f:data': { 'f:b': {} } },
      'Apply you': { 'f:data': { 'f:a': {} } },
    });
  });

  test('of the same value shares the field, which stays as long as one wants it', () => {
    applyMap('me', { a: '1' });
    expect(applyMap('you', { a: '1' }).status).toBe(200);
    expect(applyMap('me', { b: '1' }).body.data).toEqual({ a: '1', b: '1' });
    expect(applyMap('you', { b: '1' }).body.data).toEqual({ b: '1' });
  });

  test('loses a field to whoever writes it otherwise', () => {
    applyMap('me', { a: '1' });
    const path = `${MAPS}/m?fieldManager=you`;
    const { body } = api.patch(path, 'application/merge-patch+json', { data: { a: '2' } });
    expect(ownersOf(body)).toEqual({ 'Update you': { 'f:data': { 'f:a': {} } } });
  });

  test('as a dry run tells of conflicts and keeps nothing', () => {
    applyMap('me', { a: '1' });
    expect(applyMap('you', { a: '2' }, '&dryRun=All').status).toBe(409);
    expect(applyMap('me', { a: '3' }, '&dryRun=All').body.data).toEqual({ a: '3' });
    expect(api.get(`${MAPS}/m`).body.data).toEqual({ a: '1' });
  });

  test('does not take what was there before without a word', () => {
    const draft = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'default' },
    };
    api.world.objects.create(CONFIG_MAPS, { ...draft, data: { a: '1', b: '1' } });
    expect(applyMap('me', { a: '2' }).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
    expect(applyMap('me', { a: '1' }).body.data).toEqual({ a: '1', b: '1' });
  });

  test('needs to be told who applies', () => {
    expect(api.patch(`${MAPS}/m`, APPLY, {}).status).toBe(422);
  });

  test('reads YAML as well', () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: "1"\n';
    expect(api.patch(`${MAPS}/m?fieldManager=me`, APPLY, yaml).body.data).toEqual({ a: '1' });
  });
});

describe('apply of a Deployment', () => {
  const replicas = (count: number): object => ({ ...sent.spec, replicas: count });

  test('owns lists by the keys of their items, and no defaults', () => {
    const { body } = applyDeployment('me', sent.spec);
    expect(ownersOf(body)).toEqual({
      'Apply me': {
        'f:spec': {
          'f:progressDeadlineSeconds': {},
          'f:replicas': {},
          'f:selector': {},
          'f:template': {
            'f:metadata': { 'f:labels': { 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"app"}': {
                  '.': {},
                  'f:command': {},
                  'f:env': { 'k:{"name":"VERSION"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                  'f:image': {},
                  'f:lifecycle': { 'f:preStop': { 'f:sleep': { 'f:seconds': {} } } },
                  'f:name': {},
                  'f:ports': {
                    'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                  },
                  'f:readinessProbe': {
                    'f:httpGet': { 'f:path': {}, 'f:port': {} },
                    'f:periodSeconds': {},
                  },
                  'f:volumeMounts': {
                    'k:{"mountPath":"/c"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} },
                  },
                },
              },
              'f:terminationGracePeriodSeconds': {},
              'f:volumes': {
                'k:{"name":"c"}': { '.': {}, 'f:configMap': { 'f:name': {} }, 'f:name': {} },
              },
            },
          },
        },
      },
    });
  });

  test('that says nothing of replicas leaves them to the autoscaler', () => {
    const { replicas: _unsaid, ...rest } = sent.spec;
    applyDeployment('me', rest);
    api.patch(`${DEPLOYMENT}/scale?fieldManager=autoscaler`, 'application/merge-patch+json', {
      spec: { replicas: 7 },
    });
    const { body } = applyDeployment('me', rest);
    expect(body.spec.replicas).toBe(7);
    expect(ownersOf(body)).toHaveProperty(['Update autoscaler scale'], {
      'f:spec': { 'f:replicas': {} },
    });
    const fought = applyDeployment('me', replicas(2));
    expect(fought.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "autoscaler" with subresource "scale" using apps/v1 at 2026-11-21T06:00:00Z: .spec.replicas',
    );
  });

  test('adds a variable beside those of others and takes only its own away', () => {
    applyDeployment('me', sent.spec);
    const variable = { name: 'EXTRA', value: '1' };
    const extra = {
      template: { spec: { containers: [{ name: 'app', env: [variable] }] } },
    };
    const both = applyDeployment('you', extra).body;
    expect(both.spec.template.spec.containers[0].env).toEqual([
      ...sent.spec.template.spec.containers[0].env,
      variable,
    ]);
    const left = applyDeployment('you', {
      template: { spec: { containers: [{ name: 'app' }] } },
    }).body;
    expect(left.spec.template.spec.containers[0].env).toEqual(
      sent.spec.template.spec.containers[0].env,
    );
  });

  test('counts as a change of the spec only where it is one', () => {
    applyDeployment('me', sent.spec);
    expect(applyDeployment('me', sent.spec).body.metadata.generation).toBe(1);
    expect(applyDeployment('me', replicas(4)).body.metadata.generation).toBe(2);
  });

  test('takes over from client-side apply as kubectl does it', () => {
    api.post(
      `${DEPLOYMENT.replace('/payment-service', '')}?fieldManager=kubectl-client-side-apply`,
      sent,
    );
    const { body } = applyDeployment('kubectl', sent.spec, '&force=true');
    const merged = body.metadata.managedFields.filter(
      ({ operation }: Loose) => operation === 'Apply',
    );
    const { resourceVersion } = body.metadata;
    const migrated = api.patch(
      `${DEPLOYMENT}?fieldManager=kubectl`,
      'application/json-patch+json',
      [
        { op: 'replace', path: '/metadata/managedFields', value: merged },
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ],
    );
    expect(migrated.status).toBe(200);
    expect(Object.keys(ownersOf(migrated.body))).toEqual(['Apply kubectl']);
    const { env: _gone, ...container } = sent.spec.template.spec.containers[0];
    const template = {
      ...sent.spec.template,
      spec: { ...sent.spec.template.spec, containers: [container] },
    };
    const after = applyDeployment('kubectl', { ...sent.spec, template }, '&force=true').body;
    expect(after.spec.template.spec.containers[0].env).toBeUndefined();
  });
});

describe('apply of a custom object', () => {
  const ROUTE = '/apis/routes.example.com/v1/namespaces/default/httproutes/shop';
  const definition = {
    metadata: { name: 'httproutes.routes.example.com' },
    spec: {
      group: 'routes.example.com',
      scope: 'Namespaced',
      names: { kind: 'HTTPRoute', plural: 'httproutes' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    hostnames: {
                      type: 'array',
                      items: { type: 'string' },
                      'x-kubernetes-list-type': 'set',
                    },
                    rules: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['name'],
                      items: {
                        type: 'object',
                        properties: {
                          name: { type: 'string' },
                          timeout: { type: 'string' },
                          backendRefs: {
                            type: 'array',
                            items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                          },
                        },
                      },
                    },
                  },
                },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
    },
  };
  const backends = (stable: number, candidate: number): object[] => [
    { name: 'shop-stable', weight: stable },
    { name: 'shop-canary', weight: candidate },
  ];
  const applyRoute = (manager: string, spec: object, query = ''): Answer =>
    api.patch(`${ROUTE}?fieldManager=${manager}${query}`, APPLY, {
      apiVersion: 'routes.example.com/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'shop' },
      spec,
    });

  beforeEach(() => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect(api.post(path, definition).status).toBe(201);
    applyRoute('owner', { hostnames: ['a.example'], rules: [{ name: 'main', timeout: '5s' }] });
  });

  test('merges lists as its schema says', () => {
    const rule = { name: 'main', backendRefs: backends(90, 10) };
    const { body } = applyRoute('release', { hostnames: ['b.example'], rules: [rule] });
    expect(body.spec).toEqual({
      hostnames: ['a.example', 'b.example'],
      rules: [{ name: 'main', timeout: '5s', backendRefs: backends(90, 10) }],
    });
  });

  test('owns a list without identity as a whole', () => {
    applyRoute('release', { rules: [{ name: 'main', backendRefs: backends(90, 10) }] });
    const other = applyRoute('other', { rules: [{ name: 'main', backendRefs: backends(50, 50) }] });
    expect(other.status).toBe(409);
    expect(other.body.message).toContain('.spec.rules[name="main"].backendRefs');
  });

  test('leaves out what its schema does not have', () => {
    const answer = applyRoute('release', { hostname: ['typo'] }, '&fieldValidation=Strict');
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBe('strict decoding error: unknown field "spec.hostname"');
  });
});
