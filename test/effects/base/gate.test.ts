// Three hundred pages at once would be hundreds of megabytes: so many at a time, and none forgotten.
import { expect, test } from '@jest/globals';
import { createGate } from '../../../effects/base/gate.ts';

test.each([1, 16])('no more than %i works are under way, each is done once', async (most) => {
  const gate = createGate(most);
  let underWay = 0;
  let highest = 0;
  const done = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      gate(async () => {
        underWay += 1;
        highest = Math.max(highest, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        if (n % 7 === 0) throw new Error('a page that cannot be read');
        return n;
      }).catch(() => -1),
    ),
  );
  expect(highest).toBe(most);
  expect(done.filter((n) => n === -1)).toHaveLength(43);
  expect(done[299]).toBe(299);
  expect(underWay).toBe(0);
});
