// A release whose journal is gone has changed things all the same: it is never called unchanged.
import { describe, expect, test } from '@jest/globals';
import { RELEASE_ANNOTATION } from '../../../../core/cluster/ownership.ts';
import { EMPTY_JOURNAL, type Journal } from '../../../../core/journal/journal.ts';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import type { Deployment } from '../../../../core/kubernetes/workload-objects.ts';
import {
  findTraces,
  finishLostRelease,
} from '../../../../effects/ownership/journal/lost-journal.ts';
import { APP, deployment, service } from '../../../core/support/objects.ts';
import { BLUE, journalOf, RUN, recordFor, releaseIn } from '../../../core/support/releases.ts';
import { LOST, ownedBy } from '../../support/owned.ts';
import { fakeWorld } from '../../support/world.ts';

const GREEN = { app: APP, version: 'green' };
const SUBJECT = { release: RUN, service: APP, namespace: 'default' };

function marked(each: Deployment, release: string): Deployment {
  const annotations = { [RELEASE_ANNOTATION]: release };
  return { ...each, metadata: { ...each.metadata, annotations } };
}

/** Both sides, traffic at the one that the release has marked. */
function left(journal: Journal = EMPTY_JOURNAL, serves = GREEN, readyBlue = 3) {
  const world = fakeWorld();
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  world.api.put({ ...blue, status: { ...blue.status, readyReplicas: readyBlue } });
  world.api.put(marked(deployment(`${APP}-green`, 'v2', GREEN), RUN));
  world.api.put(service(serves));
  const own = ownedBy(world.process('conclude'), journal);
  const selector = () =>
    world.api.found<Service>({ apiVersion: 'v1', kind: 'Service' }, APP)?.spec.selector;
  const finish = () => world.cameOf(finishLostRelease(own.owned, SUBJECT));
  return { world, finish, selector, ...own };
}

const told = (text: string) => ({ value: expect.stringContaining(text) });

describe('a release whose journal is gone', () => {
  test('sends traffic back to the side that it has not marked, and says what it did', async () => {
    const { finish, selector } = left();
    expect(await finish()).toEqual(told('traffic was sent back'));
    expect(selector()).toEqual(BLUE);
  });

  test('writes only as long as the Lease is held', async () => {
    const { finish, world, loseLease } = left();
    loseLease();
    expect(await finish()).toEqual({ exitCode: LOST.exitCode, message: LOST.message });
    expect(world.api.writes).toEqual([]);
  });

  test('leaves the Service to whoever has changed it in that moment, and says so', async () => {
    const { finish, world, selector } = left();
    world.api.meanwhile('PATCH services', () => world.api.put(service({ app: 'elsewhere' })));
    expect(await finish()).toEqual(told('somebody else has just changed the Service'));
    expect(selector()).toEqual({ app: 'elsewhere' });
  });

  test('is for a person where the other side is not whole: nothing is written', async () => {
    const { finish, world } = left(EMPTY_JOURNAL, GREEN, 2);
    expect(await finish()).toEqual(told('put the Service right by hand'));
    expect(world.api.writes).toEqual([]);
  });

  test('is for a person where it has marked what does not serve: that is no good end either', async () => {
    const { finish, world } = left(EMPTY_JOURNAL, BLUE);
    expect(await finish()).toEqual(told('bears the mark of this release'));
    expect(world.api.writes).toEqual([]);
  });

  test('does not look away where the API may not be asked', async () => {
    const { finish, world } = left();
    world.api.answers('GET statefulsets', { status: 403 });
    expect(await finish()).toMatchObject({ exitCode: 3 });
  });
});

describe('nothing is finished that is not lost', () => {
  test.each<[string, Journal]>([
    ['the journal remembers how it ended', { ...EMPTY_JOURNAL, history: [recordFor(RUN)] }],
    ['the journal tells where it stands', journalOf(releaseIn('blue-green', 'monitoring'))],
  ])('where %s', async (_what, journal) => {
    const { finish, world } = left(journal);
    expect(await finish()).toEqual({ value: undefined });
    expect(world.api.writes).toEqual([]);
  });

  test('where it has left no mark', async () => {
    const { world, finish } = left();
    world.api.put(deployment(`${APP}-green`, 'v2', GREEN));
    expect(await finish()).toEqual({ value: undefined });
    expect(world.api.writes).toEqual([]);
  });
});

test('a mark on a StatefulSet is a trace as well', async () => {
  const world = fakeWorld();
  world.api.put(service(BLUE));
  const set = marked(deployment('shop', 'v1', BLUE), RUN);
  world.api.put({ ...set, kind: 'StatefulSet' });
  const { kube } = world.process('conclude');
  expect(await world.done(findTraces(kube, SUBJECT))).toMatchObject({ kind: 'left' });
});
