/** Finds the shape of a kind: in the tables for built-in kinds, in its definition for custom ones. */

import { collectionOf, type Kind } from '../../definitions/kind.ts';
import { readTypes } from '../../definitions/schema/notation.ts';
import { shapeFromOpenApi } from '../../definitions/schema/open-api.ts';
import type { StructShape } from '../../definitions/schema/shape.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import { definitionSpec } from '../custom/custom-kinds.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../custom/definitions.ts';
import { ACCESS_TYPES } from './access.ts';
import { CONTAINER_TYPES } from './containers.ts';
import { CORE_TYPES } from './core.ts';
import { GATEWAY_API_TYPES } from './gateway-api.ts';
import { ISTIO_TYPES } from './istio.ts';
import { META_TYPES } from './meta.ts';
import { POD_TYPES } from './pods.ts';
import { VOLUME_TYPES } from './volumes.ts';
import { WORKLOAD_TYPES } from './workloads.ts';

const typeNamed = readTypes([
  ...[META_TYPES, VOLUME_TYPES, CONTAINER_TYPES, POD_TYPES],
  ...[CORE_TYPES, WORKLOAD_TYPES, ACCESS_TYPES],
  ...[ISTIO_TYPES, GATEWAY_API_TYPES],
]);

/** Custom kinds that this cluster has without a definition: their groups' names in the tables. */
const PREFIXES: Readonly<Record<string, string>> = {
  'networking.istio.io': 'istio',
  'gateway.networking.k8s.io': 'gateway',
};

/** A struct by the name it has in the tables. */
export function typeShape(name: string): StructShape {
  const shape = typeNamed(name);
  if (!shape) throw new Error(`no type ${name} in the tables`);
  return shape;
}

/** A built-in type by its kind, which some groups have in versions of their own. */
export function namedShape(kind: string, version: string): StructShape | undefined {
  return typeNamed(`${version}.${kind}`) ?? typeNamed(kind);
}

/** Undefined where nothing is known of the kind but that its objects have metadata. */
export function shapeOf(store: Store, kind: Kind, version: string): StructShape | undefined {
  if (kind.origin === 'custom') return definedShape(store, kind, version);
  return namedShape(kind.kind, version);
}

function undefinedShape({ group, kind }: Kind): StructShape | undefined {
  const prefix = PREFIXES[group];
  return prefix === undefined ? undefined : typeNamed(`${prefix}.${kind}`);
}

const definedShapes = new WeakMap<KubeObject, Map<string, StructShape | undefined>>();

function definedShape(store: Store, kind: Kind, version: string): StructShape | undefined {
  const collection = collectionOf(CUSTOM_RESOURCE_DEFINITIONS);
  const definition = store.get(collection, undefined, collectionOf(kind));
  if (!definition) return undefinedShape(kind);
  const known = definedShapes.get(definition) ?? new Map<string, StructShape | undefined>();
  definedShapes.set(definition, known);
  if (!known.has(version)) known.set(version, shapeIn(definition, kind, version));
  return known.get(version);
}

function shapeIn(definition: KubeObject, kind: Kind, version: string): StructShape | undefined {
  const { versions } = definitionSpec(definition);
  const schema = versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema;
  const shape = schema && shapeFromOpenApi({ ...schema, type: 'object' }, kind.kind);
  if (shape?.type !== 'struct') return undefined;
  const metadata = { shape: typeShape('ObjectMeta'), number: undefined };
  return { ...shape, fields: new Map([...shape.fields, ['metadata', metadata]]) };
}
