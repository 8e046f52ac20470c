// Whoever only looks is told of another release before anything is begun, and takes nothing.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import { refuseIfLeased } from '../../../../effects/ownership/lease/lease-guard.ts';
import { leaseOf, SUBJECT } from '../../support/leases.ts';
import { fakeWorld } from '../../support/world.ts';

/** What becomes of a stage of a release that finds this Lease. */
async function found(lease: Parameters<typeof leaseOf> | undefined, release = 'second') {
  const world = fakeWorld();
  if (lease) world.api.put(leaseOf(...lease));
  const { kube, clock } = world.process('p2');
  const { namespace, service } = SUBJECT;
  const came = await world.cameOf(
    refuseIfLeased(kube, clock, namespace, service, releaseId(release)),
  );
  return { came, world };
}

describe('a stage that looks for another release', () => {
  test('is refused where one is at work, and told who and how to see it', async () => {
    const { came } = await found(['first/p1']);
    expect(came).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/release first holds service .* process p1 of release first/),
    });
  });

  test('is refused where one keeps the service for its next stage', async () => {
    const { came } = await found(['first/', { seconds: 600 }]);
    expect(came).toMatchObject({ exitCode: 4 });
  });

  test.each([
    ['nobody has it', undefined],
    ['its own release has it', ['second/p1']],
    ['its own release keeps it for it', ['second/', { seconds: 600 }]],
    ['what another one kept has run out', ['first/', { seconds: 60, renewedMsAgo: 61_000 }]],
    ['the process of another one is gone by its own time', ['first/p1', { renewedMsAgo: 16_000 }]],
  ] as const)('goes on where %s', async (_what, lease) => {
    const { came } = await found(lease && [lease[0], lease[1] ?? {}]);
    expect(came).toEqual({ value: undefined });
  });

  test('neither takes the Lease nor touches it', async () => {
    for (const lease of [undefined, ['first/p1']] as const) {
      const { world } = await found(lease && [lease[0]]);
      expect(world.api.writes).toEqual([]);
    }
  });

  test('does not go on where the API does not say', async () => {
    const world = fakeWorld();
    world.api.answers('GET leases', { status: 403 });
    const { kube, clock } = world.process('p2');
    const asked = refuseIfLeased(kube, clock, 'default', SUBJECT.service, releaseId('second'));
    expect(await world.cameOf(asked)).toMatchObject({ exitCode: 3 });
  });
});
