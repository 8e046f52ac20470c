// Who may drive is decided by what is seen of a Lease, not by the times that another clock has written.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import type { StageFailure } from '../../../../effects/base/failure.ts';
import type { StageContext } from '../../../../effects/context/stage-context.ts';
import type { ApiAnswer, Transport } from '../../../../effects/kube/transport.ts';
import { takeLease } from '../../../../effects/ownership/lease/lease.ts';
import type { VirtualClock } from '../../../../embedded-cluster/base/virtual-clock.ts';
import { processAt } from '../../support/process.ts';
import { clockOver, virtualTime } from '../../support/virtual.ts';

const SUBJECT = { release: releaseId('first'), service: 'shop', namespace: 'default' };
const RIVAL = { ...SUBJECT, release: releaseId('second') };

/** An API that keeps one Lease, and may be away. */
function leaseApi() {
  let stored: { metadata: { resourceVersion: string; uid: string }; spec: unknown } | undefined;
  let version = 0;
  const api = { isAway: false, writes: 0, drop: () => (stored = undefined), holder: () => stored };
  const answer = (status: number, body: unknown = { message: 'no' }): ApiAnswer => ({
    status,
    retryAfterMs: undefined,
    text: JSON.stringify(body),
  });
  const handle = (method: string, body = '{}'): ApiAnswer => {
    if (method === 'GET') return stored ? answer(200, stored) : answer(404);
    if (method === 'DELETE') {
      stored = undefined;
      return answer(200, {});
    }
    const given = JSON.parse(body);
    if (method === 'POST' ? stored : !stored) return answer(method === 'POST' ? 409 : 404);
    if (stored && given.metadata.resourceVersion !== stored.metadata.resourceVersion)
      return answer(409);
    version += 1;
    api.writes += 1;
    stored = { ...given, metadata: { ...given.metadata, uid: 'u', resourceVersion: `${version}` } };
    return answer(200, stored);
  };
  const transport: Transport = {
    send: ({ method, body }) =>
      api.isAway
        ? Promise.reject(new Error('connection refused'))
        : Promise.resolve(handle(method, body)),
    stream: () => new Promise(() => undefined),
  };
  return { api, transport };
}

function processOn(
  virtual: VirtualClock,
  transport: Transport,
  process: string,
  skewMs = 0,
): StageContext {
  return processAt(transport, clockOver(virtual, skewMs), process);
}

const unchanged = () => Promise.resolve();

/** What came of a promise by then: its value, or the message of what it threw. */
async function cameOf<T>(virtual: VirtualClock, work: Promise<T>, withinMs: number) {
  let told: { value: T } | { exitCode: number; message: string } | 'waits' = 'waits';
  void work.then(
    (value) => (told = { value }),
    ({ exitCode, message }: StageFailure) => (told = { exitCode, message }),
  );
  await virtual.advanceTo(virtual.now() + withinMs);
  return told as { value?: T; exitCode?: number; message?: string } | 'waits';
}

describe('a Lease that its process renews', () => {
  test.each([-300_000, -60_000, -20_000, 0, 9_000, 12_000, 20_000, 300_000])(
    'is not taken by a rival whose clock is off by %i ms, who is told who holds it',
    async (skewMs) => {
      const { virtual } = virtualTime(1_000_000_000_000);
      const { transport } = leaseApi();
      const held = takeLease(processOn(virtual, transport, 'p1'), SUBJECT);
      await virtual.advanceTo(virtual.now() + 22_000);
      const rival = takeLease(processOn(virtual, transport, 'p2', skewMs), RIVAL);
      expect(await cameOf(virtual, rival, 60_000)).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('process p1 of release first is at work'),
      });
      await (await held).ensureHeld(unchanged);
    },
  );

  test('is left alone by a recoverer of the same release', async () => {
    const { virtual } = virtualTime(1_000_000_000_000);
    const { transport } = leaseApi();
    void takeLease(processOn(virtual, transport, 'p1'), SUBJECT);
    await virtual.advanceTo(virtual.now() + 22_000);
    const other = takeLease(processOn(virtual, transport, 'r', 20_000), SUBJECT, 'is-left-alone');
    expect(await cameOf(virtual, other, 60_000)).toMatchObject({ exitCode: 4 });
  });
});

describe('a Lease whose process is gone', () => {
  test.each([-60_000, 0, 20_000, 300_000])(
    'is taken by a rival whose clock is off by %i ms',
    async (skewMs) => {
      const { virtual } = virtualTime(1_000_000_000_000);
      const { transport } = leaseApi();
      // Its process is frozen: its timers are another clock's.
      const frozen = virtualTime(1_000_000_000_000);
      void takeLease(processOn(frozen.virtual, transport, 'p1'), SUBJECT);
      await virtual.advanceTo(virtual.now() + 120_000);
      const rival = takeLease(processOn(virtual, transport, 'p2', skewMs), RIVAL);
      expect(await cameOf(virtual, rival, 20_000)).toMatchObject({
        value: { predecessor: 'gone' },
      });
    },
  );
});

describe('while the API is away', () => {
  const away = async () => {
    const { virtual } = virtualTime(1_000_000_000_000);
    const { api, transport } = leaseApi();
    const taking = takeLease(processOn(virtual, transport, 'p1'), SUBJECT);
    await virtual.advanceTo(virtual.now() + 1_000);
    const lease = await taking;
    api.isAway = true;
    await virtual.advanceTo(virtual.now() + 300_000);
    return { virtual, api, transport, lease };
  };

  test('nobody is sure that it is held, and that is not the same as lost', async () => {
    const { virtual, lease } = await away();
    expect(await cameOf(virtual, lease.ensureHeld(unchanged), 30_000)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('no answer'),
    });
  });

  test('and back, it is renewed and goes on being held', async () => {
    const { virtual, api, lease } = await away();
    api.isAway = false;
    let asked = 0;
    const held = lease.ensureHeld(() => {
      asked += 1;
      return Promise.resolve();
    });
    expect(await cameOf(virtual, held, 10_000)).toHaveProperty('value');
    expect(asked).toBe(0);
  });

  test('and somebody else has taken it, it is lost', async () => {
    const { virtual, api, transport, lease } = await away();
    api.drop();
    api.isAway = false;
    void takeLease(processOn(virtual, transport, 'p2'), RIVAL);
    expect(await cameOf(virtual, lease.ensureHeld(unchanged), 10_000)).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('process p2 of release second'),
    });
  });

  test('and it is gone, it is taken anew only where nobody else has driven meanwhile', async () => {
    const { virtual, api, lease } = await away();
    api.drop();
    api.isAway = false;
    const changed = () =>
      Promise.reject(Object.assign(new Error('the journal has changed'), { exitCode: 4 }));
    expect(await cameOf(virtual, lease.ensureHeld(changed), 10_000)).toMatchObject({ exitCode: 4 });
    expect(await cameOf(virtual, lease.ensureHeld(unchanged), 10_000)).toHaveProperty('value');
    expect(api.holder()).toBeDefined();
  });
});
