/** A StatefulSet `ledger` of three pods, and its release played in the ideal cluster. */
import {
  because,
  instant,
  releaseId,
  type StrategyName,
} from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import { findSubject } from '../../../../../core/cluster/subject.ts';
import type { ReleaseConfig } from '../../../../../core/config/schema.ts';
import {
  acted,
  advanced,
  type IdealCluster,
  idealCluster,
  measured,
} from '../../../../../core/forecast/ideal-cluster.ts';
import { observed } from '../../../../../core/forecast/ideal-view.ts';
import type { KubernetesObject, Pod } from '../../../../../core/kubernetes/objects.ts';
import type { StatefulSet } from '../../../../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../../../../core/plan/plan.ts';
import { planRelease } from '../../../../../core/plan/planning.ts';
import type { ReleaseState } from '../../../../../core/state/state.ts';
import { strategyOf } from '../../../../../core/strategies/registry.ts';
import { APP, ownedBy, pod, REPOSITORY, service, template } from '../../../support/objects.ts';
import { settingsFor } from '../../../support/play.ts';

const LABELS = { app: APP };
export const V1 = `${REPOSITORY}:v1`;
/** A pod is ready so long after it was made. */
export const READY_AFTER_MS = 2_000;
const AT = instant(Date.UTC(2026, 0, 1));

export function statefulSet(updateStrategy: StatefulSet['spec']['updateStrategy']): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'ledger',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: LABELS },
      template: template('v1', LABELS),
      ...(updateStrategy ? { updateStrategy } : {}),
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    },
  };
}

export const PLAIN = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } as const;

export function planned(
  set: StatefulSet,
  strategy: StrategyName = 'rolling',
  config: Partial<ReleaseConfig> = {},
) {
  const rolling = { monitoring: '5s' };
  const settings = settingsFor(strategy, { strategy: { rolling }, ...config });
  const found = findSubject(APP, 'default', service(LABELS), [], settings.workload, [set]);
  if (found.kind === 'not-found') throw new Error(found.why);
  return planRelease({
    release: releaseId('run-1'),
    at: AT,
    settings,
    subject: found.subject,
    image: { reference: `${REPOSITORY}:v2`, tag: 'v2', digest: undefined },
    metrics: { kind: 'none', why: 'nobody asked' },
    pods: podsOf(set),
    others: new Map(),
    deployments: [],
    previewService: undefined,
  });
}

export function podsOf(set: StatefulSet): Pod[] {
  const labels = { ...LABELS, 'controller-revision-hash': 'ledger-7d4f' };
  return [0, 1, 2].map((ordinal) => ownedBy(pod(`ledger-${ordinal}`, labels, V1), set));
}

export function planOf(set: StatefulSet, config: Partial<ReleaseConfig> = {}): Plan {
  const result = planned(set, 'rolling', config);
  if (result.kind !== 'planned') throw new Error(result.why);
  return result.plan;
}

function clusterOf(set: StatefulSet): IdealCluster {
  const pods = podsOf(set);
  const others = new Map<string, KubernetesObject>([['StatefulSet/ledger', set]]);
  const nothing = { deployments: new Map(), readings: new Map(), reports: new Map(), events: [] };
  const endpoints = {
    measured: new Map(),
    slices: [],
    replicaSets: [],
    previewSlices: [],
    called: new Set<string>(),
  };
  const seen = { ...nothing, ...endpoints, at: AT, pods, others, service: service(LABELS) };
  return idealCluster({ ...seen, previewService: undefined }, READY_AFTER_MS);
}

interface Play {
  readonly config?: Partial<ReleaseConfig>;
  /** What is seen otherwise than it is. */
  readonly distort?: (seen: Observation) => Observation;
  /** Turns back when this is so. */
  readonly turnWhen?: (state: ReleaseState, seen: Observation) => boolean;
}

export function play(set: StatefulSet, { config, distort = (seen) => seen, turnWhen }: Play = {}) {
  const plan = planOf(set, config);
  const strategy = strategyOf(plan);
  let cluster = clusterOf(set);
  let state = strategy.begin(plan, AT);
  const actions: string[] = [];
  /** When each of them was decided. */
  const times: number[] = [];
  const missing: number[] = [];
  for (let look = 0; look < 2_000 && state.outcome === undefined; look += 1) {
    const seen = distort(observed(cluster, plan));
    missing.push(3 - seen.pods.filter(isReady).length);
    if (turnWhen?.(state, seen))
      state = strategy.turnBack(state, seen.at, because('aborted', 'somebody said stop'));
    if (state.phase === 'holding') state = strategy.conclude(state, seen.at);
    const next = strategy.next(plan, state, seen);
    state = next.state;
    for (const action of next.actions) {
      actions.push(action.text);
      times.push(seen.at);
      cluster = acted(cluster, action);
    }
    cluster = advanced(measured(cluster, strategy.needs(plan, state, seen)), 500);
  }
  const { spec } = cluster.objects.get('StatefulSet/ledger') as StatefulSet;
  const images = cluster.pods.map(({ template: made }) => made.spec.containers[0]?.image);
  return { plan, state, actions, times, spec, images, mostMissing: Math.max(...missing) };
}

export function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  );
}

/** With the times at which pods got ready, as the API tells them and the ideal cluster does not. */
export function withReadyTimes(): (seen: Observation) => Observation {
  const since = new Map<string, string>();
  const timed = (each: Pod, at: number): Pod => {
    const key = `${each.metadata.name} ${each.spec.containers[0]?.image}`;
    if (!isReady(each)) return each;
    const lastTransitionTime = since.get(key) ?? new Date(at).toISOString();
    since.set(key, lastTransitionTime);
    const conditions = [{ type: 'Ready', status: 'True' as const, lastTransitionTime }];
    return { ...each, status: { ...each.status, conditions } };
  };
  return (seen) => ({ ...seen, pods: seen.pods.map((each) => timed(each, seen.at)) });
}
