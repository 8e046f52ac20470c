// An API over a stepped clock, without sockets: what most tests of the API talk to.

import { createRandom } from '../../base/random.ts';
import { createVirtualClock, type VirtualClock } from '../../base/virtual-clock.ts';
import { KINDS_AT_BIRTH } from '../../cluster/kinds.ts';
import { startServiceAccountTokens } from '../../kubernetes/api/access/service-account-tokens.ts';
import { createTokens, type Tokens } from '../../kubernetes/api/access/tokens.ts';
import type { DecidedCall, FrontOptions } from '../../kubernetes/api/call.ts';
import { createCatalog } from '../../kubernetes/api/catalog.ts';
import { createFront, type Front } from '../../kubernetes/api/front.ts';
import { createObjects } from '../../kubernetes/api/objects/objects.ts';
import type { ApiResponse, WholeResponse } from '../../kubernetes/api/request/http.ts';
import { NAMESPACES } from '../../kubernetes/kinds/core/core.ts';
import { createStore } from '../../kubernetes/store/store.ts';
import type { Running, World } from '../../kubernetes/world.ts';

export const START_MS = Date.parse('2026-11-21T06:00:00Z');

/** An object that a test reaches into, field by field: its shape is what is being tested. */
// biome-ignore lint/suspicious/noExplicitAny: a wrong guess shows as a failed expectation
export type Loose = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Loose;
}

interface CallOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

export interface TestApi {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly front: Front;
  readonly tokens: Tokens;
  readonly calls: DecidedCall[];
  call(method: string, path: string, body?: unknown, options?: CallOptions): Answer;
  get(path: string, options?: CallOptions): Answer;
  post(path: string, body: unknown, options?: CallOptions): Answer;
  put(path: string, body: unknown, options?: CallOptions): Answer;
  patch(path: string, contentType: string, body: unknown, options?: CallOptions): Answer;
  delete(path: string, body?: unknown, options?: CallOptions): Answer;
  watch(path: string, options?: CallOptions): WatchedEvents;
}

export interface WatchedEvents extends Running {
  readonly events: Loose[];
  readonly ended: () => boolean;
}

export const ADMIN_TOKEN = 'admin-token';

export function createTestApi(options: Partial<FrontOptions> = {}): TestApi {
  const clock = createVirtualClock(START_MS);
  const random = createRandom(1);
  const store = createStore();
  const objects = createObjects({ store, clock, random });
  const world: World = { store, objects, clock, random };
  const tokens = createTokens(world);
  const calls: DecidedCall[] = [];
  startServiceAccountTokens(world, { tokens, ca: 'the CA' });
  const front = createFront(world, {
    catalog: createCatalog(store, KINDS_AT_BIRTH),
    tokens,
    adminToken: ADMIN_TOKEN,
    onCall: (call) => calls.push(call),
    ...options,
  });
  objects.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default' },
  });

  const send = (
    method: string,
    path: string,
    body: unknown,
    { token = ADMIN_TOKEN, headers = {} }: CallOptions = {},
  ): ApiResponse =>
    front({
      method,
      path,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const call: TestApi['call'] = (method, path, body, callOptions) =>
    read(whole(send(method, path, body, callOptions)));

  return {
    world,
    clock,
    front,
    tokens,
    calls,
    call,
    get: (path, callOptions) => call('GET', path, undefined, callOptions),
    post: (path, body, callOptions) => call('POST', path, body, callOptions),
    put: (path, body, callOptions) => call('PUT', path, body, callOptions),
    patch: (path, contentType, body, callOptions = {}) =>
      call('PATCH', path, body, {
        ...callOptions,
        headers: { 'content-type': contentType, ...callOptions.headers },
      }),
    delete: (path, body, callOptions) => call('DELETE', path, body, callOptions),
    watch: (path, callOptions) => watched(send('GET', path, undefined, callOptions)),
  };
}

function whole(response: ApiResponse): WholeResponse {
  if ('stream' in response) throw new Error('a stream came back where an answer was expected');
  return response;
}

function read({ status, headers, body }: WholeResponse): Answer {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return { status, headers, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
}

function watched(response: ApiResponse): WatchedEvents {
  if (!('stream' in response)) throw new Error(`no stream came back: ${String(response.body)}`);
  const events: unknown[] = [];
  let ended = false;
  const running = response.stream.open(
    (chunk) => {
      for (const line of chunk.split('\n')) if (line !== '') events.push(JSON.parse(line));
    },
    () => {
      ended = true;
    },
  );
  return { events, ended: () => ended, stop: () => running.stop() };
}
