// A journal is deleted or spoilt: in mid release it is written again, and after its process is gone
// nobody calls what that has left unchanged.
import { describe, expect, test } from '@jest/globals';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { CONFIG_MAPS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  CALM,
  runPipeline,
  runRecover,
  runStage,
  statusesOf,
} from '../../verification/world/process/pipeline.ts';
import type { StageProcess } from '../../verification/world/process/process.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const FIRST = { id: 'first', tag: 'v2' };
const TEN_MINUTES_MS = 600_000;

function deleteJournal({ cluster }: ProofWorld): void {
  const { store } = cluster.world;
  const stored = store.get('configmaps', 'default', 'shop-release-journal');
  if (stored) store.remove('configmaps', stored);
}

/** As an editor that was closed too early leaves it, or one who aims it at another namespace. */
function spoilJournal({ cluster }: ProofWorld, how: (text: string) => string): void {
  const { store, objects } = cluster.world;
  const stored = store.get('configmaps', 'default', 'shop-release-journal');
  const data = (stored?.data ?? {}) as Record<string, string>; // a ConfigMap's
  const text = how(data['journal.json'] ?? '');
  if (stored) objects.update(CONFIG_MAPS, { ...stored, data: { ...data, 'journal.json': text } });
}

const SPOILING = {
  'cut in half': (world: ProofWorld) =>
    spoilJournal(world, (text) => text.slice(0, text.length / 2)),
  'aimed at another namespace': (world: ProofWorld) =>
    spoilJournal(world, (text) => text.replaceAll('"default"', '"kube-system"')),
  deleted: deleteJournal,
} as const;

/** Does it once, when the release is watched, and perhaps kills the process before. */
function meddle(
  world: ProofWorld,
  deed: (world: ProofWorld) => void,
  process?: () => StageProcess | undefined,
) {
  let isDone = false;
  world.cluster.world.store.subscribe(() => {
    if (isDone || journalOf(world)?.current?.state.phase !== 'monitoring') return;
    isDone = true;
    process?.()?.kill();
    world.cluster.clock.after(300, () => deed(world));
  });
}

describe('a journal that somebody lays hands on while a process drives the release', () => {
  test.each([
    ['deleted', 'blue-green', 'good', 'promoted'],
    ['deleted', 'blue-green', 'failing', 'rolled-back'],
    ['deleted', 'rolling', 'good', 'promoted'],
    ['deleted', 'canary', 'failing', 'rolled-back'],
    ['cut in half', 'blue-green', 'good', 'promoted'],
    ['cut in half', 'canary', 'failing', 'rolled-back'],
    ['aimed at another namespace', 'rolling', 'good', 'promoted'],
    ['aimed at another namespace', 'canary', 'failing', 'rolled-back'],
  ] as const)(
    '%s, it is written again: %s, a %s candidate is %s',
    async (deed, strategy, candidate, outcome) => {
      const world = await startWorld(plainScenario(strategy, candidate));
      meddle(world, SPOILING[deed]);
      const ends = await tell(
        world,
        runPipeline(world, FIRST, () => CALM),
        TEN_MINUTES_MS,
      );
      world.stop();
      expect(ends).toMatchObject({ conclude: { code: 0, results: { outcome } } });
      expect(journalOf(world)?.history).toMatchObject([{ outcome }]);
      expect(world.clients.traffic.lost).toEqual([]);
    },
  );
});

describe('a journal that is deleted after its process was killed', () => {
  const killed = async (concludes: boolean) => {
    const world = await startWorld(plainScenario('blue-green', 'good'));
    let process: StageProcess | undefined;
    meddle(world, deleteJournal, () => process);
    const lines: string[] = [];
    const options = { ...CALM, log: (line: string) => lines.push(line) };
    const story = async () => {
      const onStart = (started: StageProcess): void => {
        process = started;
      };
      const ends = await runPipeline(world, FIRST, () => ({ ...options, onStart }));
      await sleep(world.cluster.clock, 60_000);
      return concludes
        ? runStage(world, 'conclude', FIRST, statusesOf(ends), options)
        : runRecover(world, options);
    };
    const end = await tell(world, story(), TEN_MINUTES_MS);
    await world.cluster.clock.advanceTo(world.cluster.clock.now() + 5_000);
    const service = world.cluster.world.store.get('services', 'default', 'shop');
    const { selector } = (service?.spec ?? {}) as { selector?: unknown }; // a Service's
    world.stop();
    return { end, selector, lines: lines.join('\n'), lost: world.clients.traffic.lost.length };
  };

  test('conclude sends traffic back to what the release has not marked, and calls it failed', async () => {
    const { end, selector, lost } = await killed(true);
    expect(end).toMatchObject({ code: 1, results: { outcome: 'failed' } });
    expect(end).toMatchObject({
      results: { reason: expect.stringContaining('Deployment shop-green bears the mark') },
    });
    expect(selector).toMatchObject({ version: 'blue' });
    expect(lost).toBe(0);
  });

  test('recover does the same', async () => {
    const { end, selector, lines, lost } = await killed(false);
    expect(end).toMatchObject({ code: 1 });
    expect(lines).toContain('Deployment shop-green bears the mark of this release');
    expect(selector).toMatchObject({ version: 'blue' });
    expect(lost).toBe(0);
  });
});
