// What the API says of itself, in the forms that old and new clients ask for.
import { describe, expect, test } from '@jest/globals';
import { createTestApi, type Loose } from './support.ts';

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const THINGS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const thing = {
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Thing', plural: 'things', shortNames: ['th'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          {
            name: 'Ready',
            type: 'string',
            jsonPath: '.status.conditions[?(@.type=="Ready")].status',
          },
          { name: 'Since', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
};

describe('discovery', () => {
  const api = createTestApi();

  test('tells the version', () => {
    expect(api.get('/version').body).toMatchObject({
      major: '1',
      minor: '36',
      gitVersion: 'v1.36.2',
    });
  });

  test.each(['/healthz', '/livez', '/readyz'])('%s is well', (path) => {
    expect(api.get(path)).toMatchObject({ status: 200, text: 'ok' });
    expect(api.get(`${path}?verbose`).text).toContain('check passed');
  });

  test('comes in one document to those who ask for it', () => {
    const answer = api.get('/apis', { headers: { accept: AGGREGATED } });
    expect(answer.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(answer.body.apiVersion).toBe('apidiscovery.k8s.io/v2');
    const apps = answer.body.items.find(({ metadata }: Loose) => metadata.name === 'apps');
    const [{ resources }] = apps.versions;
    expect(resources.find(({ resource }: Loose) => resource === 'deployments')).toEqual({
      resource: 'deployments',
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: [
        {
          subresource: 'status',
          responseKind: { group: '', version: '', kind: 'Deployment' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    });
  });

  test('comes group by group to the others', () => {
    expect(api.get('/api').body.versions).toEqual(['v1']);
    const groups = api.get('/apis').body.groups.map(({ name }: Loose) => name);
    expect(groups).toEqual(expect.arrayContaining(['apps', 'batch', 'tekton.dev']));
    expect(api.get('/apis/tekton.dev').body.preferredVersion.version).toBe('v1');
    const { resources } = api.get('/apis/tekton.dev/v1beta1').body;
    expect(resources.map(({ name }: Loose) => name)).toContain('pipelineruns/status');
  });

  test('of what is not there is not found', () => {
    expect(api.get('/apis/nowhere.example').status).toBe(404);
    expect(api.get('/nonsense').status).toBe(404);
  });
});

describe('a CustomResourceDefinition', () => {
  test('adds its kind, established at once, and takes it away with its objects', () => {
    const api = createTestApi();
    expect(api.get('/apis/example.com/v1/things').status).toBe(404);
    const { body } = api.post(THINGS, thing);
    expect(body.status.conditions.map(({ type, status }: Loose) => `${type}=${status}`)).toEqual([
      'NamesAccepted=True',
      'Established=True',
    ]);
    expect(
      api.post('/apis/example.com/v1/things', { metadata: { name: 't' }, spec: { size: 3 } })
        .status,
    ).toBe(201);
    expect(api.get('/apis/example.com/v1').body.resources[0]).toMatchObject({
      shortNames: ['th'],
      namespaced: false,
    });
    api.delete(`${THINGS}/things.example.com`);
    expect(api.get('/apis/example.com/v1/things').status).toBe(404);
    api.post(THINGS, thing);
    expect(api.get('/apis/example.com/v1/things').body.items).toEqual([]);
  });

  test('says what its table shows', () => {
    const api = createTestApi();
    api.post(THINGS, thing);
    api.post('/apis/example.com/v1/things', { metadata: { name: 't' }, spec: { size: 3 } });
    api.patch('/apis/example.com/v1/things/t/status', 'application/merge-patch+json', {
      status: {
        conditions: [
          { type: 'Other', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      },
    });
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const { rows } = api.get('/apis/example.com/v1/things', { headers }).body;
    expect(rows[0].cells).toEqual(['t', 3, 'True', '0s']);
  });

  test('must be named after what it defines', () => {
    const named = { ...thing, metadata: { name: 'other.example.com' } };
    expect(createTestApi().post(THINGS, named).status).toBe(422);
  });

  test('leaves the status to its subresource, and asks for a resourceVersion to replace', () => {
    const api = createTestApi();
    api.post(THINGS, thing);
    const path = '/apis/example.com/v1/things';
    const { body } = api.post(path, { metadata: { name: 't' }, spec: {}, status: { a: 1 } });
    expect(body.status).toBeUndefined();
    expect(api.put(`${path}/t`, { metadata: { name: 't' }, spec: {} }).status).toBe(422);
    const status = api.put(`${path}/t/status`, { ...body, spec: { size: 9 }, status: { a: 2 } });
    expect(status.body).toMatchObject({ spec: {}, status: { a: 2 } });
  });
});

describe('OpenAPI', () => {
  const api = createTestApi();

  test('v3 tells kubectl that writes can be tried and checked', () => {
    expect(Object.keys(api.get('/openapi/v3').body.paths)).toEqual(
      expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/tekton.dev/v1beta1']),
    );
    const { paths } = api.get('/openapi/v3/apis/apps/v1').body;
    const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(patch['x-kubernetes-group-version-kind']).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
    });
    expect(patch.parameters.map(({ name }: Loose) => name)).toEqual(
      expect.arrayContaining(['dryRun', 'fieldValidation']),
    );
  });

  test('v3 refers to no schema that it does not have', () => {
    const { schemas } = api.get('/openapi/v3/apis/apps/v1').body.components;
    const referred = [...JSON.stringify(schemas).matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
    expect(referred.length).toBeGreaterThan(50);
    for (const [, name] of referred) expect(schemas).toHaveProperty([name ?? '']);
  });

  test('v2 comes in protobuf', () => {
    const answer = api.get('/openapi/v2');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('x-kubernetes-group-version-kind');
  });
});
