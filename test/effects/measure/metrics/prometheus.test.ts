// The default query sets against a real Prometheus from Debian, which scrapes pages that are written
// here: the right numbers for each, and an outage in the middle of a release.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../core/cluster/observation.ts';
import type { AnalysisConfig } from '../../../../core/config/sections/analysis.ts';
import type { Pod } from '../../../../core/kubernetes/objects.ts';
import { PRESETS, type PresetName } from '../../../../core/metrics/prometheus/presets.ts';
import type { SideSubjects } from '../../../../core/metrics/question.ts';
import type { Plan } from '../../../../core/plan/plan.ts';
import type { ReleaseState } from '../../../../core/state/state.ts';
import { analyseCandidate } from '../../../../core/strategies/common/analyse-candidate.ts';
import { strategyOf } from '../../../../core/strategies/registry.ts';
import type { Observer } from '../../../../effects/kube/watch/observer.ts';
import { startPolling } from '../../../../effects/measure/metrics/polling.ts';
import { pollsOf } from '../../../../effects/measure/metrics/polls.ts';
import { trySources } from '../../../../effects/measure/metrics/try.ts';
import {
  APP,
  deployment,
  ownedBy,
  pod,
  replicaSet,
  service,
} from '../../../core/support/objects.ts';
import { planFor, settingsFor } from '../../../core/support/play.ts';
import { toyCluster } from '../../../core/support/toy-cluster.ts';
import { fromDebian } from '../../../support/from-debian.ts';
import { measuring } from './support/outside.ts';
import { type Scraped, startPrometheus } from './support/prometheus.ts';

const BLUE = { app: APP, version: 'blue' };
const GREEN = { app: APP, version: 'green' };

/** One answer more of each kind, as each convention counts it. */
interface Counts {
  readonly good: number;
  readonly bad: number;
  /** Slower than 300 ms. */
  readonly slow: number;
}

const PAGES: Readonly<Record<PresetName, (backend: string, counts: Counts) => string>> = {
  http: (_backend, { good, bad, slow }) => `
http_requests_total{path="/pay",status="200"} ${good}
http_requests_total{path="/pay",status="503"} ${bad}
http_requests_total{path="/health/ready",status="500"} 1000
http_request_duration_seconds_bucket{path="/pay",le="0.3"} ${good + bad - slow}
http_request_duration_seconds_bucket{path="/pay",le="+Inf"} ${good + bad}
http_request_duration_seconds_bucket{path="/health/ready",le="+Inf"} 1000
`,
  spring: (_backend, { good, bad, slow }) => `
http_server_requests_seconds_count{uri="/pay",method="POST",status="201",outcome="SUCCESS"} ${good}
http_server_requests_seconds_count{uri="/pay",method="POST",status="500",outcome="SERVER_ERROR"} ${bad}
http_server_requests_seconds_count{uri="/health/ready",status="503"} 1000
http_server_requests_seconds_bucket{uri="/pay",le="0.3"} ${good + bad - slow}
http_server_requests_seconds_bucket{uri="/pay",le="+Inf"} ${good + bad}
`,
  istio: (backend, { good, bad, slow }) => `
istio_requests_total{reporter="destination",destination_service_name="${backend}",response_code="200"} ${good}
istio_requests_total{reporter="destination",destination_service_name="${backend}",response_code="500"} ${bad}
istio_requests_total{reporter="source",destination_service_name="elsewhere",response_code="500"} 1000
istio_request_duration_milliseconds_bucket{reporter="destination",le="300"} ${good + bad - slow}
istio_request_duration_milliseconds_bucket{reporter="destination",le="+Inf"} ${good + bad}
`,
  'gateway-api': (backend, { good, bad, slow }) => `
envoy_cluster_upstream_rq_xx{envoy_cluster_name="default/${backend}/8080",envoy_response_code_class="2"} ${good}
envoy_cluster_upstream_rq_xx{envoy_cluster_name="default/${backend}/8080",envoy_response_code_class="5"} ${bad}
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="default/${backend}/8080",le="300"} ${good + bad - slow}
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="default/${backend}/8080",le="+Inf"} ${good + bad}
`,
};

const binary = fromDebian('prometheus');
if (binary === undefined) process.stdout.write('no Prometheus: apt-get cannot install one here\n');

const owned = (name: string, labels: Record<string, string>, workload: string): Pod => {
  const bare = pod(name, labels, 'v1');
  const owner = { kind: 'ReplicaSet', name: `${workload}-6f7`, uid: '1', controller: true };
  return { ...bare, metadata: { ...bare.metadata, ownerReferences: [owner] } };
};
const STABLE = [owned('pay-s1', BLUE, 'pay-blue'), owned('pay-s2', BLUE, 'pay-blue')];
const CANDIDATE = [owned('pay-c1', GREEN, 'pay-green')];
const SIDES: SideSubjects = {
  stable: { namespace: 'default', service: 'pay', side: 'stable', backend: 'pay', pods: STABLE },
  candidate: {
    namespace: 'default',
    service: 'pay',
    side: 'candidate',
    backend: 'pay-preview',
    pods: CANDIDATE,
  },
};

const some = binary === undefined ? describe.skip : describe;

some('a real Prometheus', () => {
  let prometheus: Scraped;
  const targets = PRESETS.flatMap((preset) =>
    ['pay-s1', 'pay-s2', 'pay-c1'].map((name) => `${preset}/${name}`),
  );

  beforeAll(async () => {
    prometheus = await startPrometheus(binary ?? '', targets);
  });
  afterAll(() => prometheus.stop());

  const planWith = (analysis: AnalysisConfig): Plan => {
    const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
    const providers = { prometheus: { address: prometheus.address } };
    const settings = settingsFor('blue-green', { analysis: { providers, ...analysis } });
    return { ...planFor(cluster, settings, 'none'), readinessPath: '/health/ready' };
  };

  const show = (preset: PresetName, name: string, backend: string, counts: Counts): void => {
    // A gateway counts for all pods of a backend: one of its own pages is enough.
    if (preset === 'gateway-api' && name === 'pay-s2') return;
    prometheus.pages.set(`${preset}/${name}`, PAGES[preset](backend, counts));
  };

  const measure = async (plan: Plan, name: string) => {
    const poll = pollsOf(measuring(), plan).find((each) => each.name === name);
    if (!poll) throw new Error(`nobody measures ${name}`);
    return poll.measure(SIDES, () => instant(Date.now()));
  };

  /** Until Prometheus has scraped what was written last. */
  const until = async (plan: Plan, name: string, seen: (text: string) => boolean) => {
    for (;;) {
      const measured = await measure(plan, name);
      if (seen(JSON.stringify(measured))) return measured;
      await sleep(100);
    }
  };

  test.each(PRESETS)('the preset %s counts what was answered, by side', async (preset) => {
    const plan = planWith({ traffic: { provider: 'prometheus', preset } });
    show(preset, 'pay-s1', 'pay', { good: 900, bad: 1, slow: 30 });
    show(preset, 'pay-s2', 'pay', { good: 800, bad: 0, slow: 20 });
    show(preset, 'pay-c1', 'pay-preview', { good: 95, bad: 6, slow: 7 });
    const whole = preset === 'gateway-api' ? /901/ : /901.*800|800.*901/;
    const { stable, candidate } = await until(
      plan,
      'traffic',
      (text) => whole.test(text) && /101/.test(text),
    );
    const key = (name: string, backend: string): string =>
      preset === 'gateway-api' ? `default/${backend}/8080` : name;
    expect(candidate).toMatchObject({
      kind: 'counted',
      counters: {
        [key('pay-c1', 'pay-preview')]: {
          requests: 101,
          errors: 6,
          latency: { upperBoundsMs: [300], counts: [94, 7] },
        },
      },
    });
    const one = { requests: 901, errors: 1, latency: { upperBoundsMs: [300], counts: [871, 30] } };
    const two = { requests: 800, errors: 0, latency: { upperBoundsMs: [300], counts: [780, 20] } };
    expect(stable).toMatchObject({
      kind: 'counted',
      counters: {
        [key('pay-s1', 'pay')]: one,
        ...(preset === 'gateway-api' ? {} : { 'pay-s2': two }),
      },
    });
  });

  test.each<[string, string, object]>([
    [
      'one number',
      'sum(http_requests_total{pod=~"{{pods}}",path="/pay"})',
      { kind: 'value', value: 101 },
    ],
    ['NaN', '0 / (sum(http_requests_total{pod="pay-c1"}) * 0)', { oddity: 'nan' }],
    ['an empty vector', 'sum(nobody_counts_this)', { oddity: 'empty' }],
    ['several series', 'http_requests_total', { oddity: 'several-series' }],
    ['a string', '"fine"', { oddity: 'string' }],
    ['a query that means nothing', 'rate(http_requests_total)', { oddity: 'bad-query' }],
  ])('a query that answers %s', async (_name, query, expected) => {
    const metrics = [{ name: 'own', provider: 'prometheus' as const, query, max: 1 }];
    expect((await measure(planWith({ metrics }), 'own')).candidate).toMatchObject(expected);
  });

  test('before a release, what Prometheus refuses is bad input, and what is missing is told', async () => {
    const wrong = { name: 'own', provider: 'prometheus' as const, query: 'rate(up)', max: 1 };
    const missing = { name: 'lost', provider: 'prometheus' as const, query: 'nobody', max: 1 };
    await expect(
      trySources(measuring(), planWith({ metrics: [wrong, missing] }), STABLE),
    ).rejects.toMatchObject({
      faults: [expect.stringMatching(/^metric own: answered 400 \(bad_data\)/)],
    });
    expect(await trySources(measuring(), planWith({ metrics: [missing] }), STABLE)).toEqual([
      expect.objectContaining({ metric: 'lost', reason: 'the query answers no series' }),
    ]);
  });

  test('the mean over a range', async () => {
    const query = 'vector(7)';
    const metrics = [{ name: 'own', provider: 'prometheus' as const, query, range: '30s', max: 1 }];
    const { candidate } = await measure(planWith({ metrics }), 'own');
    expect(candidate).toMatchObject({ kind: 'value', value: 7 });
  });

  test('an outage in the middle of a release: it waits, and then goes back unseen', async () => {
    const plan = planWith({
      traffic: { provider: 'prometheus', preset: 'http', interval: '200ms' },
      unmeasurableLimit: '2s',
    });
    const strategy = strategyOf(plan);
    let state: ReleaseState = { ...strategy.begin(plan, instant(Date.now())), phase: 'monitoring' };
    const pods = [
      ...STABLE.map((each) => ofSide(each, plan, 'stable')),
      ...CANDIDATE.map((each) => ofSide(each, plan, 'candidate')),
    ];
    const view = { pods, replicaSets: [], deployments: new Map(), slices: [] };
    const observer = { look: () => view } as unknown as Observer; // the sides are all that is asked
    const polling = startPolling(measuring(), plan, observer);
    const verdicts: string[] = [];
    const look = (): string | undefined => {
      polling.meet(() => undefined);
      const at = instant(Date.now());
      const seen = {
        at,
        readings: new Map(),
        measured: polling.measured,
      } as unknown as Observation; // as above
      const sides = { stable: STABLE, candidate: CANDIDATE };
      const watched = analyseCandidate(plan, state, seen, sides, 1);
      state = watched.state;
      if (verdicts.at(-1) !== watched.verdict) verdicts.push(watched.verdict);
      return watched.turn?.text;
    };
    let answered = 0;
    for (let requests = 101; state.tally?.totals.candidate.requests !== 40; ) {
      // Forty requests come while Prometheus is there.
      if (polling.measured.get('traffic/candidate')?.kind === 'counted') answered += 1;
      if (answered > 3 && requests === 101) requests = 141;
      show('http', 'pay-c1', 'pay-preview', { good: requests - 6, bad: 6, slow: 7 });
      expect(look()).toBeUndefined();
      await sleep(100);
    }
    await prometheus.kill();
    let turn: string | undefined;
    while (turn === undefined) {
      turn = look();
      await sleep(100);
    }
    expect(verdicts).toEqual(['not-enough-data', 'unmeasurable']);
    expect(turn).toMatch(/^rolled back unseen: no-answer: .*ECONNREFUSED.*, for 2/);
    expect(state.evidence.decision?.rule).toBe('metrics unmeasurable');
  });
});

/** Controlled by a ReplicaSet of the side's Deployment. */
function ofSide(each: Pod, plan: Plan, side: 'stable' | 'candidate'): Pod {
  if (plan.strategy !== 'blue-green') throw new Error('two sides are needed');
  const set = replicaSet(deployment(plan[side].name, 'v1', plan.selectors[side]), 'h');
  const labels = { ...plan.selectors[side], 'pod-template-hash': 'h' };
  return ownedBy({ ...each, metadata: { ...each.metadata, labels } }, set);
}
