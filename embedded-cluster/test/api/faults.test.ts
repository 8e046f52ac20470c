// Faults that are switched on: what they do to answers, to writes and to watches.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createFaults, type Faults, mixedFaults } from '../../kubernetes/api/faults/faults.ts';
import { AnswerLost, type ApiResponse } from '../../kubernetes/api/request/http.ts';
import { ADMIN_TOKEN, createTestApi, type TestApi } from './support.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let api: TestApi;
let faults: Faults;
beforeEach(() => {
  api = createTestApi();
  faults = createFaults(api.world, api.front, { adminToken: ADMIN_TOKEN, tokens: api.tokens });
});

const send = (method: string, path: string, body?: object): Promise<ApiResponse> =>
  faults.handler({
    method,
    path,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const create = (name: string): Promise<ApiResponse> => send('POST', MAPS, { metadata: { name } });
const exists = (name: string): boolean => api.get(`${MAPS}/${name}`).status === 200;

describe('without a rule', () => {
  test('calls are answered as they are', async () => {
    expect((await create('a')).status).toBe(201);
  });
});

describe('a refusal', () => {
  test.each([
    ['Conflict', 409],
    ['TooManyRequests', 429],
    ['InternalError', 500],
    ['ServiceUnavailable', 503],
  ] as const)('%s is answered and nothing is done', async (reason, status) => {
    faults.add({ fault: { type: 'refused', reason, retryAfterSeconds: 2 } });
    const answer = await create('a');
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe('2');
    expect(exists('a')).toBe(false);
  });

  test('meets the calls it is meant for, as often as it is meant to', async () => {
    faults.add({
      verbs: ['create'],
      resources: ['configmaps'],
      users: ['kubernetes-admin'],
      times: 1,
      fault: { type: 'refused', reason: 'InternalError' },
    });
    expect((await send('GET', MAPS)).status).toBe(200);
    expect((await create('a')).status).toBe(500);
    expect((await create('a')).status).toBe(201);
  });

  test('spares other users and other names', async () => {
    const fault = { type: 'refused', reason: 'InternalError' } as const;
    faults.add({ users: ['system:serviceaccount:default:deployer'], fault });
    faults.add({ names: ['x'], fault });
    expect((await create('a')).status).toBe(201);
    expect((await send('GET', `${MAPS}/a`)).status).toBe(200);
    expect((await send('GET', `${MAPS}/x`)).status).toBe(500);
  });

  test('ends when it is switched off', async () => {
    const running = faults.add({ fault: { type: 'refused', reason: 'InternalError' } });
    expect((await create('a')).status).toBe(500);
    running.stop();
    expect((await create('a')).status).toBe(201);
  });
});

describe('a connection that is cut', () => {
  test('after the write leaves the write done and the client in the dark', async () => {
    faults.add({ verbs: ['create'], fault: { type: 'answer-lost' } });
    await expect(create('a')).rejects.toBeInstanceOf(AnswerLost);
    expect(exists('a')).toBe(true);
  });

  test('without an answer leaves nothing done', async () => {
    faults.add({ verbs: ['create'], fault: { type: 'unanswered', afterMs: 30_000 } });
    const cut = expect(create('a')).rejects.toBeInstanceOf(AnswerLost);
    await api.clock.advanceTo(api.clock.now() + 30_000);
    await cut;
    expect(exists('a')).toBe(false);
  });
});

test('a delayed answer comes when its time has come', async () => {
  faults.add({ fault: { type: 'delayed', delayMs: 5_000 } });
  let answered = false;
  const answer = create('a').then((response) => {
    answered = true;
    return response;
  });
  await api.clock.advanceTo(api.clock.now() + 4_999);
  expect(answered).toBe(false);
  await api.clock.advanceTo(api.clock.now() + 1);
  expect((await answer).status).toBe(201);
});

describe('a watch', () => {
  const watch = async (): Promise<{ told: string[]; stop: () => void }> => {
    const response = await send('GET', `${MAPS}?watch=true`);
    if (!('stream' in response)) throw new Error('no stream');
    const told: string[] = [];
    const running = response.stream.open(
      (chunk) => told.push(JSON.parse(chunk).object.metadata.name),
      () => told.push('end'),
    );
    told.length = 0;
    return { told, stop: () => running.stop() };
  };
  const add = (name: string): void => void api.post(MAPS, { metadata: { name } });

  test('that is dropped ends, and hears no more', async () => {
    faults.add({ fault: { type: 'watch-dropped', afterMs: 1_000 } });
    const { told } = await watch();
    add('a');
    await api.clock.advanceTo(api.clock.now() + 1_000);
    add('b');
    expect(told).toEqual(['a', 'end']);
  });

  test('that falls silent stays open', async () => {
    faults.add({ fault: { type: 'watch-silent', afterMs: 1_000 } });
    const { told } = await watch();
    add('a');
    await api.clock.advanceTo(api.clock.now() + 1_000);
    add('b');
    expect(told).toEqual(['a']);
  });

  test('that lags tells everything, late and in order', async () => {
    faults.add({ fault: { type: 'watch-lagging', lagMs: 3_000 } });
    const { told, stop } = await watch();
    add('a');
    add('b');
    await api.clock.advanceTo(api.clock.now() + 2_999);
    expect(told).toEqual([]);
    await api.clock.advanceTo(api.clock.now() + 1);
    expect(told.filter((name) => name.length === 1)).toEqual(['a', 'b']);
    stop();
    add('c');
    await api.clock.advanceTo(api.clock.now() + 5_000);
    expect(told).not.toContain('c');
  });

  test('is the only call that watch faults meet', async () => {
    faults.add({ fault: { type: 'watch-dropped', afterMs: 0 } });
    expect((await create('a')).status).toBe(201);
  });
});

test('a bad day fails about as many calls as it is said to, and the same ones for the same seed', async () => {
  const outcomes = async (): Promise<string> => {
    api = createTestApi();
    faults = createFaults(api.world, api.front, { adminToken: ADMIN_TOKEN, tokens: api.tokens });
    for (const rule of mixedFaults(0.2)) faults.add(rule);
    const results: string[] = [];
    for (let at = 0; at < 500; at += 1) {
      const outcome = await create(`m${at}`).then(
        ({ status }) => String(status),
        () => 'lost',
      );
      results.push(outcome);
    }
    return results.join(' ');
  };
  const first = await outcomes();
  const failed = first.split(' ').filter((outcome) => outcome !== '201').length;
  // Creating meets three of the five kinds of fault.
  expect(failed).toBeGreaterThan(30);
  expect(failed).toBeLessThan(100);
  expect(await outcomes()).toBe(first);
});
