/**
 * An API server in memory, under the clock of the test: it keeps objects, refuses what was decided on
 * an older version, tells watches, notes who wrote what, and misbehaves where a test says so.
 *
 * A call is named `<verb> <plural>/<name>`: `PUT leases/shop-release`, `WATCH pods`. Which calls
 * something is said of may leave out the name; `*` stands for every verb, or for every object, and
 * `WRITE` for each verb that changes something.
 */
import { sameJson } from '../../../core/base/json.ts';
import type { PatchOperation, Target } from '../../../core/cluster/action.ts';
import { targetOf } from '../../../core/cluster/action.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { objectPath } from '../../../effects/kube/resources.ts';
import type { ApiAnswer, ApiRequest, Transport } from '../../../effects/kube/transport.ts';
import type { VirtualClock } from '../../../embedded-cluster/base/virtual-clock.ts';
import { createWatches, selected } from './fake-watches.ts';
import { patched } from './json-patch.ts';

/** never, refused: nothing is done · lost: done, and the answer does not come · late: done, answered later. */
export type Misbehaviour =
  | 'never'
  | 'refused'
  | 'lost'
  | { readonly lateMs: number }
  | { readonly status: number; readonly message?: string };

export interface Call {
  readonly atMs: number;
  /** `PUT leases/shop-release` */
  readonly call: string;
  readonly body: unknown;
}

export interface FakeApi {
  readonly transport: Transport;
  /** What was asked, done or not. */
  readonly asked: readonly Call[];
  /** What has changed something. */
  readonly writes: readonly Call[];
  /** What paths answer that are no objects. */
  readonly texts: Map<string, string>;
  /** Somebody else writes an object, whatever its version. */
  put<T extends KubernetesObject>(object: T): T;
  /** Somebody else deletes it. */
  drop(target: Pick<KubernetesObject, 'apiVersion' | 'kind'>, name: string): void;
  /** The object as it is kept. */
  found<T extends KubernetesObject>(
    type: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
    name: string,
  ): T | undefined;
  all<T extends KubernetesObject>(
    type: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
  ): readonly T[];
  /** The next so many calls of that name meet this. */
  answers(which: string, how: Misbehaviour, times?: number): void;
  /** All is well again. */
  recovers(): void;
  /** Something happens just before the next call of that name is carried out. */
  meanwhile(which: string, happens: () => void): void;
  /** Told of every change. */
  onChange(listener: () => void): void;
  /** Watches say nothing from now on. */
  silence(): void;
  /** Watches end. */
  cut(): void;
}

interface Place {
  readonly group: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly sub: string | undefined;
  readonly query: URLSearchParams;
}

const NAMESPACE = 'default';
const PATH =
  /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(\/.+)?$/;

export function createFakeApi(virtual: VirtualClock): FakeApi {
  const objects = new Map<string, KubernetesObject>();
  const watches = createWatches(virtual);
  const listeners: (() => void)[] = [];
  const asked: Call[] = [];
  const writes: Call[] = [];
  const texts = new Map([
    ['/readyz', 'ok'],
    ['/version', '{"major":"1","minor":"35","gitVersion":"v1.35.0"}'],
  ]);
  let misbehaviours: { which: string; how: Misbehaviour; left: number }[] = [];
  let events: { which: string; happens: () => void }[] = [];
  let version = 0;

  const store = (path: string, object: KubernetesObject): KubernetesObject => {
    const before = objects.get(path);
    version += 1;
    const { metadata } = object;
    const isChanged = !sameJson(specOf(before), specOf(object));
    const generation = (before?.metadata.generation ?? 0) + (isChanged ? 1 : 0);
    const uid = before?.metadata.uid ?? metadata.uid ?? `uid-${metadata.name}`;
    const kept: KubernetesObject = {
      ...object,
      metadata: { ...metadata, uid, generation, resourceVersion: `${version}` },
    };
    objects.set(path, kept);
    watches.tell(path, before, kept, version);
    for (const listener of listeners) listener();
    return kept;
  };

  const remove = (path: string): void => {
    const before = objects.get(path);
    if (!before) return;
    objects.delete(path);
    version += 1;
    watches.tell(path, before, undefined, version);
    for (const listener of listeners) listener();
  };

  const list = (path: string, place: Place): ApiAnswer => {
    const wanted = `/${place.plural}/`;
    const under = place.namespace === undefined ? place.group : path;
    const items = [...objects]
      .filter(([each]) => each.startsWith(under) && each.includes(wanted))
      .map(([, object]) => object)
      .filter((object) => selected(object, place.query))
      // As in Kubernetes: the items of a list come without their type.
      .map(({ apiVersion: _version, kind: _kind, ...item }) => item);
    return ok({ metadata: { resourceVersion: `${version}` }, items });
  };

  const carryOut = (
    { method, path: full, body }: ApiRequest,
    place: Place | undefined,
  ): ApiAnswer => {
    const path = full.split('?')[0] ?? '';
    if (!place) {
      const text = texts.get(path);
      return text === undefined ? failed(404) : { status: 200, retryAfterMs: undefined, text };
    }
    if (place.sub) {
      const text = texts.get(full) ?? texts.get(path);
      return text === undefined ? failed(400) : { status: 200, retryAfterMs: undefined, text };
    }
    const before = objects.get(path);
    switch (method) {
      case 'GET':
        if (place.name === undefined) return list(path, place);
        return before ? ok(before) : failed(404);
      case 'POST': {
        const text = texts.get(path);
        if (text !== undefined) return { status: 201, retryAfterMs: undefined, text };
        const object: KubernetesObject = JSON.parse(body ?? '{}');
        if (!object.metadata) return failed(404);
        if (place.query.get('dryRun') !== null) return ok(object, 201);
        const at = `${path}/${object.metadata.name}`;
        return objects.has(at) ? failed(409) : ok(store(at, object), 201);
      }
      case 'PUT':
      case 'PATCH': {
        const given: unknown = JSON.parse(body ?? '{}');
        if (!before) return failed(404);
        const object = written(before, given, method);
        if (!object) return failed(422);
        if (object.metadata.resourceVersion !== before.metadata.resourceVersion) return failed(409);
        // As in Kubernetes: what changes nothing gets no new version.
        return ok(sameJson(object, before) ? before : store(path, object));
      }
      case 'DELETE': {
        if (!before) return failed(404);
        const { uid } = JSON.parse(body ?? '{}').preconditions ?? {};
        if (uid !== undefined && uid !== before.metadata.uid) return failed(409);
        remove(path);
        return ok({ metadata: { name: place.name } });
      }
    }
  };

  const misbehaviourOf = (call: string): Misbehaviour | undefined => {
    const found = misbehaviours.find(({ which, left }) => left > 0 && isMeant(which, call));
    if (found) found.left -= 1;
    return found?.how;
  };

  const send = async (request: ApiRequest): Promise<ApiAnswer> => {
    const place = placeOf(request.path);
    const named = place?.name ?? (request.method === 'POST' ? nameIn(request.body) : undefined);
    const call = `${request.method} ${place ? [place.plural, named].filter(Boolean).join('/') : request.path}`;
    const noted: Call = { atMs: virtual.now(), call, body: bodyOf(request.body) };
    asked.push(noted);
    const event = events.find(({ which }) => isMeant(which, call));
    events = events.filter((each) => each !== event);
    event?.happens();
    const how = misbehaviourOf(call);
    if (how === 'never') return new Promise(() => undefined);
    if (how === 'refused') throw new Error('connect ECONNREFUSED');
    if (typeof how === 'object' && 'status' in how) return failed(how.status, how.message);
    const answer = carryOut(request, place);
    const isDry = place?.query.get('dryRun') !== null && place !== undefined;
    if (request.method !== 'GET' && answer.status < 300 && !isDry) writes.push(noted);
    if (how === 'lost') throw new Error('socket hang up');
    if (how) await new Promise<void>((resolve) => void virtual.after(how.lateMs, resolve));
    return answer;
  };

  const pathOf = (
    { apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
    name: string,
    namespace = NAMESPACE,
  ): string => objectPath({ apiVersion, kind, namespace, name } satisfies Target);

  return {
    transport: {
      send,
      stream: async (path, onLine, signal) => {
        const place = placeOf(path);
        const call = `WATCH ${place?.plural}`;
        asked.push({ atMs: virtual.now(), call, body: undefined });
        const how = misbehaviourOf(call);
        if (how === 'never') return new Promise(() => undefined);
        if (typeof how === 'object' && 'status' in how) return failed(how.status, how.message);
        if (how !== undefined) throw new Error('connect ECONNREFUSED');
        await watches.follow(path.split('?')[0] ?? '', new URLSearchParams(path.split('?')[1]), {
          onLine,
          signal,
        });
        return { status: 200, retryAfterMs: undefined, text: '' };
      },
    },
    asked,
    writes,
    texts,
    put: (object) => {
      const { namespace } = targetOf(object);
      return store(pathOf(object, object.metadata.name, namespace), {
        ...object,
        metadata: { ...object.metadata, namespace },
      }) as typeof object; // with a version, and else as it was given
    },
    drop: (type, name) => remove(pathOf(type, name)),
    found: <T extends KubernetesObject>(
      type: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
      name: string,
    ) => objects.get(pathOf(type, name)) as T | undefined, // of the kind that was asked for
    all: <T extends KubernetesObject>(type: Pick<KubernetesObject, 'apiVersion' | 'kind'>) => {
      const under = pathOf(type, '');
      const found = [...objects].filter(([path]) => path.startsWith(under));
      return found.map(([, object]) => object as T); // as above
    },
    answers: (which, how, times = 1) => {
      misbehaviours.push({ which, how, left: times });
    },
    recovers: () => {
      misbehaviours = [];
    },
    meanwhile: (which, happens) => {
      events.push({ which, happens });
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    silence: watches.silence,
    cut: watches.cut,
  };
}

function written(
  before: KubernetesObject,
  body: unknown,
  method: 'PUT' | 'PATCH',
): KubernetesObject | undefined {
  if (method === 'PUT') return body as KubernetesObject; // as a stage sends it
  if (!Array.isArray(body)) return applied(before, body as KubernetesObject); // as above
  try {
    return patched(before, body as PatchOperation[]); // as above
  } catch {
    return undefined;
  }
}

/** Server-side apply, for objects whose fields are all in their spec, or in their data. */
function applied(before: KubernetesObject, given: KubernetesObject): KubernetesObject {
  const place = 'data' in given ? 'data' : 'spec';
  const { resourceVersion = before.metadata.resourceVersion } = given.metadata;
  const metadata = { ...before.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
  const fields = { ...specOf(before), ...specOf(given) };
  return { ...before, metadata, [place]: fields } as KubernetesObject; // with fields of its kind
}

function specOf(object: KubernetesObject | undefined): object | undefined {
  const { spec, data } = Object(object);
  return spec ?? data;
}

function placeOf(full: string): Place | undefined {
  const [path = '', query = ''] = full.split('?');
  const [, group, namespace, plural, name, sub] = PATH.exec(path) ?? [];
  if (group === undefined || plural === undefined) return undefined;
  return { group, namespace, plural, name, sub, query: new URLSearchParams(query) };
}

/** Whether a call is among those that `which` names. */
function isMeant(which: string, call: string): boolean {
  const [verb = '', object = '*'] = which.split(' ');
  const [method = '', what = ''] = call.split(' ');
  const isWrite = method !== 'GET' && method !== 'WATCH';
  const isVerb = verb === '*' || verb === method || (verb === 'WRITE' && isWrite);
  return isVerb && (object === '*' || object === what || what.startsWith(`${object}/`));
}

function nameIn(body = '{}'): string | undefined {
  return JSON.parse(body).metadata?.name;
}

function bodyOf(body: string | undefined): unknown {
  return body === undefined ? undefined : JSON.parse(body);
}

function ok(body: unknown, status = 200): ApiAnswer {
  return { status, retryAfterMs: undefined, text: JSON.stringify(body) };
}

function failed(status: number, message = `status ${status} of the test`): ApiAnswer {
  const text = JSON.stringify({ kind: 'Status', message });
  return { status, retryAfterMs: undefined, text };
}
