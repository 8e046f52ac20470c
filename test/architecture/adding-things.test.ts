// What it takes to add something, proven by adding it: to a copy of the sources, which has to compile
// and to take the new thing from the config to its effect. CONTRIBUTING.md gives these counts.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Addition } from './adding/addition.ts';
import { channel } from './adding/channel.ts';
import { metricProvider } from './adding/metric-provider.ts';
import { Tree } from './adding/tree.ts';
import { triggerKind } from './adding/trigger-kind.ts';

const ADDITIONS: readonly Addition[] = [metricProvider, triggerKind, channel];

let tree: Tree;
beforeAll(async () => {
  tree = await Tree.copy();
  for (const addition of ADDITIONS) await tree.add(addition);
});
afterAll(() => tree.remove());

test('each is one new file, and one line in a registry with its import', async () => {
  const { added, changed, lost } = await tree.touched();
  expect(added.toSorted()).toEqual(ADDITIONS.map(({ file }) => file).toSorted());
  expect(new Map(changed.map(({ file, lines }) => [file, lines]))).toEqual(
    new Map(ADDITIONS.map(({ registry }) => [registry.file, [registry.import, registry.entry]])),
  );
  expect(lost).toBe(0);
});

test('the compiler has nothing to say, about them or about what uses them', async () => {
  expect(await tree.compile()).toBe('');
});

test.each(ADDITIONS)(
  '$what is accepted by the schema, decided, used and checked',
  async (addition) => {
    expect(await tree.run(addition)).toEqual(addition.writes);
  },
);
