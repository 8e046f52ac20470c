// A refused precondition means that the world has moved on: nothing was changed, and nothing that was
// decided with it is done either. Whatever else the API says is no answer to be gone on with.
import { describe, expect, test } from '@jest/globals';
import type { Action, Effect } from '../../../core/cluster/action.ts';
import { patchOf, targetOf } from '../../../core/cluster/action.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { applyAction } from '../../../effects/driver/apply-action.ts';
import { APP, deployment } from '../../core/support/objects.ts';
import { BLUE } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const NAME = `${APP}-blue`;
const FOR_EVER = Number.POSITIVE_INFINITY;

/** A cluster with one Deployment, and an observer that notes what it is told. */
function setting() {
  const world = fakeWorld();
  const made = world.api.put(deployment(NAME, 'v1', BLUE));
  const { kube, log } = world.process('deploy');
  const told: string[] = [];
  const learned: KubernetesObject[] = [];
  const called: string[] = [];
  const nothing = (): never => {
    throw new Error('not asked for here');
  };
  const executing = {
    kube,
    log,
    namespace: 'default',
    observer: {
      look: nothing,
      sight: nothing,
      relist: nothing,
      relistPods: nothing,
      stop: nothing,
      learn: (object: KubernetesObject) => {
        told.push('learn');
        learned.push(object);
      },
      forget: ({ name }: { name: string }) => void told.push(`forget ${name}`),
      refresh: async ({ name }: { name: string }) => void told.push(`refresh ${name}`),
    },
    calls: {
      called: new Set<string>(),
      start: (id: string) => void called.push(id),
      isUnderWay: () => false,
    },
  };
  const act = (effect: Effect) => {
    const action: Action = { id: 'run-1/x/y', text: 'something', effect };
    return world.cameOf(applyAction(action, executing));
  };
  const stored = () => world.api.found<Deployment>(DEPLOYMENT, NAME);
  return { world, made, act, told, learned, called, stored };
}

const scaled = (object: Deployment): Effect =>
  patchOf(object, [{ op: 'replace', path: '/spec/replicas', value: 7 }]);
/** The same Deployment as somebody saw it before others have written it. */
const stale = (object: Deployment): Deployment => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: '0' },
});
const STALE = { value: 'stale' };
const DONE = { value: 'done' };

describe('a write', () => {
  test('is taken in by what it answered, before the watch tells of it', async () => {
    const { made, act, learned, stored } = setting();
    expect(await act(scaled(made))).toEqual(DONE);
    expect(stored()?.spec.replicas).toBe(7);
    expect(learned).toEqual([stored()]);
  });

  test.each<[string, (object: Deployment) => Effect]>([
    ['a patch', (object) => scaled(stale(object))],
    ['an object that is there already', (object) => ({ kind: 'create', object })],
    ['an apply', (object) => ({ kind: 'apply', object: stale(object) })],
  ])(
    '(%s) that was decided on an older object changes nothing and is looked at again',
    async (_what, effectOf) => {
      const { made, act, told, stored } = setting();
      expect(await act(effectOf(made))).toEqual(STALE);
      expect(stored()).toEqual(made);
      expect(told).toEqual([`refresh ${NAME}`]);
    },
  );

  test('of an object that is gone is looked at again', async () => {
    const { world, made, act, told } = setting();
    world.api.drop(DEPLOYMENT, NAME);
    expect(await act(scaled(made))).toEqual(STALE);
    expect(told).toEqual([`refresh ${NAME}`]);
  });

  test.each([400, 403, 422, 500])('that is answered %i is not taken for done', async (status) => {
    const { world, made, act, told } = setting();
    world.api.answers('WRITE deployments', { status }, FOR_EVER);
    expect(await act(scaled(made))).toMatchObject({ exitCode: 3 });
    expect(told).toEqual([]);
  });

  test('that is not answered is not taken for done', async () => {
    const { world, made, act } = setting();
    world.api.answers('WRITE deployments', 'never', FOR_EVER);
    expect(await act(scaled(made))).toMatchObject({ exitCode: 3 });
  });

  test('that is refused stops no release where nothing of it rests on that', async () => {
    const { world, made, act, stored } = setting();
    world.api.answers('PATCH deployments', { status: 403 });
    expect(await act({ ...scaled(made), optional: true } as Effect)).toEqual(DONE);
    expect(stored()?.spec.replicas).toBe(3);
  });
});

describe('a delete', () => {
  const remove = (object: Deployment, uid = object.metadata.uid ?? ''): Effect => ({
    kind: 'delete',
    target: targetOf(object),
    uid,
  });

  test('is taken in at once', async () => {
    const { made, act, told, stored } = setting();
    expect(await act(remove(made))).toEqual(DONE);
    expect(stored()).toBeUndefined();
    expect(told).toEqual([`forget ${NAME}`]);
  });

  test('of what is gone already is done', async () => {
    const { world, made, act } = setting();
    world.api.drop(DEPLOYMENT, NAME);
    expect(await act(remove(made))).toEqual(DONE);
  });

  test('does not meet what somebody has made anew under the same name', async () => {
    const { made, act, told, stored } = setting();
    expect(await act(remove(made, 'another'))).toEqual(STALE);
    expect(stored()).toEqual(made);
    expect(told).toEqual([`refresh ${NAME}`]);
  });
});

test('a drain hook is begun and not waited for', async () => {
  const { act, called, world } = setting();
  const call: Effect = { kind: 'call', pod: 'p', method: 'POST', url: 'http://127.0.0.1/drain' };
  expect(await act(call)).toEqual(DONE);
  expect(called).toEqual(['run-1/x/y']);
  expect(world.api.asked).toEqual([]);
});

describe('the last words of a container', () => {
  const LOG = '/api/v1/namespaces/default/pods/p/log';
  const SHOW: Effect = { kind: 'show-log', pod: 'p', container: 'c' };
  const last = `${LOG}?container=c&tailLines=10&limitBytes=16384`;

  test('are those before it was restarted, line by line, where there are any', async () => {
    const { world, act } = setting();
    world.api.texts.set(`${last}&previous=true`, 'it is\nbroken\n');
    world.api.texts.set(last, 'begins\n');
    expect(await act(SHOW)).toEqual(DONE);
    expect(world.lines.map((line) => /(it is|broken|begins)/.exec(line)?.[0])).toEqual([
      'it is',
      'broken',
    ]);
  });

  test('are what it says now where it was never restarted', async () => {
    const { world, act } = setting();
    world.api.texts.set(last, 'begins\n');
    expect(await act(SHOW)).toEqual(DONE);
    expect(world.lines).toEqual([expect.stringContaining('begins')]);
  });

  test('are missed by nobody where they cannot be read: the release goes on', async () => {
    const { world, act } = setting();
    world.api.answers('GET pods/p', { status: 403 }, FOR_EVER);
    expect(await act(SHOW)).toEqual(DONE);
    expect(world.lines).toEqual([]);
  });

  test('obey nobody: what a pod writes cannot end a line of the log or begin a field', async () => {
    const { world, act } = setting();
    world.api.texts.set(last, 'x" outcome="promoted\u001b[2J\n');
    await act(SHOW);
    expect(world.lines).toHaveLength(1);
    expect(world.lines[0]).not.toContain('" outcome="promoted');
    expect(world.lines[0]).not.toContain('\u001b');
  });
});
