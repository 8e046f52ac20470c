// The tables of types, held against the models that the official client generates from the real API.
import { describe, expect, test } from '@jest/globals';
import * as client from '@kubernetes/client-node';
import type { Shape, StructShape } from '../../kubernetes/definitions/schema/shape.ts';
import { typeShape } from '../../kubernetes/kinds/types/shapes.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}
const models = new Map(
  Object.entries(client).flatMap(([name, model]): [string, readonly Attribute[]][] =>
    typeof model === 'function' && 'attributeTypeMap' in model
      ? [[name, model.attributeTypeMap as readonly Attribute[]]]
      : [],
  ),
);

/** Types whose model has a name that says where it comes from. */
const RENAMED: Readonly<Record<string, string>> = {
  Event: 'CoreV1Event',
  EventSeries: 'CoreV1EventSeries',
  ResourceClaim: 'CoreV1ResourceClaim',
  Subject: 'RbacV1Subject',
  TokenRequest: 'AuthenticationV1TokenRequest',
  'discovery.EndpointPort': 'DiscoveryV1EndpointPort',
};

function modelOf(name: string): readonly Attribute[] | undefined {
  const versioned = /^v2\.(.*)$/.exec(name);
  return models.get(versioned ? `V2${versioned[1]}` : (RENAMED[name] ?? `V1${name}`));
}

function typesIn(shape: Shape, found = new Map<string, StructShape>()): Map<string, StructShape> {
  switch (shape.type) {
    case 'scalar':
      break;
    case 'list':
      typesIn(shape.items, found);
      break;
    case 'map':
      typesIn(shape.values, found);
      break;
    case 'struct':
      if (found.has(shape.name)) break;
      found.set(shape.name, shape);
      for (const field of shape.fields.values()) typesIn(field.shape, found);
  }
  return found;
}

const KINDS = [
  ...['ConfigMap', 'Event', 'LimitRange', 'Namespace', 'PersistentVolumeClaim', 'Pod', 'Secret'],
  ...['ResourceQuota', 'Service', 'ServiceAccount', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  ...['v2.HorizontalPodAutoscaler', 'CronJob', 'Job', 'Lease', 'EndpointSlice', 'NetworkPolicy'],
  ...['PodDisruptionBudget', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'Scale'],
  ...[
    'Eviction',
    'TokenRequest',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SelfSubjectReview',
  ],
];

describe.each(KINDS)('%s', (kind) => {
  test('has the fields that the real one has', () => {
    const types = [...typesIn(typeShape(kind)).values()];
    for (const { name, fields } of types) {
      const model = modelOf(name);
      const expected = model?.map(({ baseName }) => baseName);
      const found = [...fields.keys()];
      // The type of an object stands outside its own fields.
      const own = (list: readonly string[] = []): string[] =>
        list.filter((field) => name !== kind || !['apiVersion', 'kind'].includes(field)).sort();
      expect([name, own(found)]).toEqual([name, own(expected)]);
    }
  });

  test('has lists and maps where the real one has them', () => {
    for (const { name, fields } of typesIn(typeShape(kind)).values()) {
      for (const { baseName, type } of modelOf(name) ?? []) {
        const shape = fields.get(baseName)?.shape;
        if (!shape || (shape.type === 'scalar' && shape.scalar === 'any')) continue;
        const wanted = type.startsWith('Array<') ? 'list' : type.startsWith('{') ? 'map' : 'other';
        const is = shape.type === 'list' || shape.type === 'map' ? shape.type : 'other';
        expect([name, baseName, is]).toEqual([name, baseName, wanted]);
      }
    }
  });

  test('gives no two fields of a type one number', () => {
    for (const { name, fields } of typesIn(typeShape(kind)).values()) {
      const numbers = [...fields.values()].flatMap(({ number }) =>
        number ? [number.join('.')] : [],
      );
      expect([name, new Set(numbers).size]).toEqual([name, numbers.length]);
    }
  });
});
