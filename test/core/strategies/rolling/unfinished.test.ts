// A rolling release that failed leaves its workload rolling as it made it: the next one gives back what was found.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import { ownerReleaseOf } from '../../../../core/cluster/ownership.ts';
import { EMPTY_JOURNAL, type Journal } from '../../../../core/journal/journal.ts';
import type { Deployment } from '../../../../core/kubernetes/workload-objects.ts';
import type { Plan, RollingPlan } from '../../../../core/plan/plan.ts';
import { asBeforeFailure } from '../../../../core/strategies/rolling/unfinished.ts';
import { APP, deployment, service } from '../../support/objects.ts';
import { planFor, play, settingsFor, turnIn } from '../../support/play.ts';
import { type Behaviour, toyCluster } from '../../support/toy-cluster.ts';

const LABELS = { app: APP };
const SETTINGS = settingsFor('rolling', {
  strategy: { rolling: { monitoring: '10s' } },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
});

/** The new pods of the old version are never ready. */
function failed() {
  const behaviour: Behaviour = {
    readyAfterMs: (image) => (image.endsWith('v1') ? Number.POSITIVE_INFINITY : 1_000),
  };
  const cluster = toyCluster([deployment(APP, 'v1', LABELS)], service(LABELS), behaviour);
  const before = cluster.snapshot();
  const plan = planFor(cluster, SETTINGS);
  const { state } = play(cluster, plan, turnIn(plan, 'monitoring'));
  behaviour.readyAfterMs = () => 1_000;
  const journal: Journal = { ...EMPTY_JOURNAL, current: { plan, state, actions: [] } };
  const planNext = () => planFor(cluster, SETTINGS, 'pods', 'v3', releaseId('run-2'));
  const left = (): Deployment | undefined => cluster.deployments.get(APP);
  return { cluster, before, state, journal, planNext, left };
}

describe('after a rolling release that failed', () => {
  test('the next one gives back how the workload rolled before, and not what the failed one has left', () => {
    const { cluster, state, journal, planNext, left } = failed();
    expect(state.outcome).toBe('failed');
    expect(left()?.spec.strategy?.rollingUpdate?.maxUnavailable).not.toBe('25%');
    const { state: next } = play(cluster, asBeforeFailure(planNext(), journal));
    expect(next.outcome).toBe('promoted');
    expect(left()?.spec.strategy).toEqual(deployment(APP, 'v1', LABELS).spec.strategy);
  });

  test('the next one that is turned back leaves all as it was before both', () => {
    const { cluster, before, journal, planNext, left } = failed();
    const plan = asBeforeFailure(planNext(), journal);
    const { state } = play(cluster, plan, turnIn(plan, 'monitoring'));
    expect(state.outcome).toBe('rolled-back');
    expect(cluster.snapshot()).toEqual(before);
    expect(ownerReleaseOf(left() ?? deployment(APP, 'v1', LABELS))).toBeUndefined();
  });

  test('what somebody has put right since stays as they have it', () => {
    const { cluster, journal, planNext, left } = failed();
    const found = left();
    if (!found) throw new Error('it is gone');
    const strategy = { type: 'Recreate' } as const;
    cluster.deployments.set(APP, { ...found, spec: { ...found.spec, strategy } });
    const { workload } = asRolling(asBeforeFailure(planNext(), journal));
    expect(workload.strategy).toEqual(strategy);
  });

  test.each([
    ['another workload', { uid: 'another' }],
    ['one that another release has changed since', { mark: 'run-0' }],
  ])('%s is taken as it is found', (_, found) => {
    const { journal, planNext } = failed();
    const plan = asRolling(planNext());
    const other: RollingPlan = { ...plan, workload: { ...plan.workload, ...found } };
    expect(asBeforeFailure(other, journal)).toEqual(other);
  });

  test('a StatefulSet that it left replacing no pod by itself gets its own updates back', () => {
    const { journal, planNext } = failed();
    const own = {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    } as const;
    const { plan, state } = journal.current ?? {};
    if (!plan || !state) throw new Error('there is no failed release');
    const current = { plan: { ...asRolling(plan), statefulSet: own }, state, actions: [] };
    const next = {
      ...asRolling(planNext()),
      statefulSet: { updateStrategy: { type: 'OnDelete' } },
    } as const;
    expect(asBeforeFailure(next, { ...journal, current })).toMatchObject({ statefulSet: own });
  });
});

test('after one that did not fail the workload is taken as it is found', () => {
  const cluster = toyCluster([deployment(APP, 'v1', LABELS)], service(LABELS));
  const plan = planFor(cluster, SETTINGS);
  const { state } = play(cluster, plan);
  const next = planFor(cluster, SETTINGS, 'pods', 'v3', releaseId('run-2'));
  const current = { plan, state, actions: [] };
  expect(state.outcome).toBe('promoted');
  expect(asBeforeFailure(next, { ...EMPTY_JOURNAL, current })).toEqual(next);
});

function asRolling(plan: Plan): RollingPlan {
  if (plan.strategy !== 'rolling') throw new Error(`it is planned as ${plan.strategy}`);
  return plan;
}
