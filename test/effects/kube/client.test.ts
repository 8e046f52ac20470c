// A refused precondition is an answer, and all else that is no success is none: never is a write that was
// refused taken for done, nor one that is done for refused.
import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { createKube, type Kube, type WriteResult } from '../../../effects/kube/client.ts';
import type { ApiAnswer, ApiRequest } from '../../../effects/kube/transport.ts';
import { APP, deployment } from '../../core/support/objects.ts';
import { BLUE } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const NAME = `${APP}-blue`;
const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: NAME };
const FOR_EVER = Number.POSITIVE_INFINITY;

function there() {
  const world = fakeWorld();
  const stored = world.api.put(deployment(NAME, 'v1', BLUE));
  const stop = new AbortController();
  const { kube } = world.process('deploy', { stop: stop.signal });
  const found = () => world.api.found<Deployment>(TARGET, NAME);
  return { world, kube, stored, found, stop };
}

type Write = (kube: Kube, object: Deployment) => Promise<WriteResult>;
const scale = { op: 'replace', path: '/spec/replicas', value: 7 } as const;
const PATCH: Write = (kube) => kube.patch(TARGET, [scale]);
const REPLACE: Write = (kube, object) =>
  kube.replace({ ...object, spec: { ...object.spec, replicas: 7 } } as Deployment);
const APPLY: Write = (kube, object) => kube.apply(object);
const CREATE: Write = (kube, object) => kube.create(object);
const REMOVE: Write = (kube, { metadata }) => kube.remove(TARGET, metadata.uid ?? '');

describe('a write', () => {
  test.each<[string, Write]>([
    ['patch', PATCH],
    ['replace', REPLACE],
  ])('(%s) that is done answers with the object and its new version', async (_what, write) => {
    const { world, kube, stored, found } = there();
    const written = await world.done(write(kube, stored));
    expect(written).toEqual({ kind: 'done', object: found() });
    expect(found()?.spec.replicas).toBe(7);
    expect(found()?.metadata.resourceVersion).not.toBe(stored.metadata.resourceVersion);
  });

  test.each<[string, Write, number]>([
    ['patch', PATCH, 409],
    ['patch', PATCH, 404],
    ['replace', REPLACE, 409],
    ['replace', REPLACE, 404],
    ['apply', APPLY, 409],
    ['create', CREATE, 409],
    ['remove', REMOVE, 409],
  ])(
    '(%s) whose precondition is refused (%i) is no error, and nothing was changed',
    async (_what, write, status) => {
      const { world, kube, stored, found } = there();
      world.api.answers('WRITE deployments', { status, message: 'it has changed' });
      expect(await world.done(write(kube, stored))).toEqual({
        kind: 'conflict',
        why: expect.any(String),
      });
      expect(found()).toEqual(stored);
    },
  );

  test.each<[string, Write, number]>([
    ['create', CREATE, 404],
    ['patch', PATCH, 403],
    ['replace', REPLACE, 422],
    ['apply', APPLY, 400],
    ['remove', REMOVE, 403],
  ])('(%s) that is refused for good (%i) is an error, tried once', async (_what, write, status) => {
    const { world, kube, stored } = there();
    world.api.answers('WRITE deployments', { status }, FOR_EVER);
    expect(await world.cameOf(write(kube, stored))).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`status ${status}: status ${status} of the test`),
    });
    expect(world.api.asked).toHaveLength(1);
  });

  test('of what is there already under a name changes nothing of it', async () => {
    const { world, kube, stored, found } = there();
    const other = { ...stored, spec: { ...stored.spec, replicas: 9 } };
    expect(await world.done(kube.create(other))).toMatchObject({ kind: 'conflict' });
    expect(found()).toEqual(stored);
  });

  test('bears the release’s own name: what others write can be told from it', async () => {
    const { world, kube, stored } = there();
    const paths: string[] = [];
    const transport = {
      ...world.api.transport,
      send: (request: ApiRequest, timeoutMs: number) => {
        paths.push(request.path);
        return world.api.transport.send(request, timeoutMs);
      },
    };
    const own = createKube(transport, world.clock, new AbortController().signal);
    for (const write of [PATCH, REPLACE, APPLY, CREATE]) await world.cameOf(write(own, stored));
    expect(paths).toHaveLength(4);
    for (const path of paths) expect(path).toContain('fieldManager=zero-downtime');
    void kube;
  });
});

describe('a write whose answer is lost', () => {
  test('is tried again, and is a conflict then: whoever wrote looks what is there', async () => {
    const { world, kube, stored, found } = there();
    world.api.answers('WRITE deployments', 'lost');
    const written = await world.done(REPLACE(kube, stored));
    expect(written).toMatchObject({ kind: 'conflict' });
    expect(found()?.spec.replicas).toBe(7);
  });

  test('of a delete is done: what is gone is gone', async () => {
    const { world, kube, stored, found } = there();
    world.api.answers('WRITE deployments', 'lost');
    expect(await world.done(REMOVE(kube, stored))).toMatchObject({ kind: 'done' });
    expect(found()).toBeUndefined();
  });
});

describe('a delete', () => {
  test('of what is gone already is done', async () => {
    const { world, kube, stored } = there();
    world.api.drop(TARGET, NAME);
    expect(await world.done(REMOVE(kube, stored))).toMatchObject({ kind: 'done' });
  });

  test('does not meet another one of the same name', async () => {
    const { world, kube, found } = there();
    expect(await world.done(kube.remove(TARGET, 'another'))).toMatchObject({ kind: 'conflict' });
    expect(found()).toBeDefined();
  });
});

describe('a read', () => {
  test('of what is not there is nothing, and no error', async () => {
    const { world, kube } = there();
    expect(await world.done(kube.get({ ...TARGET, name: 'other' }))).toBeUndefined();
  });

  test.each([403, 500])(
    'that is answered %i is not nothing: something may be there',
    async (status) => {
      const { world, kube } = there();
      world.api.answers('GET deployments', { status }, FOR_EVER);
      expect(await world.cameOf(kube.get(TARGET))).toMatchObject({ exitCode: 3 });
    },
  );

  test('says its type, which the items of a list do not bring', async () => {
    const { world, kube } = there();
    const { items } = await world.done(
      kube.list<Deployment>({ kind: 'apps/v1/Deployment', namespace: 'default' }),
    );
    expect(items).toMatchObject([{ apiVersion: 'apps/v1', kind: 'Deployment' }]);
  });

  test('of a list that may not be read is no empty list', async () => {
    const { world, kube } = there();
    world.api.answers('GET deployments', { status: 403 });
    const listed = kube.list({ kind: 'apps/v1/Deployment', namespace: 'default' });
    expect(await world.cameOf(listed)).toMatchObject({ exitCode: 3 });
  });
});

describe('what is rehearsed', () => {
  const rehearsed = async (
    answer?: Parameters<ReturnType<typeof there>['world']['api']['answers']>[1],
  ) => {
    const { world, kube, stored } = there();
    if (answer) world.api.answers('POST deployments', answer, FOR_EVER);
    const object = { ...stored, metadata: { ...stored.metadata, name: 'new' } };
    const came = await world.done(kube.rehearse(object));
    return { came, isMade: world.api.found(TARGET, 'new') !== undefined, world };
  };

  test('is not made', async () => {
    const { came, isMade, world } = await rehearsed();
    expect(came).toMatchObject({ kind: 'admitted' });
    expect([isMade, world.api.writes]).toEqual([false, []]);
  });

  test.each([
    [403, 'exceeded quota', 'refused'],
    [422, 'is invalid', 'refused'],
    [403, 'User "u" cannot create resource "deployments"', 'unsure'],
    [400, 'webhook "w" does not support dry run', 'unsure'],
    [500, 'failed calling webhook', 'unsure'],
    [429, 'too many', 'unsure'],
  ])('and answered %i (%s) is %s', async (status, message, kind) => {
    expect((await rehearsed({ status, message })).came).toMatchObject({ kind });
  });
});

describe('an API that does not answer', () => {
  test.each([
    ['as long as it may be', 600, 590],
    ['no longer than it is worth', 5, 4],
  ])('is asked %s', async (_what, seconds, waits) => {
    const { world, kube } = there();
    world.api.answers('*', 'never', FOR_EVER);
    const asked = kube.within(seconds * 1000).get(TARGET);
    expect(await world.cameOf(asked, waits)).toBe('waits');
    expect(await world.cameOf(asked, 20)).toMatchObject({ exitCode: 3 });
  });

  test('is told of once to whoever watches, before patience is over', async () => {
    const { world, kube } = there();
    world.api.answers('*', 'refused', FOR_EVER);
    const told: string[] = [];
    const asked = kube.within(600_000, (why) => told.push(why)).get(TARGET);
    expect(await world.cameOf(asked, 9)).toBe('waits');
    expect(told).toEqual([]);
    await world.passes(300);
    expect(told).toEqual([expect.stringContaining(`deployments/${NAME}: no answer`)]);
  });

  test('is given up within seconds once the process has to end, and that is a stop and no failure', async () => {
    const { world, kube, stop } = there();
    world.api.answers('*', 'never', FOR_EVER);
    const asked = kube.within(600_000).get(TARGET);
    await world.passes(60);
    stop.abort();
    expect(await world.cameOf(asked, 6)).toMatchObject({ exitCode: 143 });
  });

  test('and refuses once the process has to end is a failure all the same', async () => {
    const { world, kube, stop } = there();
    stop.abort();
    world.api.answers('*', { status: 403 });
    expect(await world.cameOf(kube.get(TARGET), 6)).toMatchObject({ exitCode: 3 });
  });
});

test('who may not ask is told how that is granted', async () => {
  const answer: ApiAnswer = { status: 403, retryAfterMs: undefined, text: '{}' };
  const { clock } = fakeWorld();
  const transport = { send: async () => answer, stream: async () => answer };
  const kube = createKube(transport, clock, new AbortController().signal);
  await expect(kube.get(TARGET)).rejects.toMatchObject({
    status: 403,
    advice: expect.stringContaining('make grant'),
  });
});
