// An order is left once, beside the journal, and whoever drives the release hears of it in time.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import {
  type Command,
  commandsData,
  MOST_COMMANDS,
  readCommands,
} from '../../../../core/journal/commands/command.ts';
import { JOURNAL_KEY, journalName, withResponses } from '../../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../../core/kubernetes/objects.ts';
import { placeCommand, watchCommands } from '../../../../effects/ownership/journal/commands.ts';
import { APP } from '../../../core/support/objects.ts';
import { AT, configMapOf, journalOf, RUN, releaseIn } from '../../../core/support/releases.ts';
import { type FakeWorld, fakeWorld } from '../../support/world.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const JOURNAL = journalOf(releaseIn('rolling', 'monitoring'));
const WHERE = { namespace: 'default', service: APP };

const order = (id: string, release = RUN): Command => ({
  id,
  release,
  by: 'ada',
  at: AT,
  order: 'abort',
});
const answered = (...ids: string[]) =>
  withResponses(
    JOURNAL,
    ids.map((id) => ({ id, order: 'abort', by: 'ada', at: AT, taken: 'heeded', text: 'yes' })),
  );

function left({ api }: FakeWorld): string[] {
  const stored = api.found<ConfigMap>(CONFIG_MAP, journalName(APP));
  return readCommands(stored?.data).map(({ id }) => id);
}

/** A world whose journal holds these orders, and a way to leave another one. */
function leaving(orders: readonly Command[] = [], journal = JOURNAL) {
  const world = fakeWorld();
  world.api.put(configMapOf(journal, commandsData(orders)));
  const { kube } = world.process('operate');
  const place = (command: Command) =>
    world.cameOf(placeCommand(kube, WHERE.namespace, WHERE.service, command));
  return { world, place };
}

describe('an order that is left', () => {
  test('stands beside the journal, which is not touched', async () => {
    const { world, place } = leaving();
    expect(await place(order('a'))).toEqual({ value: undefined });
    expect(left(world)).toEqual(['a']);
    const stored = world.api.found<ConfigMap>(CONFIG_MAP, journalName(APP));
    expect(stored?.data?.[JOURNAL_KEY]).toBe(configMapOf(JOURNAL).data?.[JOURNAL_KEY]);
  });

  test('does not overwrite a journal that is saved in the same moment', async () => {
    const { world, place } = leaving();
    world.api.meanwhile('PUT configmaps', () => world.api.put(configMapOf(answered('z'))));
    await place(order('a'));
    const stored = world.api.found<ConfigMap>(CONFIG_MAP, journalName(APP));
    expect(stored?.data?.[JOURNAL_KEY]).toBe(configMapOf(answered('z')).data?.[JOURNAL_KEY]);
    expect(left(world)).toEqual(['a']);
  });

  test('joins one of another operator that comes in the same moment', async () => {
    const { world, place } = leaving();
    world.api.meanwhile('PUT configmaps', () =>
      world.api.put(configMapOf(JOURNAL, commandsData([order('b')]))),
    );
    await place(order('a'));
    expect(left(world)).toEqual(['b', 'a']);
  });

  test('is left once, however often the same command is carried out', async () => {
    const { world, place } = leaving([order('a')]);
    await place(order('a'));
    expect(left(world)).toEqual(['a']);
    expect(world.api.writes).toEqual([]);
  });

  test('clears away what was answered and what was meant for another release', async () => {
    const orders = [order('old'), order('waits'), order('other', releaseId('run-0'))];
    const { world, place } = leaving(orders, answered('old'));
    await place(order('a'));
    expect(left(world)).toEqual(['waits', 'a']);
  });

  test('is refused where more wait than any operator gives: the journal has no room for all', async () => {
    const waiting = Array.from({ length: MOST_COMMANDS }, (_, at) => order(`o${at}`));
    const { world, place } = leaving(waiting);
    expect(await place(order('a'))).toMatchObject({ exitCode: 1 });
    expect(world.api.writes).toEqual([]);
    const { place: another } = leaving(waiting.slice(1));
    expect(await another(order('a'))).toEqual({ value: undefined });
  });

  test('is refused where there is no journal: nobody would ever read it', async () => {
    const world = fakeWorld();
    const { kube } = world.process('operate');
    const placed = placeCommand(kube, 'default', APP, order('a'));
    expect(await world.cameOf(placed)).toMatchObject({ exitCode: 1 });
    expect(world.api.writes).toEqual([]);
  });
});

describe('whoever drives a release', () => {
  const watching = async (orders: readonly Command[] = []) => {
    const { world } = leaving(orders);
    const { kube, clock } = world.process('deploy');
    let news = 0;
    const watch = await world.done(watchCommands(kube, clock, WHERE, () => (news += 1)));
    const put = (now: readonly Command[]) => world.api.put(configMapOf(JOURNAL, commandsData(now)));
    const pending = (journal = JOURNAL) => watch.pending(journal, RUN).map(({ id }) => id);
    return { world, watch, put, pending, news: () => news };
  };

  test('knows at once of an order that was there before', async () => {
    const { pending } = await watching([order('a')]);
    expect(pending()).toEqual(['a']);
  });

  test('hears of an order as it comes', async () => {
    const { world, put, pending, news } = await watching();
    const before = news();
    put([order('a')]);
    await world.passes(0.1);
    expect(pending()).toEqual(['a']);
    expect(news()).toBeGreaterThan(before);
  });

  test('hears of an order within half a minute, though the watch has fallen silent', async () => {
    const { world, put, pending } = await watching();
    world.api.silence();
    put([order('a')]);
    await world.passes(29);
    expect(pending()).toEqual([]);
    await world.passes(3);
    expect(pending()).toEqual(['a']);
  });

  test('takes up none that was answered, and none that was meant for another release', async () => {
    const { pending } = await watching([order('a'), order('b'), order('c', releaseId('run-0'))]);
    expect(pending(answered('a'))).toEqual(['b']);
  });

  test('hears no more once it has stopped', async () => {
    const { world, watch, put, pending } = await watching();
    watch.stop();
    put([order('a')]);
    await world.passes(120);
    expect(pending()).toEqual([]);
    expect(world.api.asked.filter(({ atMs }) => atMs > world.virtual.now() - 100_000)).toEqual([]);
  });
});
