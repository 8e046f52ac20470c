/** Plays a release on the toy cluster and writes down what a person would want to read of it. */

import {
  because,
  instant,
  type ReleaseId,
  releaseId,
  type StrategyName,
} from '../../../core/base/vocabulary.ts';
import type { PlanInput } from '../../../core/cluster/plan-input.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Settings } from '../../../core/config/settings.ts';
import { resolveSettings } from '../../../core/config/settings.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import { workloadRef } from '../../../core/kubernetes/owners.ts';
import { podsOf } from '../../../core/plan/own-pods.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { durable, type ReleaseState } from '../../../core/state/state.ts';
import { decide } from '../../../core/strategies/decide.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { APP, REPOSITORY } from './objects.ts';
import type { ToyCluster } from './toy-cluster.ts';

const STEP_MS = 500;
const MOST_LOOKS = 10_000;

export function settingsFor(strategy: StrategyName, config: Partial<ReleaseConfig> = {}): Settings {
  const params = {
    service: APP,
    namespace: 'default',
    imageTag: 'v2',
    imageRepository: '',
    strategy,
  };
  return resolveSettings(params, {
    apiVersion: 'release.zero-downtime.dev/v1',
    kind: 'ReleaseConfig',
    ...config,
  });
}

/** What a release of a tag is planned from, as the cluster stands. */
export function inputFor(
  cluster: ToyCluster,
  settings: Settings,
  metrics: 'pods' | 'none',
  tag: string,
  release: ReleaseId,
): PlanInput {
  const deployments = [...cluster.deployments.values()];
  const service: Service | undefined = cluster.services.get(APP);
  const found = findSubject(APP, 'default', service, deployments, settings.workload);
  if (found.kind === 'not-found') throw new Error(found.why);
  const seen = cluster.observe([]);
  return {
    release,
    at: instant(cluster.nowMs()),
    settings,
    subject: found.subject,
    image: { reference: `${REPOSITORY}:${tag}`, tag, digest: undefined },
    metrics:
      metrics === 'pods'
        ? { kind: 'pods', port: 8080, path: '/metrics' }
        : { kind: 'none', why: 'nobody asked' },
    deployments: [...seen.deployments.values()],
    pods: podsOf(workloadRef(found.subject.deployment), seen).map(({ pod }) => pod),
    others: cluster.others,
    neighbours: {
      services: [...cluster.services.values()],
      deployments,
      statefulSets: [],
      cronJobs: [],
      replicaSets: seen.replicaSets,
      pods: seen.pods,
    },
    previewService: undefined,
  };
}

export function planFor(
  cluster: ToyCluster,
  settings: Settings,
  metrics: 'pods' | 'none' = 'pods',
  tag = 'v2',
  release = releaseId('run-1'),
): Plan {
  const planned = planRelease(inputFor(cluster, settings, metrics, tag, release));
  if (planned.kind !== 'planned') throw new Error(planned.why);
  return planned.plan;
}

export interface Played {
  readonly state: ReleaseState;
  readonly transcript: string;
}

export interface PlayOptions {
  readonly from?: ReleaseState;
  /** Stops in this phase rather than at the end. */
  readonly until?: string;
  /** Concludes a release that waits for it. */
  readonly conclude?: 'at-once' | 'never';
  /** Called before every look: for meddling. */
  readonly meddle?: (state: ReleaseState, cluster: ToyCluster) => ReleaseState;
}

/** Lets a release run; every state passes through JSON, as it would through the journal. */
export function play(cluster: ToyCluster, plan: Plan, options: PlayOptions = {}): Played {
  const strategy = strategyOf(plan);
  const began = cluster.nowMs();
  const lines: string[] = [];
  let state = options.from ?? strategy.begin(plan, instant(began));
  let asked: string[] = [];
  const say = (text: string): void => {
    lines.push(`${((cluster.nowMs() - began) / 1000).toFixed(1).padStart(6)}s  ${text}`);
  };
  say(`${state.direction} ${state.phase}`);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    state = options.meddle?.(state, cluster) ?? state;
    const seen = cluster.observe(asked);
    if (state.phase === 'holding') {
      if (options.conclude === 'never') break;
      say('  somebody concludes');
      state = strategy.conclude(state, seen.at);
    }
    const { state: next, actions } = decide(plan, state, seen);
    const moved = next.phase !== state.phase || next.direction !== state.direction;
    if (moved) say(`${next.direction} ${next.phase}`);
    state = journaled(next);
    for (const action of actions) {
      say(`  ${action.text}`);
      if (cluster.act(action) === 'stale') break;
    }
    if (state.outcome !== undefined || state.phase === options.until) break;
    asked = strategy.needs(plan, state, seen).flatMap((need) => ('key' in need ? [need.key] : []));
    if (!moved) cluster.advance(STEP_MS);
  }
  if (state.outcome) say(`outcome ${state.outcome}${state.cause ? `: ${state.cause}` : ''}`);
  return { state, transcript: `${lines.join('\n')}\n` };
}

/** What is left of a state after it was saved and read again; the judge's memory stays in the process. */
function journaled(state: ReleaseState): ReleaseState {
  const { tally, stillness } = state;
  return { ...(JSON.parse(JSON.stringify(durable(state))) as ReleaseState), tally, stillness };
}

/** Turns the release back when it first is in a phase. */
export function turnIn(plan: Plan, phase: string): PlayOptions {
  let turned = false;
  return {
    meddle: (state, cluster) => {
      if (turned || state.phase !== phase) return state;
      turned = true;
      return turnedBack(plan, state, cluster);
    },
  };
}

export function turnedBack(plan: Plan, state: ReleaseState, cluster: ToyCluster): ReleaseState {
  return strategyOf(plan).turnBack(
    state,
    instant(cluster.nowMs()),
    because('aborted', 'somebody said stop'),
  );
}
