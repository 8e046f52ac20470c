/** What a request is about: the verb and the resource that its method and path name. */
import { ApiFailure, methodNotAllowed } from '../../definitions/failure.ts';
import type { ApiRequest } from './http.ts';

type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

export interface ResourceTarget {
  readonly type: 'resource';
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  /** The plural, as it stands in the path. */
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

/** A path that is no resource: `/version`, `/apis`, `/openapi/v3`. */
export interface PathTarget {
  readonly type: 'path';
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export type Target = ResourceTarget | PathTarget;

export function parseTarget(request: ApiRequest): Target {
  const [path = '', queryText] = split(request.path, '?');
  const query = new URLSearchParams(queryText);
  const steps = path
    .split('/')
    .filter((step) => step !== '')
    .map(decoded);
  const groupSteps = steps[0] === 'api' ? 2 : steps[0] === 'apis' ? 3 : Number.POSITIVE_INFINITY;
  if (steps.length <= groupSteps) {
    return { type: 'path', verb: request.method.toLowerCase(), path, query };
  }
  const [group, version] = steps[0] === 'api' ? ['', steps[1]] : [steps[1], steps[2]];
  const place = placeOf(steps.slice(groupSteps));
  const verb = verbOf(request.method, place.name, query);
  return {
    type: 'resource',
    verb,
    group: group ?? '',
    version: version ?? '',
    ...place,
    name: place.name ?? nameInSelector(verb, query),
    query,
  };
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    throw new ApiFailure('BadRequest', `the path has an escape that is none: ${step}`);
  }
}

function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

interface Place {
  resource: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** `namespaces/a/pods/b/log` lies in a namespace; `namespaces/a/status` is one. */
function placeOf(steps: readonly string[]): Place {
  const [first = '', second, third, ...rest] = steps;
  const inNamespace =
    first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (inNamespace) {
    const [name, ...subresource] = rest;
    return { resource: third, namespace: second, name, subresource: joined(subresource) };
  }
  const subresource = third === undefined ? [] : [third, ...rest];
  return {
    resource: first,
    // A namespace counts as lying in itself, which is how a Role may grant it.
    namespace: first === 'namespaces' ? second : undefined,
    name: second,
    subresource: joined(subresource),
  };
}

function joined(steps: readonly string[]): string | undefined {
  return steps.length === 0 ? undefined : steps.join('/');
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch'))) return 'watch';
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      throw methodNotAllowed();
  }
}

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1' || value === '';
}

/** A list of one name is granted like that name. */
function nameInSelector(verb: Verb, query: URLSearchParams): string | undefined {
  if (verb !== 'list' && verb !== 'watch' && verb !== 'deletecollection') return undefined;
  const match = /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get('fieldSelector') ?? '');
  return match?.[1];
}
