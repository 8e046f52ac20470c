// A write that a dead process has sent is refused whenever it arrives: whoever takes over changes each
// object of the plan once, even in a cluster that keeps changing under its hands.
import { describe, expect, test } from '@jest/globals';
import type { PatchOperation } from '../../../core/cluster/action.ts';
import { patchOf } from '../../../core/cluster/action.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { fence } from '../../../effects/ownership/fence.ts';
import { APP } from '../../core/support/objects.ts';
import { releaseIn } from '../../core/support/releases.ts';
import { type FakeWorld, fakeWorld } from '../support/world.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const SERVICE = { apiVersion: 'v1', kind: 'Service' } as const;
const FENCE = 'release.zero-downtime.dev/fence';
const { plan, cluster } = releaseIn('blue-green', 'monitoring');
const OWN = [
  [SERVICE, APP],
  [DEPLOYMENT, `${APP}-blue`],
  [DEPLOYMENT, `${APP}-green`],
] as const;

/** The cluster as the release has left it, and a write of the dead that is still on its way. */
function left() {
  const world = fakeWorld();
  for (const each of [...cluster.services.values(), ...cluster.deployments.values()]) {
    world.api.put(each);
  }
  const { kube } = world.process('p2');
  return { world, fenced: () => world.cameOf(fence(kube, plan)) };
}

function objectAt({ api }: FakeWorld, [type, name]: (typeof OWN)[number]): KubernetesObject {
  const found = api.found(type, name);
  if (!found) throw new Error(`no ${type.kind} ${name}`);
  return found;
}

/** What becomes of a patch that was decided on the object as it was then. */
async function arrives(world: FakeWorld, seen: KubernetesObject, what: readonly PatchOperation[]) {
  const { target, operations } = patchOf(seen, what);
  return world.done(world.process('dead').kube.patch(target, operations));
}

const LATE: readonly PatchOperation[] = [{ op: 'add', path: '/spec/late', value: true }];

describe('nothing of a dead process is written after the fence has closed', () => {
  test.each(OWN)('to %o %s', async (...which) => {
    const { world, fenced } = left();
    const seen = objectAt(world, which);
    expect(await fenced()).toEqual({ value: undefined });
    expect(await arrives(world, seen, LATE)).toMatchObject({ kind: 'conflict' });
    expect(objectAt(world, which)).not.toHaveProperty('spec.late');
  });

  test('but what whoever took over decides on what it sees then', async () => {
    const { world, fenced } = left();
    await fenced();
    expect(await arrives(world, objectAt(world, OWN[0]), LATE)).toMatchObject({ kind: 'done' });
  });
});

describe('the fence', () => {
  test('leaves of itself nothing behind, and changes nothing else', async () => {
    const { world, fenced } = left();
    const before = OWN.map((which) => objectAt(world, which));
    await fenced();
    for (const [at, which] of OWN.entries()) {
      const { spec, metadata } = objectAt(world, which) as Service | Deployment; // as above
      expect(spec).toEqual((before[at] as Service | Deployment).spec);
      expect(metadata.annotations?.[FENCE]).toBeUndefined();
    }
  });

  test('is no obstacle where a process before was killed between raising and lowering it', async () => {
    const { world, fenced } = left();
    const service = objectAt(world, OWN[0]);
    world.api.put({
      ...service,
      metadata: { ...service.metadata, annotations: { [FENCE]: 'raised' } },
    });
    const seen = objectAt(world, OWN[0]);
    await fenced();
    expect(objectAt(world, OWN[0]).metadata.annotations?.[FENCE]).toBeUndefined();
    expect(await arrives(world, seen, LATE)).toMatchObject({ kind: 'conflict' });
  });

  test.each([1, 2])(
    'is raised again where somebody else has written meanwhile (before its write %i)',
    async (nth) => {
      const { world, fenced } = left();
      const meddle = (): void => {
        const service = objectAt(world, OWN[0]);
        world.api.put({
          ...service,
          metadata: { ...service.metadata, labels: { meddled: 'yes' } },
        });
      };
      if (nth === 1) world.api.meanwhile(`PATCH services/${APP}`, meddle);
      else {
        world.api.meanwhile(`PATCH services/${APP}`, () =>
          world.api.meanwhile(`PATCH services/${APP}`, meddle),
        );
      }
      expect(await fenced()).toEqual({ value: undefined });
      const { annotations, labels } = objectAt(world, OWN[0]).metadata;
      expect(annotations?.[FENCE]).toBeUndefined();
      expect(labels).toEqual({ meddled: 'yes' });
    },
  );

  test('is raised against the very write that it is to keep out, when that is faster', async () => {
    const { world, fenced } = left();
    const seen = objectAt(world, OWN[0]);
    world.api.meanwhile(`PATCH services/${APP}`, () => {
      world.api.put({ ...seen, metadata: { ...seen.metadata, annotations: { late: 'yes' } } });
    });
    await fenced();
    const now = objectAt(world, OWN[0]);
    // It came before the fence: whoever takes over sees it. A second one is kept out.
    expect(now.metadata.annotations).toEqual({ late: 'yes' });
    expect(await arrives(world, seen, LATE)).toMatchObject({ kind: 'conflict' });
  });

  test('has nothing to do where an object is gone', async () => {
    const { world, fenced } = left();
    world.api.drop(DEPLOYMENT, `${APP}-green`);
    expect(await fenced()).toEqual({ value: undefined });
    expect(world.api.found(DEPLOYMENT, `${APP}-green`)).toBeUndefined();
  });

  test('is not taken for closed where the API refuses it', async () => {
    const { world, fenced } = left();
    world.api.answers(`PATCH deployments/${APP}-green`, { status: 403 });
    expect(await fenced()).toMatchObject({ exitCode: 3 });
  });

  test('is not taken for closed before the API has answered', async () => {
    const { world } = left();
    world.api.answers(`PATCH services/${APP}`, 'never', Number.POSITIVE_INFINITY);
    const { kube } = world.process('p2');
    expect(await world.cameOf(fence(kube.within(600_000), plan), 300)).toBe('waits');
  });
});
