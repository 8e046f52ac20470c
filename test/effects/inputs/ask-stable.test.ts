// What the stable itself fails is told before a release begins, and the drain hook is left alone.
import { describe, expect, test } from '@jest/globals';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import type { Reached } from '../../../effects/http/reach.ts';
import { askStable } from '../../../effects/inputs/ask-stable.ts';
import { APP, deployment, pod, REPOSITORY, service } from '../../core/support/objects.ts';
import { planFor, settingsFor } from '../../core/support/play.ts';
import { toyCluster } from '../../core/support/toy-cluster.ts';
import { measuring } from '../measure/metrics/support/outside.ts';

const LABELS = { app: APP, version: 'blue' };

interface Stable {
  /** What a path answers; others answer 404. */
  readonly answers?: Readonly<Record<string, number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly open?: readonly number[];
  readonly pods?: 'ready' | 'starting';
}

async function refusals(config: Partial<ReleaseConfig>, stable: Stable) {
  const { answers = { '/health/ready': 200 }, headers = {}, open = [], pods = 'ready' } = stable;
  const asked: HttpRequest[] = [];
  const reached: Reached[] = [];
  const own = service(LABELS);
  own.spec.clusterIP = '10.0.0.9';
  const context = {
    ...measuring(),
    clock: { now: measuring().clock.now, sleep: async () => undefined },
    ask: async (request: HttpRequest): Promise<HttpAnswer> => {
      asked.push(request);
      const status = answers[new URL(request.url).pathname] ?? 404;
      return { kind: 'answered', status, body: '', headers: new Map(Object.entries(headers)) };
    },
    reach: async (one: Reached) => {
      reached.push(one);
      return open.includes(one.port) ? undefined : 'connect ECONNREFUSED';
    },
  };
  const plan: Plan = planFor(
    toyCluster([deployment(`${APP}-blue`, 'v1', LABELS)], service(LABELS)),
    settingsFor('blue-green', config),
  );
  const found = await askStable(context, plan, {
    service: own,
    pods: [pod('stable-1', LABELS, `${REPOSITORY}:v1`, pods)],
    reached: new Set(pods === 'ready' ? ['stable-1'] : []),
  });
  return { found, asked, reached };
}

describe('the stable is asked first', () => {
  test('and one that answers all of it is refused nothing', async () => {
    const { found, asked } = await refusals({}, {});
    expect(found).toEqual([]);
    expect(asked.map(({ url }) => new URL(url).pathname)).toContain('/health/ready');
  });

  const cases: [string, Partial<ReleaseConfig>, Stable, string][] = [
    [
      'a smoke check of a path that it does not have',
      { smoke: [{ name: 'v2', path: '/v2' }] },
      {},
      'stable-fails-smoke: v2 on pod stable-1: GET http://127.10.0.1:8080/v2 answered 404, expected 2xx',
    ],
    [
      'a readiness path that it answers with an error',
      {},
      { answers: { '/health/ready': 503 } },
      'stable-fails-smoke: readiness on pod stable-1: GET http://127.10.0.1:8080/health/ready answered 503',
    ],
    [
      'a header that it does not send',
      { drain: { confirm: { header: 'X-Version' } } },
      {},
      'stable-lacks-header: GET http://127.10.0.1:8080/health/ready answered 200 without it',
    ],
    [
      'a drain hook at a port where nobody listens',
      { drain: { hook: { path: '/drain', port: 9000 } } },
      {},
      'stable-lacks-hook: pod stable-1 port 9000: connect ECONNREFUSED',
    ],
  ];
  test.each(cases)('for %s', async (_name, config, stable, expected) => {
    const { found } = await refusals(config, stable);
    const [check, words = ''] = expected.split(/: (.*)/);
    expect(found).toMatchObject([
      { check, severity: 'refuse', message: expect.stringContaining(words) },
    ]);
  });

  test('but its drain hook is not called: it would drain what serves', async () => {
    const config = { drain: { hook: { path: '/drain', port: 9000 } } };
    const { found, asked, reached } = await refusals(config, { open: [9000] });
    expect(found).toEqual([]);
    expect(reached).toEqual([{ kind: 'tcp', host: '127.10.0.1', port: 9000 }]);
    expect(asked.filter(({ url }) => url.includes('/drain'))).toEqual([]);
  });

  test('and with headers that are sent all is well', async () => {
    const config = { drain: { confirm: { header: 'X-Version' } } };
    expect((await refusals(config, { headers: { 'x-version': 'v1' } })).found).toEqual([]);
  });

  test('nothing is asked of pods that are not ready: whoever repairs the service may begin', async () => {
    const { found, asked } = await refusals(
      { smoke: [{ name: 'a', path: '/a' }] },
      { pods: 'starting' },
    );
    expect([found, asked]).toEqual([[], []]);
  });
});
