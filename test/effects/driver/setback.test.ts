// What the API refuses, and what it does not answer, are two things, and neither leaves a release to nobody.

import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { createLog } from '../../../effects/context/log.ts';
import { createSetbacks } from '../../../effects/driver/setback.ts';
import { KubeError } from '../../../effects/kube/refusal.ts';
import { virtualTime } from '../support/virtual.ts';

const AWAY_LIMIT_MS = 600_000;

/** Meets the same thing every second; what follows, with the second in which it first does. */
async function met(thrown: unknown, lastContactMs: (nowMs: number) => number, seconds: number) {
  const { virtual, clock } = virtualTime(1_000_000);
  const lines: string[] = [];
  const setbacks = createSetbacks(
    clock,
    createLog('text', (line) => lines.push(line.trimEnd())),
    AWAY_LIMIT_MS,
  );
  const changes: [second: number, kind: string][] = [];
  for (let second = 0; second <= seconds; second += 1) {
    const contactAt = instant(lastContactMs(clock.now()));
    const { kind } = setbacks.meet(thrown, contactAt);
    if (kind !== changes.at(-1)?.[1]) changes.push([second, kind]);
    if (kind === 'give-up') break;
    await virtual.advanceTo(virtual.now() + 1_000);
  }
  return { changes, lines };
}

const error = (status: number) => new KubeError(status, `PUT /x: status ${status}`, 3);
const justNow = (nowMs: number): number => nowMs;
const before = (): number => 1_000_000;

describe('what the API refuses', () => {
  test.each([400, 401, 403, 404, 422])(
    'with %i is tried for a while, turned back from, and given up',
    async (status) => {
      const { changes, lines } = await met(error(status), justNow, 100);
      expect(changes).toEqual([
        [0, 'hold'],
        [20, 'turn-back'],
        [21, 'hold'],
        [40, 'give-up'],
      ]);
      expect(lines).toEqual([`holding="PUT /x: status ${status}"`]);
    },
  );
});

describe('what the API does not answer', () => {
  test.each([0, 429, 503])(
    '(%i) while it answers nothing else is held until the limit',
    async (status) => {
      const { changes } = await met(error(status), before, 700);
      expect(changes).toEqual([
        [0, 'hold'],
        [600, 'give-up'],
      ]);
    },
  );

  test.each([0, 429, 503])(
    '(%i) while it answers everything else is turned back from',
    async (status) => {
      const { changes } = await met(error(status), justNow, 200);
      expect(changes.map(([, kind]) => kind)).toEqual(['hold', 'turn-back', 'hold', 'give-up']);
      expect(changes[1]).toEqual([60, 'turn-back']);
    },
  );
});

test('what is no answer of the API is a bug or the end, and not waited for', async () => {
  const { changes } = await met(new TypeError('x is undefined'), justNow, 5);
  expect(changes).toEqual([[0, 'give-up']]);
});
