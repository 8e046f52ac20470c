// What is asked for is measured once, in its own time, and an old measurement never answers a new question.
import { describe, expect, test } from '@jest/globals';
import type { Need } from '../../../core/cluster/observation.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { startMeasuring } from '../../../effects/measure/measure.ts';
import { countOwnRequests } from '../../../effects/measure/own-requests.ts';
import { APP, pod, REPOSITORY } from '../../core/support/objects.ts';
import { BLUE, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const IMAGE = `${REPOSITORY}:v1`;
const CLUSTER_IP = '127.20.0.1';

interface Pods {
  readonly plan?: Plan;
  readonly pods?: readonly Pod[];
  /** What a request is answered; 200 and nothing else is said. */
  readonly answer?: (
    request: HttpRequest,
    nth: number,
  ) => Partial<HttpAnswer & { kind: 'answered' }> | 'refused' | 'never';
}

const page = (requests: number) => `http_requests_total{status="200",path="/pay"} ${requests}\n`;
const at = (index: number, name = `p${index}`): Pod => {
  const made = pod(name, BLUE, IMAGE);
  return { ...made, status: { ...made.status, podIP: `127.10.0.${index}` } };
};

/** Measures a release of these pods; nothing of the cluster is asked. */
function measuring({ plan, pods = [at(1)], answer = () => ({}) }: Pods = {}) {
  const world = fakeWorld();
  const asked: HttpRequest[] = [];
  let shown = pods;
  let relisted = 0;
  const context = world.process('deploy', {
    ask: async (request): Promise<HttpAnswer> => {
      asked.push(request);
      const given = answer(request, asked.length);
      if (given === 'never') return new Promise(() => undefined);
      if (given === 'refused') return { kind: 'failed', why: 'ECONNREFUSED', headers: new Map() };
      return { kind: 'answered', status: 200, body: '', headers: new Map(), ...given };
    },
    hold: () => ({
      ask: async () => {
        await world.clock.sleep(1);
        return { kind: 'answered', last: false };
      },
      end: () => undefined,
    }),
  });
  const nothing = (): never => {
    throw new Error('not asked for here');
  };
  const { cluster, plan: own } = releaseIn('blue-green', undefined, { metrics: 'pods' });
  const observer = {
    look: () => ({ ...cluster.observe([]), pods: shown }),
    relistPods: async () => {
      relisted += 1;
      await world.clock.sleep(100);
    },
    sight: nothing,
    learn: nothing,
    forget: nothing,
    refresh: nothing,
    relist: nothing,
    stop: nothing,
  };
  let news = 0;
  const measured = startMeasuring(
    countOwnRequests(context),
    plan ?? own,
    observer,
    () => (news += 1),
  );
  const meets = async (need: Need | readonly Need[], seconds = 0): Promise<void> => {
    measured.meet([need].flat());
    await world.passes(seconds);
  };
  return {
    ...measured,
    world,
    asked,
    meets,
    news: () => news,
    relisted: () => relisted,
    show: (next: readonly Pod[]) => (shown = next),
  };
}

const readings = (...pods: readonly string[]): Need => ({ kind: 'readings', pods, everyMs: 1_000 });

describe('the counters of pods', () => {
  test('are read in their own time, however often a decision asks for them', async () => {
    const it = measuring({ answer: (_request, nth) => ({ body: page(nth * 10) }) });
    for (let tenth = 0; tenth < 30; tenth += 1) await it.meets(readings('p1'), 0.1);
    expect(it.asked).toHaveLength(3);
    // Of what it had counted before, nobody knows since when.
    expect(it.readings.get('p1')).toMatchObject({ kind: 'counted', counters: { requests: 20 } });
    expect(it.news()).toBe(3);
  });

  test('of one that hangs are not asked for twice, and keep nobody else waiting', async () => {
    const it = measuring({
      pods: [at(1), at(2)],
      answer: ({ url }) => (url.includes('.1:') ? 'never' : { body: page(1) }),
    });
    for (let second = 0; second < 5; second += 1) await it.meets(readings('p1', 'p2'), 1);
    expect(it.asked.filter(({ url }) => url.includes('127.10.0.1:'))).toHaveLength(1);
    expect(it.readings.get('p2')).toMatchObject({ kind: 'counted' });
    expect(it.readings.has('p1')).toBe(false);
  });

  test('are not all asked for at once: each page may be some hundred kilobytes', async () => {
    const pods = Array.from({ length: 40 }, (_, index) => at(index));
    const it = measuring({ pods, answer: () => 'never' });
    await it.meets(readings(...pods.map(({ metadata }) => metadata.name)));
    expect(it.asked.length).toBeLessThanOrEqual(16);
    expect(it.asked.length).toBeGreaterThan(4);
  });

  test('that cannot be read are no zero', async () => {
    const it = measuring({ answer: () => 'refused' });
    await it.meets(readings('p1'));
    expect(it.readings.get('p1')).toMatchObject({ kind: 'failed' });
  });

  test('that a pod has told until it is ended stand: it takes leave at some time', async () => {
    const it = measuring({
      answer: (_request, nth) => (nth === 1 ? { body: page(7) } : 'refused'),
    });
    await it.meets(readings('p1'), 1);
    const { metadata, ...rest } = at(1);
    it.show([{ ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }]);
    await it.meets(readings('p1'), 1);
    expect(it.asked).toHaveLength(2);
    expect(it.readings.get('p1')).toMatchObject({ kind: 'counted' });
  });

  test('of a pod that serves and has fallen silent do not stand', async () => {
    const it = measuring({
      answer: (_request, nth) => (nth === 1 ? { body: page(7) } : 'refused'),
    });
    await it.meets(readings('p1'), 1);
    await it.meets(readings('p1'), 1);
    expect(it.readings.get('p1')).toMatchObject({ kind: 'failed' });
  });

  test('are asked of nobody where the pods do not tell', async () => {
    const { plan } = releaseIn('blue-green', undefined, { metrics: 'none' });
    const it = measuring({ plan });
    await it.meets(readings('p1'), 5);
    expect([it.asked, it.news()]).toEqual([[], 0]);
  });

  test('of a pod that is gone are not asked for', async () => {
    const it = measuring({ pods: [] });
    await it.meets(readings('p1'), 1);
    expect(it.asked).toEqual([]);
  });
});

describe('smoke checks', () => {
  const smoke = (key: string, ...pods: string[]): Need => ({ kind: 'smoke', key, pods });

  test('are made once for a question, and anew for another one', async () => {
    const it = measuring();
    await it.meets(smoke('a', 'p1'), 1);
    const { length } = it.asked;
    expect(length).toBeGreaterThan(0);
    await it.meets(smoke('a', 'p1'), 1);
    expect(it.asked).toHaveLength(length);
    await it.meets(smoke('b', 'p1'), 1);
    expect(it.asked.length).toBeGreaterThan(length);
    expect([...it.reports.keys()]).toEqual(['a', 'b']);
  });

  test('are made of every pod: one that fails among many is a failure', async () => {
    const it = measuring({
      pods: [at(1), at(2), at(3)],
      answer: ({ url }) => ({ status: url.includes('127.10.0.3') ? 500 : 200 }),
    });
    await it.meets(smoke('a', 'p1', 'p2', 'p3'), 5);
    expect(it.reports.get('a')?.failures).toEqual([expect.stringContaining('p3')]);
  });

  test('are not reported before they are done, and are not begun twice meanwhile', async () => {
    const it = measuring({ answer: () => 'never' });
    await it.meets(smoke('a', 'p1'), 1);
    const { length } = it.asked;
    await it.meets(smoke('a', 'p1'), 1);
    expect(it.asked).toHaveLength(length);
    expect(it.reports.has('a')).toBe(false);
  });

  test('are tried again before they count as failed: a single hiccup undoes no release', async () => {
    const it = measuring({ answer: (_request, nth) => ({ status: nth === 1 ? 503 : 200 }) });
    await it.meets(smoke('a', 'p1'), 5);
    expect(it.reports.get('a')?.failures).toEqual([]);
  });
});

describe('fresh connections through the service', () => {
  const { plan } = releaseIn('blue-green', undefined, {
    config: { drain: { confirm: { header: 'X-Version' } } },
  });
  const green = { ...BLUE, version: 'green' };
  const pods = [at(1, `${APP}-blue-1`), { ...at(2, `${APP}-green-1`) }].map((each, side) => {
    const owner = `${APP}-${side === 0 ? 'blue' : 'green'}`;
    const labels = { ...(side === 0 ? BLUE : green), 'pod-template-hash': 'h' };
    const set = { kind: 'ReplicaSet', name: `${owner}-h`, uid: `uid-${owner}-h`, controller: true };
    return { ...each, metadata: { ...each.metadata, labels, ownerReferences: [set] } };
  });
  const need = (key = 'a'): Need => ({ kind: 'answers', key, side: 'candidate' });
  const version = (text: string) => ({ headers: new Map([['x-version', text]]) });

  /** The service answers like this; each pod names its own version. */
  const through = (service: (nth: number) => string) => {
    let nth = 0;
    return measuring({
      plan,
      pods,
      answer: ({ url }) => {
        const { hostname } = new URL(url);
        if (hostname === CLUSTER_IP) {
          nth += 1;
          return version(service(nth));
        }
        return version(hostname === '127.10.0.1' ? 'v1' : 'v2');
      },
    });
  };

  test('prove that traffic has moved when all of them reach the side', async () => {
    const it = through(() => 'v2');
    await it.meets(need(), 1);
    expect(it.reports.get('a')).toMatchObject({ failures: [] });
    const { length } = it.asked;
    await it.meets(need(), 1);
    expect(it.asked).toHaveLength(length);
  });

  test('prove nothing where a single one of them reaches the other side', async () => {
    const it = through((nth) => (nth === 10 ? 'v1' : 'v2'));
    await it.meets(need());
    expect(it.reports.get('a')?.failures).toHaveLength(1);
  });

  test('are asked for again until they prove it', async () => {
    const it = through((nth) => (nth === 1 ? 'v1' : 'v2'));
    await it.meets(need(), 0.3);
    expect(it.reports.get('a')?.failures).toHaveLength(1);
    await it.meets(need(), 0.3);
    expect(it.reports.get('a')?.failures).toEqual([]);
  });

  test('cannot tell where both sides answer the same, however often they are asked', async () => {
    const it = measuring({ plan, pods, answer: () => version('v1') });
    await it.meets(need(), 1);
    expect(it.reports.get('a')).toMatchObject({ cannotTell: expect.any(String) });
  });

  test('prove nothing where no pod of the side names itself', async () => {
    const it = measuring({ plan, pods });
    await it.meets(need(), 1);
    expect(it.reports.get('a')?.failures).toEqual([expect.stringContaining('X-Version')]);
  });
});

describe('the pods as they are now', () => {
  test('are reported once they were listed, and not before', async () => {
    const it = measuring();
    await it.meets({ kind: 'pods-anew', key: 'a' }, 0.05);
    expect(it.reports.has('a')).toBe(false);
    await it.meets({ kind: 'pods-anew', key: 'a' }, 0.1);
    expect(it.reports.has('a')).toBe(true);
    expect(it.relisted()).toBe(1);
    await it.meets({ kind: 'pods-anew', key: 'a' }, 1);
    expect(it.relisted()).toBe(1);
  });
});

describe('a drain probe', () => {
  const need: Need = { kind: 'drain-probe', key: 'a', pod: 'p1' };
  const probing = () => {
    const it = measuring();
    it.world.api.put(at(1));
    return it;
  };
  const isEnded = ({ world }: ReturnType<typeof measuring>) =>
    world.api.found({ apiVersion: 'v1', kind: 'Pod' }, 'p1') === undefined;

  test('is withdrawn as soon as a decision does not ask for it any more', async () => {
    const it = probing();
    await it.meets(need, 0.1);
    await it.meets(readings('p1'), 60);
    expect(isEnded(it)).toBe(false);
    expect(it.reports.has('a')).toBe(false);
  });

  test('of a pod that is gone is not made', async () => {
    const it = measuring({ pods: [] });
    await it.meets(need, 10);
    expect([it.asked, it.reports.size]).toEqual([[], 0]);
  });
});

describe('the connections that pods hold', () => {
  const { plan } = releaseIn('blue-green', undefined, {
    metrics: 'pods',
    config: { drain: { connectionsMetric: 'http_connections' } },
  });
  const need = (...pods: string[]): Need => ({
    kind: 'connections',
    key: 'a',
    pods,
    everyMs: 1_000,
  });
  const told = (count: number) => ({ body: `http_connections ${count}\n` });

  test('are added up where every pod tells', async () => {
    const it = measuring({ plan, pods: [at(1), at(2)], answer: () => told(3) });
    await it.meets(need('p1', 'p2'));
    // Each was asked over a connection, which it counts as well.
    expect(it.reports.get('a')).toMatchObject({ count: 4, failures: [] });
  });

  test('are not known where one does not: none is no answer', async () => {
    const it = measuring({
      plan,
      pods: [at(1), at(2)],
      answer: ({ url }) => (url.includes('127.10.0.2') ? 'refused' : told(0)),
    });
    await it.meets(need('p1', 'p2'));
    expect(it.reports.get('a')).not.toHaveProperty('count');
  });

  test('are asked for again and again, in their own time', async () => {
    const it = measuring({ plan, answer: (_request, nth) => told(nth) });
    for (let tenth = 0; tenth < 25; tenth += 1) await it.meets(need('p1'), 0.1);
    expect(it.asked).toHaveLength(3);
    expect(it.reports.get('a')).toMatchObject({ count: 2 });
  });
});
