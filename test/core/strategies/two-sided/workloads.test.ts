// What a two-sided release does to its Deployments: only what is missing, and nothing that is somebody else's.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../../core/cluster/observation.ts';
import type { Deployment } from '../../../../core/kubernetes/workload-objects.ts';
import {
  candidateActions,
  emptyCandidate,
  isCandidateApplied,
  retireActions,
  stableActions,
  workloadOf,
} from '../../../../core/strategies/two-sided/workloads.ts';
import { sceneOf } from './phases/scene.ts';

const scene = sceneOf('testing');
const { plan, cluster } = scene;
const seen = cluster.observe([]);

function candidate(): Deployment {
  const found = workloadOf(plan, seen, 'candidate');
  if (!found) throw new Error('there is none');
  return found;
}

function withCandidate(change: (found: Deployment) => Deployment | undefined): Observation {
  const changed = change(candidate());
  const deployments = new Map(seen.deployments);
  deployments.delete(plan.candidate.name);
  return {
    ...seen,
    deployments: changed ? deployments.set(plan.candidate.name, changed) : deployments,
  };
}

const sized = (replicas: number) => (found: Deployment) => ({
  ...found,
  spec: { ...found.spec, replicas },
});
const unmarked = (found: Deployment) => ({
  ...found,
  metadata: { ...found.metadata, annotations: {}, labels: {} },
});
const texts = (actions: readonly { readonly text: string }[]) => actions.map(({ text }) => text);

describe('the candidate', () => {
  test('that is there as planned is left', () => {
    expect(isCandidateApplied(plan, candidate(), 3)).toBe(true);
    expect(candidateActions(plan, seen, 3)).toEqual([]);
  });

  test.each([
    ['larger than it has to be is left', sized(4), []],
    ['too small is given its pods', sized(2), ['scale deployment payment-service-green to 3']],
    ['at none, whose pods still end, is waited for: they still take room', sized(0), []],
    [
      'of another release is made this one’s',
      unmarked,
      ['update deployment payment-service-green to payment-service:v2, 3 pods'],
    ],
    [
      'that is not there is created',
      () => undefined,
      ['create deployment payment-service-green with payment-service:v2, 3 pods'],
    ],
  ])('%s', (_what, change, expected) => {
    expect(texts(candidateActions(plan, withCandidate(change), 3))).toEqual(expected);
  });

  test('at none is given its pods once the last of them has ended', () => {
    const gone = { ...withCandidate(sized(0)), pods: [] };
    expect(texts(candidateActions(plan, gone, 3))).toEqual([
      'scale deployment payment-service-green to 3',
    ]);
  });

  test.each([
    ['marked and large enough', (found: Deployment) => found, true],
    ['marked and too small', sized(2), false],
    ['large enough and not marked', unmarked, false],
  ])('%s is the planned one: %s', (_what, change, is) => {
    expect(isCandidateApplied(plan, change(candidate()), 3)).toBe(is);
  });

  test('is emptied once, and not where there is none', () => {
    expect(texts(emptyCandidate(plan, seen))).toEqual([
      'scale deployment payment-service-green to 0',
    ]);
    expect(emptyCandidate(plan, withCandidate(sized(0)))).toEqual([]);
    expect(
      emptyCandidate(
        plan,
        withCandidate(() => undefined),
      ),
    ).toEqual([]);
  });

  test('of somebody else is not taken away on the way back', () => {
    const left = retireActions(plan, withCandidate(unmarked), 'candidate');
    expect(texts(left)).toEqual(['delete service payment-service-preview']);
  });
});

describe('the stable', () => {
  test.each([
    [3, []],
    [2, []],
    [5, ['scale deployment payment-service-blue to 5']],
  ])('is given %i pods where it has fewer, and never fewer than it has', (pods, expected) => {
    expect(texts(stableActions(plan, seen, pods))).toEqual(expected);
  });

  test('is scaled to nothing once', () => {
    expect(texts(retireActions(plan, seen, 'stable'))).toContain(
      'scale deployment payment-service-blue to 0',
    );
    const blue = workloadOf(plan, seen, 'stable');
    if (!blue) throw new Error('there is none');
    const empty = { ...blue, spec: { ...blue.spec, replicas: 0 } };
    const deployments = new Map(seen.deployments).set(plan.stable.name, empty);
    expect(texts(retireActions(plan, { ...seen, deployments }, 'stable'))).toEqual([
      'delete service payment-service-preview',
    ]);
  });
});
