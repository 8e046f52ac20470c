/** What a client sent, read into an object. */
import { parse as parseYaml } from 'yaml';
import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import type { DraftObject } from '../../store/object.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import type { ApiRequest } from './http.ts';

function bodyText(request: ApiRequest): string {
  const { body = '' } = request;
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

function bodyBytes({ body = '' }: ApiRequest): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

export function contentTypeOf(request: ApiRequest): string {
  const [type = ''] = (request.headers['content-type'] ?? 'application/json').split(';');
  return type.trim().toLowerCase();
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Protobuf, JSON, or the YAML of which JSON is a part. */
export function parseBody(request: ApiRequest): unknown {
  try {
    if (contentTypeOf(request) === PROTOBUF) return decodeProtobuf(bodyBytes(request));
    const text = bodyText(request);
    return contentTypeOf(request).endsWith('yaml') && !text.startsWith('{')
      ? parseYaml(text, { version: '1.1' })
      : JSON.parse(text);
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ApiFailure('BadRequest', `unable to parse the request body: ${String(error)}`);
  }
}

export function draftFrom(value: unknown): DraftObject {
  if (!isObject(value)) {
    throw new ApiFailure('BadRequest', 'the object provided is unrecognized: it is not an object');
  }
  if (value.metadata !== undefined && value.metadata !== null && !isObject(value.metadata)) {
    throw new ApiFailure('BadRequest', 'metadata must be an object');
  }
  // The two fields that the type asks for were just looked at, and are given where they lack.
  return { ...value, metadata: value.metadata ?? {} } as DraftObject;
}
