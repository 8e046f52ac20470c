/** OpenAPI v2 in protobuf, which kubectl of all versions asks for beside v3, to apply and to compare. */
import { stringify } from 'yaml';
import type { Kind } from '../../definitions/kind.ts';
import type { Store } from '../../store/store.ts';
import { bytesField, message } from '../protobuf/wire.ts';
import { type JsonSchema, type ServedType, schemasOf } from './json-schema.ts';
import { collectionPath, servedTypes } from './v3.ts';

// The numbers of the fields that are written, in gnostic's openapi.v2 messages.
const DOCUMENT = { swagger: 1, info: 2, paths: 8, definitions: 9 };
const INFO = { title: 1, version: 2 };
const NAMED = { name: 1, value: 2 };
const PATHS = { path: 2 };
const PATH_ITEM = { patch: 8 };
const OPERATION = { parameters: 8, vendorExtension: 13 };
const PARAMETERS_ITEM = { parameter: 1 };
const PARAMETER = { nonBodyParameter: 2 };
const NON_BODY_PARAMETER = { queryParameter: 3 };
const QUERY_PARAMETER = { in: 2, name: 4, type: 6 };
const DEFINITIONS = { additionalProperties: 1 };
const SCHEMA = {
  ref: 1,
  format: 2,
  additionalProperties: 21,
  type: 22,
  items: 23,
  properties: 25,
  vendorExtension: 31,
};
const ONLY = 1;
const ANY = { yaml: 2 };

export function openApiV2(store: Store, kinds: readonly Kind[]): Uint8Array {
  const served = servedTypes(store, kinds);
  // kubectl does not check what it finds no schema for, and would refuse what an open one lacks.
  const known = served.filter(({ shape }) => shape !== undefined);
  const schemas = schemasOf(known, (name) => `#/definitions/${name}`);
  const definitions = [...schemas].map(([name, schema]) =>
    bytesField(DEFINITIONS.additionalProperties, named(name, schemaMessage(schema))),
  );
  return message(
    bytesField(DOCUMENT.swagger, '2.0'),
    bytesField(
      DOCUMENT.info,
      message(bytesField(INFO.title, 'Kubernetes'), bytesField(INFO.version, 'v1.36.2')),
    ),
    bytesField(DOCUMENT.paths, message(...served.map((type) => pathMessage(type)))),
    bytesField(DOCUMENT.definitions, message(...definitions)),
  );
}

/** From the parameters of its patch, kubectl tells whether a kind can be written on trial. */
function pathMessage({ kind, version }: ServedType): Uint8Array {
  const type = { group: kind.group, kind: kind.kind, version };
  const patch = message(
    ...['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) =>
      bytesField(OPERATION.parameters, queryParameter(name)),
    ),
    bytesField(OPERATION.vendorExtension, extension('x-kubernetes-group-version-kind', type)),
  );
  return bytesField(
    PATHS.path,
    named(`${collectionPath(kind, version)}/{name}`, bytesField(PATH_ITEM.patch, patch)),
  );
}

function queryParameter(name: string): Uint8Array {
  const parameter = message(
    bytesField(QUERY_PARAMETER.in, 'query'),
    bytesField(QUERY_PARAMETER.name, name),
    bytesField(QUERY_PARAMETER.type, 'string'),
  );
  return bytesField(
    PARAMETERS_ITEM.parameter,
    bytesField(
      PARAMETER.nonBodyParameter,
      bytesField(NON_BODY_PARAMETER.queryParameter, parameter),
    ),
  );
}

function schemaMessage(schema: JsonSchema): Uint8Array {
  const { type, format, $ref, properties, items, additionalProperties } = schema;
  const extensions = Object.entries(schema).filter(([name]) => name.startsWith('x-'));
  const fields = Object.entries(properties ?? {}).map(([name, property]) =>
    bytesField(ONLY, named(name, schemaMessage(property))),
  );
  return message(
    ...($ref ? [bytesField(SCHEMA.ref, $ref)] : []),
    ...(format ? [bytesField(SCHEMA.format, format)] : []),
    ...(additionalProperties
      ? [
          bytesField(
            SCHEMA.additionalProperties,
            bytesField(ONLY, schemaMessage(additionalProperties)),
          ),
        ]
      : []),
    ...(type ? [bytesField(SCHEMA.type, bytesField(ONLY, type))] : []),
    ...(items ? [bytesField(SCHEMA.items, bytesField(ONLY, schemaMessage(items)))] : []),
    ...(fields.length > 0 ? [bytesField(SCHEMA.properties, message(...fields))] : []),
    ...extensions.map(([name, value]) =>
      bytesField(SCHEMA.vendorExtension, extension(name, value)),
    ),
  );
}

function named(name: string, value: Uint8Array): Uint8Array {
  return message(bytesField(NAMED.name, name), bytesField(NAMED.value, value));
}

function extension(name: string, value: unknown): Uint8Array {
  return named(name, bytesField(ANY.yaml, stringify(value)));
}
