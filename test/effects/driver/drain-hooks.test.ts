// A pod counts as drained when its hook has said so, and only then.
import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../../../core/cluster/action.ts';
import { createDrainHooks } from '../../../effects/driver/drain-hooks.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { fakeWorld } from '../support/world.ts';

const CALL: Extract<Effect, { kind: 'call' }> = {
  kind: 'call',
  pod: 'p',
  method: 'POST',
  url: 'http://127.10.0.1/drain',
};
const answered = (status: number): HttpAnswer => ({
  kind: 'answered',
  status,
  body: '',
  headers: new Map(),
});
const REFUSED: HttpAnswer = { kind: 'failed', why: 'connection refused', headers: new Map() };

/** Hooks whose nth call is answered like this, after so many seconds. */
function hooks(...answers: readonly (HttpAnswer | { readonly afterSeconds: number })[]) {
  const world = fakeWorld();
  const asked: HttpRequest[] = [];
  const context = world.process('deploy', {
    ask: async (request) => {
      asked.push(request);
      const answer = answers[asked.length - 1] ?? answered(200);
      if (!('afterSeconds' in answer)) return answer;
      await world.clock.sleep(answer.afterSeconds * 1000);
      return answered(200);
    },
  });
  let news = 0;
  const made = createDrainHooks(context, () => (news += 1));
  return { world, asked, hooks: made, news: () => news };
}

describe('a drain hook', () => {
  test.each([200, 204, 299])('that answers %i has drained its pod', async (status) => {
    const { world, hooks: made, news } = hooks(answered(status));
    made.start('a', CALL);
    await world.passes(0);
    expect(made.called).toContain('a');
    expect(made.isUnderWay('a')).toBe(false);
    expect(news()).toBe(1);
  });

  test.each<[string, HttpAnswer]>([
    ['answers 300', answered(300)],
    ['answers 404', answered(404)],
    ['answers 500', answered(500)],
    ['is not reached', REFUSED],
  ])(
    'that %s has not drained its pod, and may be called again a second later',
    async (_what, answer) => {
      const { world, hooks: made, news } = hooks(answer, answered(200));
      made.start('a', CALL);
      await world.passes(0.9);
      expect(made.called.has('a')).toBe(false);
      expect(made.isUnderWay('a')).toBe(true);
      expect(news()).toBe(0);
      await world.passes(0.2);
      expect(made.isUnderWay('a')).toBe(false);
      expect(news()).toBe(1);
      made.start('a', CALL);
      await world.passes(0);
      expect(made.called).toContain('a');
    },
  );

  test('that has not answered yet has not drained its pod, and keeps nobody waiting', async () => {
    const { world, hooks: made } = hooks({ afterSeconds: 4 });
    made.start('a', CALL);
    await world.passes(3.9);
    expect([made.called.has('a'), made.isUnderWay('a')]).toEqual([false, true]);
    await world.passes(0.2);
    expect([made.called.has('a'), made.isUnderWay('a')]).toEqual([true, false]);
  });

  test('speaks for its own pod alone', async () => {
    const { world, hooks: made } = hooks(answered(200), REFUSED);
    made.start('a', CALL);
    made.start('b', { ...CALL, pod: 'q' });
    await world.passes(5);
    expect([...made.called]).toEqual(['a']);
  });

  test('is asked what the config says, and no longer than the grace of a stage allows', async () => {
    const { asked, hooks: made } = hooks();
    made.start('a', { ...CALL, http2: true });
    expect(asked).toEqual([
      { method: 'POST', url: CALL.url, http2: true, timeoutMs: expect.any(Number) },
    ]);
    expect(asked[0]?.timeoutMs).toBeLessThanOrEqual(5_000);
  });
});
