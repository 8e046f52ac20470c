// What the end of each stage means for a release: the list of stages decides, no name does.
import { describe, expect, test } from '@jest/globals';
import {
  endedBeforeReleasing,
  howReleasingEnded,
  isValidated,
  recordedStages,
  STAGES,
  type StageEnds,
  type StageKind,
  stagesBeforeConclude,
  whyNotValidated,
} from '../../../core/journal/stages.ts';

function ends(statuses: Readonly<Record<string, string>>): StageEnds {
  return new Map(Object.entries(statuses).map(([name, status]) => [name, { status, reason: '' }]));
}

const GOOD = {
  turn: 'None',
  'pre-validation': 'Succeeded',
  deploy: 'Succeeded',
  'post-validation': 'Succeeded',
};

describe('the stages of a run', () => {
  test('end with the one that concludes, and there is one of it; beside it may be who tells', () => {
    const kinds: readonly StageKind[] = STAGES;
    expect(kinds.filter(({ role }) => role !== 'tells').at(-1)?.role).toBe('concludes');
    expect(STAGES.filter(({ role }) => role === 'concludes')).toHaveLength(1);
  });

  test('of those that may leave something behind for others, each says who undoes it', () => {
    const releasing = STAGES.filter(({ role }) => role === 'releases');
    expect(releasing.map(({ undoneBy }) => undoneBy)).toEqual(releasing.map(() => 'conclude'));
  });

  test('are recorded, but for waiting in the queue, which is no part of a release', () => {
    expect(recordedStages().map(({ name }) => name)).not.toContain('turn');
    expect(recordedStages().length).toBe(stagesBeforeConclude().length - 1);
  });
});

describe('a release is found good', () => {
  test('where every stage that validates has succeeded', () => {
    expect(isValidated(ends(GOOD))).toBe(true);
  });

  test.each(['Failed', 'None', ''])('and not where one ended with "%s"', (status) => {
    expect(isValidated(ends({ ...GOOD, 'post-validation': status }))).toBe(false);
  });

  test('and not where nobody says how one ended', () => {
    expect(isValidated(new Map())).toBe(false);
    expect(whyNotValidated(new Map()).text).toBe('the run was stopped before post-validation');
    expect(whyNotValidated(new Map())).toMatchObject({ code: 'run-stopped' });
    expect(whyNotValidated(ends({ 'post-validation': 'Failed' }))).toMatchObject({
      code: 'post-validation',
      text: 'post-validation failed',
    });
    expect(whyNotValidated(ends(GOOD)).text).toBe('the run was stopped before its end');
  });
});

describe('why nothing was released', () => {
  test.each([
    ['a place in the queue that was not got', { ...GOOD, turn: 'Failed' }, 'turn'],
    [
      'a check that refused',
      { ...GOOD, 'pre-validation': 'Failed', deploy: 'None' },
      'pre-validation',
    ],
    ['a deploy that ended before it began', { ...GOOD, deploy: 'Failed' }, 'deploy'],
  ])('is told by the stage that ended: %s', (_what, statuses, stage) => {
    expect(endedBeforeReleasing(ends(statuses))?.name).toBe(stage);
  });
});

test('how a release was cut off is told by Tekton’s reason, or else by the status', () => {
  const cut = new Map([['deploy', { status: 'Failed', reason: 'TaskRunTimeout' }]]);
  expect(howReleasingEnded(cut)).toEqual({ stage: 'deploy', how: 'TaskRunTimeout' });
  expect(howReleasingEnded(ends({ deploy: 'Failed' })).how).toBe('Failed');
  expect(howReleasingEnded(new Map()).how).toBe('None');
});
