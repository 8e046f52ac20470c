// What pre-validation has planned, and what is another by the time deploy begins.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { changedParts, planFingerprint } from '../../../core/plan/plan-fingerprint.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };

function planned(strategy: 'rolling' | 'blue-green', image = 'v1'): Plan {
  const cluster = toyCluster([deployment(`${APP}-blue`, image, BLUE)], service(BLUE));
  return planFor(cluster, settingsFor(strategy));
}

describe.each(['rolling', 'blue-green'] as const)('a plan of %s', (strategy) => {
  test('is the same in the next stage, whatever its time and its release are', () => {
    const plan = planned(strategy);
    const later = { ...plan, at: plan.at, release: releaseId('another') };
    expect(changedParts(planFingerprint(plan), later)).toEqual([]);
  });

  test('fits into a result of Tekton beside an image', () => {
    expect(planFingerprint(planned(strategy)).length).toBeLessThan(250);
  });

  test('names what has changed since it was validated', () => {
    const validated = planFingerprint(planned(strategy));
    expect(changedParts(validated, planned(strategy, 'v0'))).toEqual(
      expect.arrayContaining(['from', 'workload']),
    );
  });

  test('has changed in nothing where nothing was validated', () => {
    expect(changedParts('', planned(strategy))).toEqual([]);
  });

  test('has changed altogether where what was validated is no plan', () => {
    expect(changedParts('nonsense', planned(strategy)).length).toBeGreaterThan(3);
  });
});
