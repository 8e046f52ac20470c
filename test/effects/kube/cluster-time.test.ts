// A node whose clock is wrong must not read minutes into the times that the cluster has written.
import { expect, test } from '@jest/globals';
import { inClusterTime } from '../../../effects/kube/cluster-time.ts';
import type { Transport } from '../../../effects/kube/transport.ts';
import { clockOver, virtualTime } from '../support/virtual.ts';

const START_MS = Date.parse('2026-01-01T00:00:00.700Z');
const GET = { method: 'GET', path: '/version' } as const;

/** A process whose clock is wrong by so much asks once; how wrong is it then? */
async function wrongBy(skewMs: number, latencyMs: number, tellsTime = true): Promise<number> {
  const { virtual } = virtualTime(START_MS);
  const transport: Transport = {
    send: () =>
      new Promise((resolve) => {
        virtual.after(latencyMs, () => {
          const serverTimeMs = Math.floor(virtual.now() / 1000) * 1000;
          const answer = { status: 200, retryAfterMs: undefined, text: '' };
          resolve(tellsTime ? { ...answer, serverTimeMs } : answer);
        });
      }),
    stream: () => new Promise(() => undefined),
  };
  const time = inClusterTime(transport, clockOver(virtual, skewMs));
  void time.transport.send(GET, 10_000);
  await virtual.advanceTo(START_MS + 20_000);
  return time.clock.now() - virtual.now();
}

test.each([-300_000, -60_000, -20_000, -9_000, 9_000, 20_000, 300_000])(
  'a clock that is wrong by %i ms is set right by the first answer',
  async (skewMs) => {
    expect(Math.abs(await wrongBy(skewMs, 5))).toBeLessThanOrEqual(1_000);
    expect(Math.abs(await wrongBy(skewMs, 2_000))).toBeLessThanOrEqual(2_000);
  },
);

test.each([-1_500, -500, 0, 500, 1_500])(
  'a clock that is as good as the answer is left alone (%i ms)',
  async (skewMs) => {
    expect(await wrongBy(skewMs, 5)).toBe(skewMs);
  },
);

test('credentials are renewed through it as without it', async () => {
  const { virtual } = virtualTime(START_MS);
  let renewed = 0;
  const transport: Transport = {
    send: () => new Promise(() => undefined),
    stream: () => new Promise(() => undefined),
    renewCredentials: () => {
      renewed += 1;
    },
  };
  const { transport: timed } = inClusterTime(transport, clockOver(virtual, 0));
  timed.renewCredentials?.();
  expect(renewed).toBe(1);
});

test('without a word of the time the own clock is used', async () => {
  expect(await wrongBy(60_000, 5, false)).toBe(60_000);
});
