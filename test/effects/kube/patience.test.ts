// What servers may answer that would make an impatient client give up, or a diligent one a load.
import { describe, expect, test } from '@jest/globals';
import { createAsking } from '../../../effects/kube/asking.ts';
import type { ApiAnswer, Transport } from '../../../effects/kube/transport.ts';
import { virtualTime } from '../support/virtual.ts';

const GET = { method: 'GET', path: '/api/v1/pods' } as const;
const answer = (status: number, retryAfterMs?: number): ApiAnswer => ({
  status,
  retryAfterMs,
  text: '',
});

/** Asks once, of an API that answers its nth request as told. */
async function asked(answers: (nth: number, atMs: number) => ApiAnswer, patienceMs?: number) {
  const { virtual, clock } = virtualTime();
  const sentAt: number[] = [];
  let renewed = 0;
  const transport: Transport = {
    send: () => {
      sentAt.push(virtual.now());
      return Promise.resolve(answers(sentAt.length - 1, virtual.now()));
    },
    stream: () => new Promise(() => undefined),
    renewCredentials: () => {
      renewed += 1;
    },
  };
  const ask = createAsking(transport, clock, new AbortController().signal);
  let ended: { readonly status: number; readonly atMs: number } | undefined;
  void ask(GET, patienceMs).then(({ status }) => {
    ended = { status, atMs: virtual.now() };
  });
  await virtual.advanceTo(1_200_000);
  return { sentAt, renewed, ended };
}

describe('an API server that is busy', () => {
  test('and says Retry-After: 0 is not asked a thousand times a second', async () => {
    const { sentAt, ended } = await asked(() => answer(429, 0));
    expect(ended).toEqual({ status: 429, atMs: 30_000 });
    expect(sentAt.length).toBeLessThan(20);
  });

  test.each([10_000, 60_000, 3_600_000])(
    'and says to come back in %i ms is tried until patience is over',
    async (retryAfterMs) => {
      const { sentAt, ended } = await asked(() => answer(503, retryAfterMs));
      expect(ended).toEqual({ status: 503, atMs: 30_000 });
      expect(sentAt.at(-1)).toBe(30_000);
    },
  );

  test('and is well again before patience is over answers, though it had asked for more time', async () => {
    const { ended } = await asked((_nth, atMs) => answer(atMs < 20_000 ? 429 : 200, 60_000));
    expect(ended).toEqual({ status: 200, atMs: 30_000 });
  });

  test('is asked for as long as the caller has patience', async () => {
    const { ended } = await asked((_nth, atMs) => answer(atMs < 300_000 ? 0 : 200), 600_000);
    expect(ended?.status).toBe(200);
    expect(ended?.atMs).toBeLessThan(306_000);
  });
});

describe('an API server that does not know the caller', () => {
  test('is asked again at once with credentials that are read anew: a token may have been rotated', async () => {
    const { renewed, ended } = await asked((nth) => answer(nth === 0 ? 401 : 200));
    expect(renewed).toBe(1);
    expect(ended).toEqual({ status: 200, atMs: 100 });
  });

  test('for good is believed soon', async () => {
    const { ended } = await asked(() => answer(401), 600_000);
    expect(ended).toEqual({ status: 401, atMs: 5_000 });
  });
});

test.each([400, 403, 404, 409, 410, 422])(
  'what is refused with %i is asked once',
  async (status) => {
    const { sentAt } = await asked(() => answer(status, 1_000));
    expect(sentAt).toEqual([0]);
  },
);

test('ten thousand requests leave no listener on the signal that outlives them', async () => {
  const hurry = new AbortController();
  let listeners = 0;
  const { signal } = hurry;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  const { clock } = virtualTime();
  const transport: Transport = {
    send: () => Promise.resolve(answer(200)),
    stream: () => new Promise(() => undefined),
  };
  const ask = createAsking(transport, clock, signal);
  for (let n = 0; n < 10_000; n += 1) await ask(GET);
  expect(listeners).toBeLessThan(3);
});
