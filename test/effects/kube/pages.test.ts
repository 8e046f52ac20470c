// A list of a large cluster: in pages, and no more of each object than is needed.
import { describe, expect, test } from '@jest/globals';
import { listInPages, type Page } from '../../../effects/kube/pages.ts';

/** Pages of two, which the server forgets after so many of them were asked for. */
function server(items: readonly number[], forgetsAt: readonly number[] = []) {
  let asked = 0;
  const tokens: string[] = [];
  const ask = async (parameters: Readonly<Record<string, string>>) => {
    asked += 1;
    tokens.push(parameters.continue ?? '');
    if (forgetsAt.includes(asked)) return undefined;
    const from = Number(parameters.continue ?? 0);
    const page: Page<number> = {
      metadata: {
        resourceVersion: '7',
        ...(from + 2 < items.length ? { continue: String(from + 2) } : {}),
      },
      items: items.slice(from, from + 2),
    };
    return page;
  };
  return { ask, tokens };
}

describe('a list', () => {
  test('is read page by page, and only what is kept stays', async () => {
    const { ask, tokens } = server([1, 2, 3, 4, 5]);
    const listed = await listInPages(ask, (item) => (item % 2 ? item * 10 : undefined));
    expect(listed).toEqual({ items: [10, 30, 50], resourceVersion: '7' });
    expect(tokens).toEqual(['', '2', '4']);
  });

  test('that is forgotten in the middle is begun anew', async () => {
    const { ask, tokens } = server([1, 2, 3, 4], [2]);
    expect((await listInPages(ask, (item) => item)).items).toEqual([1, 2, 3, 4]);
    expect(tokens).toEqual(['', '2', '', '2']);
  });

  test('that is forgotten again and again is given up', async () => {
    const { ask } = server([1, 2, 3, 4], [2, 4, 6]);
    await expect(listInPages(ask, (item) => item)).rejects.toThrow('forgets a list');
  });
});
