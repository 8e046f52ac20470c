// How often the prober asks, and over what: by the clock, whatever becomes of its requests.

import { describe, expect, test } from '@jest/globals';
import type { ProbeConnection } from '../../../core/cluster/prober.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { createLog } from '../../../effects/context/log.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import type { Probed } from '../../../effects/http/probe-connection.ts';
import type { Observer } from '../../../effects/kube/watch/observer.ts';
import { startProber } from '../../../effects/measure/prober.ts';
import { virtualTime } from '../support/virtual.ts';

interface Asked {
  readonly atMs: number;
  readonly over: ProbeConnection;
}

/** `readyAt`: the addresses that are ready then; `answersAfter`: how long a request takes. */
async function probed(readyAt: (atMs: number) => readonly string[], answersAfterMs = 0) {
  const { virtual, clock } = virtualTime(0);
  const asked: Asked[] = [];
  let atOnce = 0;
  let most = 0;
  const openLane = (_address: unknown, connection: ProbeConnection) => {
    let isOpen = false;
    return {
      renew: () => undefined,
      ask: async (): Promise<Probed> => {
        const over = isOpen ? 'kept-alive' : 'fresh';
        isOpen = connection === 'kept-alive';
        asked.push({ atMs: virtual.now(), over });
        atOnce += 1;
        most = Math.max(most, atOnce);
        if (answersAfterMs > 0) await clock.sleep(answersAfterMs);
        atOnce -= 1;
        return { kind: 'answered', over, status: 200 };
      },
    };
  };
  const prober = startProber(
    { clock, log: createLog('text', () => undefined), openLane } as unknown as StageContext, // all that it needs
    { probe: { kind: 'http', path: '/' }, servicePort: 80, port: 80 } as unknown as Plan, // as above
    {
      look: () => ({
        service: { spec: { clusterIP: '10.0.0.1' } },
        slices: [{ endpoints: [{ addresses: readyAt(virtual.now()) }] }],
      }),
    } as unknown as Observer, // as above
  );
  await virtual.advanceTo(20_000);
  prober.stop();
  const within = (fromMs: number, untilMs: number, over?: ProbeConnection): number =>
    asked.filter((one) => {
      const isIt = over === undefined || one.over === over;
      return isIt && one.atMs >= fromMs && one.atMs < untilMs;
    }).length;
  return { within, most: () => most };
}

const ALWAYS = ['10.0.1.1', '10.0.1.2'];

describe('the prober', () => {
  test('asks ten times a second, and three of eight times over a connection that it has kept', async () => {
    const { within } = await probed(() => ALWAYS);
    expect(within(4_000, 20_000)).toBe(160);
    expect(within(4_000, 20_000, 'kept-alive')).toBe(60);
  });

  test('opens ten more connections a second while endpoints change: that is when requests are lost', async () => {
    const { within } = await probed((atMs) => (atMs < 10_000 ? ALWAYS : ['10.0.1.1', '10.0.1.3']));
    expect(within(8_000, 10_000)).toBe(20);
    const changing = within(10_000, 12_000);
    expect(changing).toBeGreaterThanOrEqual(38);
    expect(changing).toBeLessThanOrEqual(40);
    expect(within(14_200, 20_000)).toBe(58);
    // The kept ones are asked as often as ever: one that is cut costs one request.
    expect(within(10_000, 12_000, 'kept-alive')).toBe(within(6_000, 8_000, 'kept-alive'));
  });

  test('asks no more than fifteen at once, however slow the answers are', async () => {
    const { within, most } = await probed((atMs) => [`10.0.1.${Math.floor(atMs / 1_000)}`], 2_500);
    expect(most()).toBe(15);
    expect(within(0, 20_000)).toBeGreaterThan(50);
  });
});
