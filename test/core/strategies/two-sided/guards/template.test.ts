// Somebody changed the candidate's template and it was put right: promoted is said once its pods are.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import type { Interference } from '../../../../../core/state/state.ts';
import { guardTemplates } from '../../../../../core/strategies/two-sided/guards/template.ts';
import { APP } from '../../../support/objects.ts';
import { sceneOf } from '../phases/scene.ts';

const CANDIDATE = `${APP}-green`;
const REPAIRED: Interference = {
  at: instant(0),
  object: `deployment ${CANDIDATE}`,
  what: 'its pod template',
  by: 'kubectl-set',
  response: 'repaired',
};

/** The controller has two of the three pods yet to replace. */
function underWay(seen: Observation): Observation {
  const candidate = seen.deployments.get(CANDIDATE);
  if (!candidate) throw new Error('there is no candidate');
  const rolling = { ...candidate, status: { ...candidate.status, updatedReplicas: 1 } };
  return { ...seen, deployments: new Map([...seen.deployments, [CANDIDATE, rolling]]) };
}

function waitsFor(
  phase: 'tidying' | 'holding',
  interferences: readonly Interference[],
  change: (seen: Observation) => Observation = underWay,
): string | undefined {
  const { plan, state: reached, cluster } = sceneOf(phase);
  const first = guardTemplates(plan, reached, cluster.observe([])).state;
  const state = { ...first, evidence: { ...first.evidence, interferences } };
  return guardTemplates(plan, state, change(cluster.observe([]))).step?.waitingFor;
}

describe('a template that was put right', () => {
  test('is waited for until all pods are of it, before the release is promoted', () => {
    expect(waitsFor('tidying', [REPAIRED])).toBe(
      `the pods of deployment ${CANDIDATE} to be those of the release`,
    );
  });

  test.each<[string, readonly Interference[]]>([
    ['nothing was changed', []],
    ['something else of it was', [{ ...REPAIRED, what: 'its number of pods' }]],
    ['that of another was', [{ ...REPAIRED, object: 'deployment other' }]],
    [
      'both were, each of another',
      [
        { ...REPAIRED, what: 'its number of pods' },
        { ...REPAIRED, object: 'deployment other' },
      ],
    ],
  ])('is not waited for where %s: pods come and go', (_what, interferences) => {
    expect(waitsFor('tidying', interferences)).toBeUndefined();
  });

  test('is not waited for once all pods are of it', () => {
    expect(waitsFor('tidying', [REPAIRED], (seen) => seen)).toBeUndefined();
  });

  test('is found among other changes, and the phases before look at the pods themselves', () => {
    const other = { ...REPAIRED, object: 'deployment other' };
    expect(waitsFor('tidying', [other, REPAIRED])).toBeDefined();
    expect(waitsFor('holding', [REPAIRED])).toBeUndefined();
  });
});
