// A thousand objects through the front: that none is lost on the way, and what it takes.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ADMIN_TOKEN, createTestApi } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);
const COUNT = 1_000;
const PATH = '/apis/apps/v1/namespaces/default/deployments';

test('a thousand Deployments are created, read and watched', () => {
  const api = createTestApi();
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'application/json' };
  const bodies = Array.from({ length: COUNT }, (_, at) =>
    JSON.stringify({ ...sent, metadata: { name: `d-${at}` } }),
  );
  let told = 0;
  const watch = api.front({ method: 'GET', path: `${PATH}?watch=true`, headers });
  if ('stream' in watch) {
    watch.stream.open(
      () => {
        told += 1;
      },
      () => undefined,
    );
  }
  const begun = performance.now();
  const statuses = bodies.map((body, at) => {
    const created = api.front({ method: 'POST', path: PATH, headers, body });
    const read = api.front({ method: 'GET', path: `${PATH}/d-${at}`, headers });
    return `${created.status} ${read.status}`;
  });
  const tookMs = performance.now() - begun;
  process.stdout.write(`create + get + watch of ${COUNT} Deployments: ${tookMs.toFixed(0)} ms\n`);
  expect(new Set(statuses)).toEqual(new Set(['201 200']));
  expect(told).toBe(COUNT);
  expect(api.get(PATH).body.items).toHaveLength(COUNT);
});
