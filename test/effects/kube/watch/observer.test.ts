// A release sees its own objects, all of them, and how old that is: the oldest part counts.
import { describe, expect, test } from '@jest/globals';
import { targetOf } from '../../../../core/cluster/action.ts';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../../core/kubernetes/workload-objects.ts';
import { observe } from '../../../../effects/kube/watch/observer.ts';
import { APP, deployment, pod, REPOSITORY } from '../../../core/support/objects.ts';
import { BLUE, releaseIn } from '../../../core/support/releases.ts';
import { type ToyOptions, toyService } from '../../support/toy-service.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

async function observing(
  options: ToyOptions & { readonly strategy?: 'rolling' | 'blue-green' } = {},
  prepare: (world: Awaited<ReturnType<typeof toyService>>) => void = () => undefined,
) {
  const world = await toyService(options);
  prepare(world);
  const { kube, clock } = world.stage('deploy');
  const { plan } = releaseIn(options.strategy ?? 'blue-green');
  let news = 0;
  const came = await world.cameOf(observe(kube, clock, plan, () => (news += 1)));
  if (came === 'waits' || !('value' in came)) throw new Error(JSON.stringify(came));
  return { world, observer: came.value, news: () => news, plan };
}

const blue = (look: { deployments: ReadonlyMap<string, Deployment> }) =>
  look.deployments.get(`${APP}-blue`);

describe('what a release sees', () => {
  test('is its service, both sides, their pods and whom the service reaches', async () => {
    const { observer } = await observing();
    const seen = observer.look();
    expect(seen.service?.metadata.name).toBe(APP);
    expect([...seen.deployments.keys()]).toEqual([`${APP}-blue`]);
    expect(seen.pods).toHaveLength(3);
    expect(seen.replicaSets).toHaveLength(1);
    expect(seen.slices.flatMap(({ endpoints }) => endpoints ?? [])).toHaveLength(3);
    expect(seen.previewSlices).toEqual([]);
  });

  test('is nothing of another service, and no more than it needs is watched', async () => {
    const ledger = deployment('ledger', 'v7', { app: 'ledger' });
    const { observer, world } = await observing({ objects: [ledger] });
    const seen = observer.look();
    expect(seen.deployments.has('ledger')).toBe(false);
    expect(seen.pods.every(({ metadata }) => metadata.labels?.app === APP)).toBe(true);
    const watches = world.api.asked.filter(({ call }) => call.startsWith('WATCH'));
    expect(watches.some(({ call }) => /secrets|configmaps|nodes/.test(call))).toBe(false);
  });

  test('of a preview is kept apart from what clients reach', async () => {
    const { observer, world } = await observing();
    const metadata = { name: `${APP}-preview`, namespace: 'default' };
    const spec = { selector: BLUE, ports: [{ port: 8080 }] };
    world.api.put({ apiVersion: 'v1', kind: 'Service', metadata, spec } as Service);
    await world.passes(1);
    const { previewService, previewSlices, slices } = observer.look();
    expect(previewService?.metadata.name).toBe(`${APP}-preview`);
    expect(previewSlices).toHaveLength(1);
    expect(slices).toHaveLength(1);
  });

  test('is there as it comes, and whoever waits is woken', async () => {
    const { observer, world, news } = await observing();
    const before = news();
    world.api.put(pod('one-more', BLUE, `${REPOSITORY}:v1`));
    await world.passes(0.1);
    expect(observer.look().pods).toHaveLength(4);
    expect(news()).toBeGreaterThan(before);
  });

  test('is not less because warnings may not be read: they only explain', async () => {
    const { observer } = await observing({}, ({ api }) =>
      api.answers('GET events', { status: 403 }, FOR_EVER),
    );
    expect(observer.look().events).toEqual([]);
    expect(observer.look().pods).toHaveLength(3);
  });

  test.each(['pods', 'replicasets', 'endpointslices', 'services', 'deployments'])(
    'is nothing to go on with where its %s may not be read',
    async (plural) => {
      const refused = observing({}, ({ api }) =>
        api.answers(`GET ${plural}`, { status: 403 }, FOR_EVER),
      );
      await expect(refused).rejects.toThrow('403');
    },
  );
});

describe('what was written', () => {
  test('is seen at once, before the watch tells of it', async () => {
    const { observer, world } = await observing();
    const found = blue(observer.look());
    if (!found) throw new Error('it is there');
    const written = world.api.put({ ...found, spec: { ...found.spec, replicas: 7 } });
    expect(blue(observer.look())?.spec.replicas).toBe(3);
    observer.learn(written);
    expect(blue(observer.look())?.spec.replicas).toBe(7);
  });

  test('as a delete is seen at once', async () => {
    const { observer } = await observing();
    const found = blue(observer.look());
    if (found) observer.forget(targetOf(found));
    expect(blue(observer.look())).toBeUndefined();
  });

  test.each<[string, (object: Deployment) => KubernetesObject | undefined]>([
    [
      'as it is now',
      (object) => ({ ...object, spec: { ...object.spec, replicas: 9 } }) as Deployment,
    ],
    ['as gone, where it is gone', () => undefined],
  ])('and was refused is looked at %s', async (_what, change) => {
    const { observer, world } = await observing();
    world.api.silence();
    const found = blue(observer.look());
    if (!found) throw new Error('it is there');
    const changed = change(found);
    if (changed) world.api.put(changed);
    else world.api.drop(DEPLOYMENT, `${APP}-blue`);
    await world.done(observer.refresh(targetOf(found)));
    expect(blue(observer.look())?.spec.replicas).toBe(changed ? 9 : undefined);
  });
});

describe('how old what is seen is', () => {
  test('is told of the part that was not seen for the longest time', async () => {
    const { observer, world } = await observing();
    world.api.silence();
    world.api.answers('GET pods', { status: 403 }, FOR_EVER);
    await world.passes(70);
    const { part, seenAt, contactAt, why } = observer.sight();
    expect(part).toBe('the pods');
    expect(world.virtual.now() - seenAt).toBeGreaterThan(60_000);
    expect(world.virtual.now() - contactAt).toBeLessThan(35_000);
    expect(why).toContain('403');
  });

  test('does not make the API be away where a single part of it is not answered', async () => {
    const { observer, world } = await observing();
    world.api.silence();
    world.api.answers('GET pods', 'refused', FOR_EVER);
    await world.passes(100);
    const { part, contactAt } = observer.sight();
    expect(part).toBe('the pods');
    expect(world.virtual.now() - contactAt).toBeLessThan(35_000);
  });

  test('is of everything, where nothing is answered any more', async () => {
    const { observer, world } = await observing();
    world.api.answers('*', 'refused', FOR_EVER);
    world.api.cut();
    await world.passes(70);
    const { contactAt } = observer.sight();
    expect(world.virtual.now() - contactAt).toBeGreaterThan(60_000);
  });
});

describe('everything is listed', () => {
  test('when that is asked for: all of it, whatever the watches have told', async () => {
    const { observer, world } = await observing();
    world.api.silence();
    world.api.drop(DEPLOYMENT, `${APP}-blue`);
    await world.passes(1);
    expect(observer.look().pods).toHaveLength(3);
    await world.done(observer.relist());
    expect([blue(observer.look()), observer.look().pods]).toEqual([undefined, []]);
  });

  test('and of the pods alone, when no more than these are asked for', async () => {
    const { observer, world } = await observing();
    world.api.silence();
    world.api.drop(DEPLOYMENT, `${APP}-blue`);
    const [known] = observer.look().replicaSets;
    if (known) world.api.drop({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }, known.metadata.name);
    await world.passes(1);
    await world.done(observer.relistPods());
    // Whose a pod is, its ReplicaSet tells.
    expect(observer.look().replicaSets).toEqual([]);
    expect(blue(observer.look())).toBeDefined();
  });

  test('and is not called done while one part of it could not be listed', async () => {
    const { observer, world } = await observing();
    world.api.answers('GET endpointslices', { status: 500 }, FOR_EVER);
    expect(await world.cameOf(observer.relist(), 60)).toBe('waits');
  });
});

test('once it has stopped nothing is asked for any more', async () => {
  const { observer, world } = await observing();
  observer.stop();
  await world.passes(1);
  const { length } = world.api.asked;
  await world.passes(120);
  expect(world.api.asked).toHaveLength(length);
});
