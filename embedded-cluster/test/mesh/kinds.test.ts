// The kinds of Istio and of the Gateway API, held against models that were made from the real ones.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Gateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { GatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { DestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import { VirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService';
import { parseManifests } from '../../cluster/manifests.ts';
import { createTestApi, type Loose, type TestApi } from '../api/support.ts';

const MODELS: Readonly<Record<string, new (data: Loose) => { validate(): void }>> = {
  VirtualService,
  DestinationRule,
  GatewayClass,
  Gateway,
  HTTPRoute,
};
const PLACES: Readonly<Record<string, string>> = {
  VirtualService: '/apis/networking.istio.io/v1/namespaces/default/virtualservices',
  DestinationRule: '/apis/networking.istio.io/v1/namespaces/default/destinationrules',
  GatewayClass: '/apis/gateway.networking.k8s.io/v1/gatewayclasses',
  Gateway: '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways',
  HTTPRoute: '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes',
};

function of(kind: string, spec: unknown): Loose {
  const apiVersion = (PLACES[kind] ?? '').split('/').slice(2, 4).join('/');
  return { apiVersion, kind, metadata: { name: 'shop' }, spec };
}

function place(kind: string): string {
  return PLACES[kind] ?? '';
}

/** Whether the model has nothing against it. */
function modelTakes(object: Loose): boolean {
  const Model = MODELS[object.kind];
  if (!Model) throw new Error(`no model of ${object.kind}`);
  try {
    new Model(object).validate();
    return true;
  } catch {
    return false;
  }
}

const WEIGHTED = of('VirtualService', {
  hosts: ['shop'],
  http: [
    {
      match: [{ headers: { canary: { exact: 'yes' } } }],
      route: [{ destination: { host: 'shop', subset: 'green' } }],
    },
    {
      retries: { attempts: 3, perTryTimeout: '2s' },
      timeout: '5s',
      route: [
        { destination: { host: 'shop', subset: 'blue', port: { number: 80 } }, weight: 90 },
        { destination: { host: 'shop', subset: 'green', port: { number: 80 } }, weight: 10 },
      ],
    },
  ],
});
const SUBSETS = of('DestinationRule', {
  host: 'shop',
  trafficPolicy: {
    loadBalancer: { simple: 'LEAST_REQUEST' },
    outlierDetection: { consecutive5xxErrors: 5, interval: '10s' },
  },
  subsets: [
    { name: 'blue', labels: { version: 'blue' } },
    { name: 'green', labels: { version: 'green' } },
  ],
});
const CLASS = of('GatewayClass', { controllerName: 'example.com/gateway' });
const GATEWAY = of('Gateway', {
  gatewayClassName: 'shop',
  listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
});
const ROUTE = of('HTTPRoute', {
  parentRefs: [{ name: 'shop' }],
  hostnames: ['shop.example.com'],
  rules: [
    {
      matches: [
        { path: { type: 'PathPrefix', value: '/pay' }, headers: [{ name: 'a', value: 'b' }] },
      ],
      backendRefs: [
        { name: 'blue', port: 80, weight: 90 },
        { name: 'green', port: 80, weight: 10 },
      ],
    },
  ],
});

/** `object` without the field at `path`, and everything else as it was. */
function without(object: Loose, path: string): Loose {
  const copy = structuredClone(object);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((value, step) => value[step], copy);
  delete parent[last];
  return copy;
}

describe.each([
  ['VirtualService', WEIGHTED],
  ['DestinationRule', SUBSETS],
  ['GatewayClass', CLASS],
  ['Gateway', GATEWAY],
  ['HTTPRoute', ROUTE],
])('a %s', (kind, object) => {
  test('is stored with all that it says, as the model has it', () => {
    const api = createTestApi();
    const path = `${place(kind)}?fieldValidation=Strict`;
    const created = api.post(path, object);
    expect([created.status, created.body.message]).toEqual([201, undefined]);
    expect(created.body.metadata.generation).toBe(1);
    expect(created.body.spec).toMatchObject(object.spec);
    expect(modelTakes(created.body)).toBe(true);
  });

  test('with a field that there is not is refused, if strictness is asked for', () => {
    const api = createTestApi();
    const odd = { ...object, spec: { ...object.spec, wieght: 1 } };
    const strict = api.post(`${place(kind)}?fieldValidation=Strict`, odd);
    expect(strict.status).toBe(400);
    expect(strict.body.message).toContain('unknown field "spec.wieght"');
    expect(api.post(place(kind), odd).body.spec.wieght).toBeUndefined();
  });

  test('counts its generation by its spec only', () => {
    const api = createTestApi();
    const { body } = api.post(place(kind), object);
    const status = { conditions: [], parents: [] };
    api.put(`${place(kind)}/shop/status`, { ...body, status });
    const labelled = api.patch(`${place(kind)}/shop`, 'application/merge-patch+json', {
      metadata: { labels: { a: 'b' } },
    });
    expect(labelled.body.metadata.generation).toBe(1);
    expect(labelled.body.status).not.toEqual(body.status ?? {});
  });
});

describe('what the models refuse for a field that is missing, the API refuses too:', () => {
  test.each([
    [WEIGHTED, 'spec.http.1.route.0.destination'],
    [WEIGHTED, 'spec.http.1.route.0.destination.host'],
    [SUBSETS, 'spec.host'],
    [SUBSETS, 'spec.subsets.1.name'],
    [CLASS, 'spec'],
    [CLASS, 'spec.controllerName'],
    [GATEWAY, 'spec'],
    [GATEWAY, 'spec.gatewayClassName'],
    [GATEWAY, 'spec.listeners'],
    [GATEWAY, 'spec.listeners.0.name'],
    [GATEWAY, 'spec.listeners.0.port'],
    [GATEWAY, 'spec.listeners.0.protocol'],
    [ROUTE, 'spec'],
    [ROUTE, 'spec.parentRefs.0.name'],
    [ROUTE, 'spec.rules.0.backendRefs.1.name'],
    [ROUTE, 'spec.rules.0.matches.0.headers.0.name'],
    [ROUTE, 'spec.rules.0.matches.0.headers.0.value'],
  ])('%# %j', (object, path) => {
    const lacking = without(object, path);
    expect(modelTakes(lacking)).toBe(false);
    const refused = createTestApi().post(place(lacking.kind), lacking);
    const field = path.replaceAll(/\.(\d+)/g, '[$1]');
    expect(refused.status).toBe(422);
    expect(refused.body.details.causes).toContainEqual(expect.objectContaining({ field }));
  });
});

describe('what only a real API knows to refuse is refused:', () => {
  const weights = (...weights: number[]): Loose =>
    of('VirtualService', {
      hosts: ['shop'],
      http: [{ route: weights.map((weight) => ({ destination: { host: 'shop' }, weight })) }],
    });
  const backend = (one: Loose): Loose => of('HTTPRoute', { rules: [{ backendRefs: [one] }] });
  test.each([
    [
      of('VirtualService', {
        gateways: ['g'],
        http: [{ route: [{ destination: { host: 'a' } }] }],
      }),
      'delegate virtual service must have no gateways',
    ],
    [weights(0, 0), 'total destination weight = 0'],
    [weights(110, -10), 'spec.http[0].route[1].weight'],
    [of('VirtualService', { hosts: ['shop'], http: [{}] }), 'spec.http[0]'],
    [of('DestinationRule', { host: 'a', subsets: [{ name: 'x' }, { name: 'x' }] }), 'Duplicate'],
    [backend({ name: 'shop' }), 'Must have port for Service reference'],
    [backend({ name: 'shop', port: 70_000 }), 'spec.rules[0].backendRefs[0].port'],
    [backend({ name: 'shop', port: 80, weight: -1 }), 'spec.rules[0].backendRefs[0].weight'],
    [
      of('HTTPRoute', { rules: [{ matches: [{ path: { type: 'PathPrefix', value: 'pay' } }] }] }),
      'must be an absolute path',
    ],
  ])('%# %j', (object, told) => {
    const refused = createTestApi().post(place(object.kind), object);
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(told);
  });

  test('a single destination of weight 0 is none of it', () => {
    expect(createTestApi().post(place('VirtualService'), weights(0)).status).toBe(201);
  });
});

describe('server-side apply', () => {
  const apply = (api: TestApi, object: Loose, manager: string) =>
    api.patch(
      `${place(object.kind)}/shop?fieldManager=${manager}`,
      'application/apply-patch+yaml',
      object,
    );

  test.each([
    [WEIGHTED, 'spec.http', (spec: Loose) => (spec.http[1].route[0].weight = 50)],
    [ROUTE, 'spec.rules', (spec: Loose) => (spec.rules[0].backendRefs[0].weight = 50)],
  ])(
    '%#: owns the list as a whole: one weight is a conflict on all of it',
    (object, list, change) => {
      const api = createTestApi();
      const { body } = apply(api, object, 'owner');
      const other = { ...object, spec: structuredClone(body.spec) };
      change(other.spec);
      const refused = apply(api, other, 'release');
      expect(refused.status).toBe(409);
      expect(refused.body.details.causes).toEqual([
        expect.objectContaining({ field: `.${list}`, reason: 'FieldManagerConflict' }),
      ]);
    },
  );

  test('owns a listener by its name', () => {
    const api = createTestApi();
    apply(api, GATEWAY, 'owner');
    const [entry] = api.get(`${place('Gateway')}/shop`).body.metadata.managedFields;
    expect(entry.fieldsV1['f:spec']['f:listeners']).toHaveProperty(['k:{"name":"http"}']);
  });
});

test('what is written in v1beta1 is read in v1, and the other way round', () => {
  const api = createTestApi();
  const old = { ...WEIGHTED, apiVersion: 'networking.istio.io/v1beta1' };
  const oldPlace = place('VirtualService').replace('/v1/', '/v1beta1/');
  expect(api.post(oldPlace, old).body.apiVersion).toBe('networking.istio.io/v1beta1');
  const read = api.get(`${place('VirtualService')}/shop`).body;
  expect(read).toMatchObject({ apiVersion: 'networking.istio.io/v1', spec: WEIGHTED.spec });
});

test('they are found by discovery, and OpenAPI has their fields', () => {
  const api = createTestApi();
  const { resources } = api.get('/apis/networking.istio.io/v1beta1').body;
  expect(resources.map(({ name }: Loose) => name)).toEqual(
    expect.arrayContaining(['virtualservices', 'virtualservices/status', 'destinationrules']),
  );
  const { components } = api.get('/openapi/v3/apis/gateway.networking.k8s.io/v1').body;
  const rule = components.schemas['gateway.HTTPRouteRule'].properties.backendRefs;
  expect(rule['x-kubernetes-list-type']).toBe('atomic');
  expect(components.schemas['gateway.HTTPBackendRef'].required).toEqual(['name']);
});

test('routes and gateways are filled in as their definitions say', () => {
  const api = createTestApi();
  const bare = of('HTTPRoute', {
    parentRefs: [{ name: 'shop' }],
    rules: [{ backendRefs: [{ name: 'blue', port: 80 }] }],
  });
  expect(api.post(place('HTTPRoute'), bare).body.spec).toEqual({
    parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'shop' }],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ group: '', kind: 'Service', name: 'blue', port: 80, weight: 1 }],
      },
    ],
  });
  const gateway = api.post(place('Gateway'), GATEWAY).body;
  expect(gateway.spec.listeners[0].allowedRoutes).toEqual({ namespaces: { from: 'Same' } });
  expect(gateway.status.conditions.map(({ type }: Loose) => type)).toEqual([
    'Accepted',
    'Programmed',
  ]);
});

test.each(['istio', 'gateway'])('the example for %s is valid', (router) => {
  const text = readFileSync(`examples/payment-service.${router}.yaml`, 'utf8');
  const api = createTestApi();
  for (const object of parseManifests(text)) {
    const { body, status } = api.post(`${place(object.kind)}?fieldValidation=Strict`, object);
    expect([status, body.message]).toEqual([201, undefined]);
    expect(modelTakes(body)).toBe(true);
  }
});
