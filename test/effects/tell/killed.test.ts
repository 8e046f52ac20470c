// A process that tells may be killed anywhere. What it was to tell is told by the next one: never lost, and no
// more than once too often, under the same id.
import { describe, expect, test } from '@jest/globals';
import { readMarks } from '../../../core/channels/marks.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { tellPending } from '../../../effects/driver/notifier.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { APP } from '../../core/support/objects.ts';
import { configMapOf, endedAs, journalOf, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const OK: HttpAnswer = { kind: 'answered', status: 200, body: '', headers: new Map() };
const NEVER = new Promise<HttpAnswer>(() => undefined);
const HOOKS = ['https://a.example/x', 'https://b.example/x'];
const notifications = HOOKS.map((url) => ({ type: 'webhook' as const, url }));
const released = releaseIn('rolling', 'rolling', { config: { notifications } });
const journal = journalOf(endedAs('failed', released, 'why'));
const ALL = HOOKS.flatMap((url) => [`${url} run-1/started`, `${url} run-1/ended`]).sort();

/** Kills the first process when it has sent its nth request: before, or after its receiver has heard it. */
async function killedAt(nth: number, when: 'before' | 'heard' | 'unmarked') {
  const world = fakeWorld();
  world.api.put(configMapOf(journal));
  const heard: string[] = [];
  let isKilled = false;
  let asked = 0;
  const receive = ({ url, headers }: HttpRequest): void =>
    void heard.push(`${url} ${headers?.['idempotency-key']}`);
  const context = world.process('notification', {
    askConfigured: async (request) => {
      asked += 1;
      if (isKilled || (asked === nth && when === 'before')) {
        isKilled = true;
        return NEVER;
      }
      receive(request);
      if (asked === nth) isKilled = true;
      if (isKilled && when === 'unmarked') world.api.answers('PUT configmaps', 'never', 100);
      return asked === nth && when === 'heard' ? NEVER : OK;
    },
  });
  void tellPending(context, { namespace: 'default', service: APP }, journal, 60_000);
  await world.passes(1);
  // Nothing of it is heard any more. Then somebody else comes.
  world.api.recovers();
  const before = heard.length;
  const next = world.process('recover', {
    askConfigured: async (request) => {
      receive(request);
      return OK;
    },
  });
  const subject = { namespace: 'default', service: APP };
  const left = await world.done(tellPending(next, subject, journal, 60_000));
  const again = await world.done(tellPending(next, subject, journal, 60_000));
  const type = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
  const stored = world.api.found<ConfigMap>(type, `${APP}-release-journal`);
  return { heard, before, left, again, marks: readMarks(stored?.data) };
}

describe.each(['before', 'heard', 'unmarked'] as const)('killed, the message %s,', (when) => {
  test.each([1, 2, 3, 4])('at its request number %i', async (nth) => {
    const { heard, left, again, marks } = await killedAt(nth, when);
    expect([...new Set(heard)].sort()).toEqual(ALL);
    expect(heard.length).toBeLessThanOrEqual(ALL.length + HOOKS.length);
    expect([left, again]).toEqual([0, 0]);
    expect(marks.map(({ how }) => how)).toEqual(ALL.map(() => 'told'));
  });
});
