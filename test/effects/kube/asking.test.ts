// How long the API is asked, and how much sooner it is given up once a stage has to end.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { Clock } from '../../../effects/base/clock.ts';
import { createKube } from '../../../effects/kube/client.ts';
import type { ApiAnswer, Transport } from '../../../effects/kube/transport.ts';
import { createVirtualClock } from '../../../embedded-cluster/base/virtual-clock.ts';
import { virtualTime } from '../support/virtual.ts';

const TARGET = { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'shop' };

interface Asked {
  readonly atMs: number;
  readonly exitCode: number | undefined;
}

/** Asks once and, after `hurryAfterMs`, is told to stop; the API answers as `send` does. */
async function ask(
  send: () => Promise<ApiAnswer>,
  hurryAfterMs?: number,
  times = 1,
): Promise<Asked[]> {
  const virtual = createVirtualClock(0);
  const clock: Clock = {
    now: (): Instant => instant(virtual.now()),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = virtual.after(delayMs, resolve);
        signal?.addEventListener('abort', () => {
          timer.cancel();
          resolve();
        });
      }),
  };
  const stop = new AbortController();
  const transport: Transport = { send, stream: () => new Promise(() => undefined) };
  const kube = createKube(transport, clock, stop.signal);
  if (hurryAfterMs !== undefined) virtual.after(hurryAfterMs, () => stop.abort());
  const asked: Asked[] = [];
  void (async () => {
    for (let time = 0; time < times; time += 1) {
      const exitCode = await kube.get(TARGET).then(
        () => undefined,
        (thrown: { exitCode: number }) => thrown.exitCode,
      );
      asked.push({ atMs: virtual.now(), exitCode });
    }
  })();
  await virtual.advanceTo(120_000);
  return asked;
}

const hangs = (): Promise<ApiAnswer> => new Promise(() => undefined);
const breaks = (): Promise<ApiAnswer> =>
  Promise.resolve({ status: 500, retryAfterMs: undefined, text: 'etcd has no leader' });

describe('an API that does not answer', () => {
  test('is asked again for half a minute, and then the stage could not decide', async () => {
    const [asked] = await ask(hangs);
    expect(asked).toMatchObject({ exitCode: 3 });
    expect(asked?.atMs).toBeGreaterThanOrEqual(30_000);
    expect(asked?.atMs).toBeLessThanOrEqual(45_000);
  });

  test('is not waited for when the stage has to end: the request under way is given up', async () => {
    expect(await ask(hangs, 3_000)).toEqual([{ atMs: 8_000, exitCode: 143 }]);
  });

  test('cannot keep a stage longer than 20 s, however often it is asked', async () => {
    const asked = await ask(hangs, 1_000, 10);
    expect(asked).toHaveLength(10);
    expect(asked.at(-1)?.atMs).toBe(21_000);
    expect(new Set(asked.map(({ exitCode }) => exitCode))).toEqual(new Set([143]));
  });
});

test('an API that is broken is tried for a short time only when the stage has to end', async () => {
  const [asked] = await ask(breaks, 1_000);
  expect(asked?.exitCode).toBe(3);
  expect(asked?.atMs).toBeLessThanOrEqual(6_000);
});

test('what an API has answered to one it is asked again by all who wait, and not when each is done waiting', async () => {
  const { virtual, clock } = virtualTime();
  const isBack = (): boolean => virtual.now() >= 18_000;
  const text = JSON.stringify({ ...TARGET, metadata: { name: 'shop' } });
  const answer = (): ApiAnswer => ({ status: isBack() ? 200 : 0, retryAfterMs: undefined, text });
  const send = (): Promise<ApiAnswer> => Promise.resolve(answer());
  const transport: Transport = { send, stream: () => new Promise(() => undefined) };
  const kube = createKube(transport, clock, new AbortController().signal);
  const answeredAtMs: number[] = [];
  const ask = () => void kube.get(TARGET).then(() => answeredAtMs.push(virtual.now()));
  ask();
  virtual.after(1_000, ask);
  virtual.after(18_500, ask);
  await virtual.advanceTo(60_000);
  expect(answeredAtMs).toEqual([18_500, 18_500, 18_500]);
});
