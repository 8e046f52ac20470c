// What gives a release up is decided on a fresh look; what a fresh look cannot change is not looked at again.
import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../../core/analysis/analysis-state.ts';
import type { Outcome, Verdict } from '../../../core/base/vocabulary.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { givesUp } from '../../../core/strategies/decide.ts';
import { AT, releaseIn } from '../support/releases.ts';

const { state: FORWARD } = releaseIn('blue-green', 'monitoring');
const BACK: ReleaseState = { ...FORWARD, direction: 'back' };

function judged(state: ReleaseState, verdict: Verdict): ReleaseState {
  const none = { requests: 0, errors: 0 };
  const decision: Decision = {
    at: AT,
    verdict,
    rule: 'judge',
    why: '',
    numbers: {},
    candidate: none,
    stable: none,
  };
  return { ...state, evidence: { ...state.evidence, decision } };
}

function ended(state: ReleaseState, outcome: Outcome): ReleaseState {
  return { ...state, outcome };
}

describe('the cluster is listed again', () => {
  test.each<[string, ReleaseState, ReleaseState]>([
    ['before a release turns back for what it waited for in vain', FORWARD, BACK],
    ['also where it was not measurable', FORWARD, judged(BACK, 'unmeasurable')],
    ['before a release fails, wherever it stands', FORWARD, ended(FORWARD, 'failed')],
    ['before a way back is given up', BACK, ended(BACK, 'failed')],
    [
      'before a release fails that had been found bad',
      judged(BACK, 'bad'),
      ended(judged(BACK, 'bad'), 'failed'),
    ],
  ])('%s', (_when, before, after) => expect(givesUp(before, after)).toBe(true));
});

describe('nothing is listed again, which only costs time,', () => {
  test.each<[string, ReleaseState, ReleaseState]>([
    ['where the candidate itself was seen to be bad', FORWARD, judged(BACK, 'bad')],
    ['where nothing is given up', FORWARD, FORWARD],
    ['once a release is on its way back', BACK, BACK],
    ['where it ends as it should', BACK, ended(BACK, 'rolled-back')],
    ['where the cluster cannot be seen anyway', FORWARD, { ...BACK, blindSince: AT }],
    ['not even to fail', FORWARD, { ...ended(BACK, 'failed'), blindSince: AT }],
  ])('%s', (_when, before, after) => expect(givesUp(before, after)).toBe(false));
});
