/** Chooses how objects are written to a client: plainly, as table rows, or as their metadata alone. */

import { ApiFailure } from '../../definitions/failure.ts';
import { apiVersionOf, type Kind } from '../../definitions/kind.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Representation, RepresentationRequest } from './representation.ts';
import { createTableRepresentation } from './tables/representation.ts';
import { inVersion } from './versions.ts';

const META_GROUP = 'meta.k8s.io';

/** The first of the media types the client accepts that can be given. */
export function representationFor(request: RepresentationRequest): Representation {
  const { kind, version, accept = 'application/json' } = request;
  for (const media of accept.split(',')) {
    const [type = '', ...parameters] = media.split(';').map((part) => part.trim());
    if (!/^(application\/json|application\/\*|\*\/\*)$/.test(type)) continue;
    const { as, g, v } = Object.fromEntries(parameters.map((p) => p.split('='))) as {
      as?: string;
      g?: string;
      v?: string;
    }; // what a media type's parameters are, once split
    if (as === undefined) return plain(kind, version);
    if (g !== META_GROUP) continue;
    if (as === 'Table') return createTableRepresentation(request, `${META_GROUP}/${v}`);
    if (as.startsWith('PartialObjectMetadata')) return metadataOnly(`${META_GROUP}/${v}`);
  }
  throw new ApiFailure(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

// Objects never change in place, so the text of one is made once for all who ask.
const texts = new WeakMap<KubeObject, string>();
const itemTexts = new WeakMap<KubeObject, string>();

function remembered(
  cache: WeakMap<KubeObject, string>,
  object: KubeObject,
  write: (object: KubeObject) => string,
): string {
  const known = cache.get(object);
  if (known !== undefined) return known;
  const text = write(object);
  cache.set(object, text);
  return text;
}

function plain(kind: Kind, version: string): Representation {
  const one = (object: KubeObject): string =>
    remembered(texts, inVersion(kind, object, version), (o) => JSON.stringify(o));
  // Lists of built-in kinds do not repeat the type in each item; clients have to know that.
  const item = (object: KubeObject): string =>
    kind.origin === 'custom'
      ? one(object)
      : remembered(itemTexts, inVersion(kind, object, version), (o) =>
          JSON.stringify({ ...o, kind: undefined, apiVersion: undefined }),
        );
  return {
    one,
    list: (objects, meta) =>
      `{"kind":"${kind.kind}List","apiVersion":"${apiVersionOf(kind, version)}",` +
      `"metadata":${JSON.stringify(meta)},"items":[${objects.map(item).join(',')}]}`,
    event: (type, object) => `{"type":"${type}","object":${one(object)}}\n`,
  };
}

function metadataOnly(apiVersion: string): Representation {
  const partial = ({ metadata }: KubeObject): object => ({
    kind: 'PartialObjectMetadata',
    apiVersion,
    metadata,
  });
  return {
    one: (object) => JSON.stringify(partial(object)),
    list: (objects, metadata) =>
      JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion,
        metadata,
        items: objects.map(partial),
      }),
    event: (type, object) => `${JSON.stringify({ type, object: partial(object) })}\n`,
  };
}
