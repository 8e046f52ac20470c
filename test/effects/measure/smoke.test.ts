// A check that fails is asked twice more before it is believed, and the fault says what was asked of whom.
import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../core/base/check.ts';
import type { Target } from '../../../core/smoke/target.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { smoke } from '../../../effects/measure/smoke.ts';
import { virtualTime } from '../support/virtual.ts';

const HTTP: Check = {
  name: 'pay',
  kind: 'http',
  timeoutMs: 1_000,
  scheme: 'HTTP',
  method: 'GET',
  path: '/pay',
  headers: {},
  expectedStatus: 200,
} as never; // what a check of the config comes to
const TCP: Check = { name: 'open', kind: 'tcp', timeoutMs: 1_000 } as never;
const GRPC: Check = { name: 'rpc', kind: 'grpc', timeoutMs: 1_000, service: 'pay' } as never;

const targetOf = (...checks: Check[]): Target => ({
  name: 'pod a',
  host: '10.0.0.1',
  port: 80,
  checks,
});

/** Answers one after the other; the last one for ever. */
async function smoked(target: Target, answers: readonly (number | string)[]) {
  const { virtual, clock } = virtualTime();
  const asked: string[] = [];
  const next = () => answers[Math.min(asked.length, answers.length) - 1] ?? 200;
  const context = {
    clock,
    ask: async ({ url }: { url: string }) => {
      asked.push(url);
      const answer = next();
      return typeof answer === 'number'
        ? { kind: 'answered', status: answer, body: '' }
        : { kind: 'failed', why: answer };
    },
    destinations: async () => ({ namespaces: [], hosts: ['*'], networks: [] }),
    reach: async (whom: { kind: string; host: string; port: number }) => {
      asked.push(`${whom.kind} ${whom.host}:${whom.port}`);
      const answer = next();
      return typeof answer === 'number' ? undefined : answer;
    },
  } as unknown as StageContext; // nothing else is used
  const done = smoke(context, [target]);
  await virtual.advanceTo(10_000);
  return { faults: await done, asked };
}

describe('a smoke check', () => {
  test.each(['169.254.169.254', '127.0.0.1', '::ffff:a9fe:a9fe'])(
    'of a probe that names %s is not asked: a stage reaches what a kubelet does not',
    async (host) => {
      const { faults, asked } = await smoked(targetOf(Object.assign({}, HTTP, { host })), [200]);
      expect(faults).toEqual([expect.stringContaining('not asked: its name leads to')]);
      expect(asked).toEqual([]);
    },
  );

  test('of a probe that names another host is asked of that', async () => {
    const { faults, asked } = await smoked(
      targetOf(Object.assign({}, HTTP, { host: '10.9.9.9' })),
      [200],
    );
    expect(faults).toEqual([]);
    expect(asked).toEqual(['http://10.9.9.9:80/pay']);
  });

  test('that is answered is asked once', async () => {
    const { faults, asked } = await smoked(targetOf(HTTP), [200]);
    expect(faults).toEqual([]);
    expect(asked).toEqual(['http://10.0.0.1:80/pay']);
  });

  test.each([
    ['once', [500, 200], 2],
    ['twice', [500, 'refused', 200], 3],
  ])('that fails %s is no fault', async (_times, answers, times) => {
    const { faults, asked } = await smoked(targetOf(HTTP), answers);
    expect(faults).toEqual([]);
    expect(asked).toHaveLength(times);
  });

  test('that fails three times is one, and is not asked again', async () => {
    const { faults, asked } = await smoked(targetOf(HTTP), [500, 500, 500, 200]);
    expect(faults).toEqual([
      expect.stringMatching(/^pay on pod a: GET http:\/\/10\.0\.0\.1:80\/pay .*500/),
    ]);
    expect(asked).toHaveLength(3);
  });

  test.each<[Check, string, string]>([
    [TCP, 'tcp 10.0.0.1:80', 'open on pod a: connection to 10.0.0.1:80: refused'],
    [
      GRPC,
      'grpc 10.0.0.1:80',
      'rpc on pod a: grpc.health.v1.Health/Check "pay" at 10.0.0.1:80 refused',
    ],
  ])('over another protocol says what was asked: %j', async (check, call, fault) => {
    expect(await smoked(targetOf(check), [200])).toEqual({ faults: [], asked: [call] });
    expect((await smoked(targetOf(check), ['refused'])).faults).toEqual([fault]);
  });

  test('of a port of its own is asked there', async () => {
    const { asked } = await smoked(targetOf({ ...(TCP as object), port: 9_090 } as Check), [200]);
    expect(asked).toEqual(['tcp 10.0.0.1:9090']);
  });

  test('says nothing of the others that do', async () => {
    const { faults } = await smoked(targetOf(TCP, HTTP), ['refused']);
    expect(faults).toHaveLength(2);
  });
});
