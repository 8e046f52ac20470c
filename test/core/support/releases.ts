/** Releases as a test needs them: planned, in some phase, ended, and in a journal. */
import {
  because,
  type Instant,
  instant,
  type Outcome,
  type ReleaseId,
  releaseId,
  type StrategyName,
} from '../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  journalData,
  journalName,
  type ReleaseRecord,
  withTransition,
} from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { durable, type ReleaseState } from '../../../core/state/state.ts';
import { ended } from '../../../core/state/transitions.ts';
import { APP, deployment, REPOSITORY, service } from './objects.ts';
import { planFor, play, settingsFor } from './play.ts';
import { type ToyCluster, toyCluster } from './toy-cluster.ts';

export const BLUE = { app: APP, version: 'blue' };
export const RUN = releaseId('run-1');
export const AT = instant(Date.UTC(2026, 0, 1));

export interface Released {
  readonly plan: Plan;
  readonly state: ReleaseState;
  readonly cluster: ToyCluster;
}

interface Wanted {
  readonly config?: Partial<ReleaseConfig>;
  readonly release?: ReleaseId;
  readonly metrics?: 'pods' | 'none';
  readonly tag?: string;
}

/** A release of the service in one of its phases; it begins where none is named. */
export function releaseIn(
  strategy: StrategyName,
  phase?: string,
  { config = {}, release = RUN, metrics = 'none', tag = 'v2' }: Wanted = {},
): Released {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor(strategy, config), metrics, tag, release);
  const { state } = play(cluster, plan, { until: phase ?? firstPhase(strategy) });
  return { plan, state: durable(state), cluster };
}

function firstPhase(strategy: StrategyName): string {
  return strategy === 'rolling' ? 'rolling' : 'preparing';
}

/** The journal with one more release, wherever it stands. */
export function journalOf(
  { plan, state }: Pick<Released, 'plan' | 'state'>,
  before: Journal = EMPTY_JOURNAL,
  at: Instant = AT,
): Journal {
  return withTransition(before, plan, state, [], at);
}

/** The same, once it has ended. */
export function endedAs(outcome: Outcome, released: Released, cause?: string): Released {
  const told = cause === undefined ? undefined : because('errors', cause);
  return { ...released, state: ended(released.state, AT, outcome, told) };
}

export function configMapOf(journal: Journal, data: Record<string, string> = {}): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: journalName(APP),
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' },
    },
    data: { ...journalData(journal), ...data },
  };
}

/** How a release ended that is history. */
export function recordFor(release: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    release: releaseId(release),
    strategy: 'rolling',
    outcome: 'promoted',
    cause: undefined,
    from: `${REPOSITORY}:v0`,
    to: `${REPOSITORY}:v1`,
    startedAt: instant(AT - 600_000),
    endedAt: instant(AT - 300_000),
    evidence: {},
    ...more,
  };
}
