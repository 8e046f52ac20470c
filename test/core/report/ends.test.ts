// Whoever is woken by a release that has ended reads one sentence, and does what it says next: no end may be
// without it, and none may speak of what is only ours.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { NOTHING_KNOWN } from '../../../core/availability/availability.ts';
import { END_CODES, instant, type Outcome, releaseId } from '../../../core/base/vocabulary.ts';
import type { ReleaseRecord } from '../../../core/journal/journal.ts';
import { CHECK_ENDS, REFUSED_ENDS } from '../../../core/report/ends/of-refusals.ts';
import {
  type AnyEnd,
  ENDINGS,
  endingOf,
  refusalBy,
  toldEnd,
  toldRefusal,
} from '../../../core/report/ends/sentence.ts';
import type { Interference } from '../../../core/state/state.ts';

const LONGEST = 'x'.repeat(128);
const DECISION = {
  at: instant(9),
  verdict: 'bad',
  rule: 'trigger error_rate gt 10%',
  why: 'w',
  candidate: { requests: 32, errors: 6 },
  stable: { requests: 102, errors: 0 },
  numbers: {},
} as const;

const RECORD: ReleaseRecord = {
  release: releaseId('run-1'),
  strategy: 'canary',
  outcome: 'rolled-back',
  cause: 'error_rate 18.8% above 10%',
  from: 'registry/pay:v1.1.0',
  to: 'registry/pay:v1.2.0',
  startedAt: instant(0),
  endedAt: instant(9_000),
  evidence: { decision: DECISION },
};

const BEGUN = END_CODES.filter((code) => !Object.hasOwn(REFUSED_ENDS, code));
const REFUSED: readonly AnyEnd[] = [
  ...END_CODES.filter((code) => Object.hasOwn(REFUSED_ENDS, code)),
  ...Object.keys(CHECK_ENDS).map(refusalBy),
];
const OUTCOMES: readonly Outcome[] = ['promoted', 'rolled-back', 'failed', 'unchanged'];
/** Words of the sources that say nothing to whoever runs the service. */
const INTERNAL =
  /\b(lease|journal|phase|stage|reconcile|tally|fence|driver|takeover|handed over|conclude|candidate|stable|undefined|null|NaN|object Object)\b/i;

test('there are sixty ways to end, each known by one code', () => {
  expect(new Set([...BEGUN, ...REFUSED]).size).toBeGreaterThanOrEqual(60);
  expect(new Set([...BEGUN, ...REFUSED]).size).toBe(BEGUN.length + REFUSED.length);
});

describe.each(BEGUN)('a release that ended with %s', (code) => {
  const long = { from: `r/p:a${LONGEST}`, to: `r/p:b${LONGEST}`, endedAt: instant(86_399_000) };
  test.each(OUTCOMES)('and is %s says so in a sentence of two lines at most', (outcome) => {
    for (const record of [RECORD, { ...RECORD, evidence: {} }, { ...RECORD, ...long }]) {
      const told = toldEnd({ ...record, code, outcome }, 's'.repeat(63));
      expect(told.code).toBe(code);
      expect(told.sentence.length).toBeLessThanOrEqual(200);
      expect(told.sentence).not.toMatch(INTERNAL);
      expect(told.sentence).toMatch(/ after \d\S*$/);
      expect(told.next).toMatch(/^[A-Zk].*\.$/);
    }
  });
});

test.each(REFUSED)('a run that began nothing because of %s says so, and what to mend', (code) => {
  const { sentence, next, evidence } = toldRefusal(code, 's'.repeat(63), LONGEST, 'why');
  expect(sentence.length).toBeLessThanOrEqual(200);
  expect(sentence).not.toMatch(INTERNAL);
  expect(sentence).toMatch(/: nothing was changed$/);
  expect(next).toMatch(/\.$/);
  expect(evidence).toEqual(['why']);
});

describe('the sentence', () => {
  test('of errors has the figures of both versions', () => {
    expect(toldEnd({ ...RECORD, code: 'errors' }, 'pay')).toMatchObject({
      sentence:
        'v1.2.0 answered 18.8% of requests with errors (6 of 32), v1.1.0 0% (0 of 102): rolled back after 9s',
      evidence: [
        'failed requests: new version 6 of 32, version before 0 of 102',
        'decided by: trigger error_rate gt 10%',
        'error_rate 18.8% above 10%',
      ],
    });
  });

  test('of a promotion rests on what was counted, what was lost at least, and how traffic was seen to move', () => {
    const counted = { stable: { requests: 90, errors: 2 }, candidate: { requests: 10, errors: 1 } };
    const promoted = { ...RECORD, outcome: 'promoted', code: 'promoted' } as const;
    const of = (evidence: ReleaseRecord['evidence']) =>
      toldEnd({ ...promoted, evidence }, 'pay').evidence;
    expect(of({})).toEqual([]);
    expect(of({ movedBack: 'answers' })).toEqual(['traffic was seen to move back by: answers']);
    expect(
      of({
        decision: DECISION,
        availability: { ...NOTHING_KNOWN, counted },
        moved: 'counters',
        movedBack: 'answers',
      }),
    ).toEqual([
      'failed requests: new version 6 of 32, version before 0 of 102',
      'decided by: trigger error_rate gt 10%',
      'requests that failed at least: 3',
      'traffic was seen to move by: counters',
      'traffic was seen to move back by: answers',
    ]);
    expect(of({ availability: NOTHING_KNOWN })).toEqual(['requests that failed at least: unknown']);
  });

  test('of a fight with others rests on the last three of their changes', () => {
    const change = (what: string): Interference => ({
      at: instant(1),
      object: 'service pay',
      what,
      by: 'argocd',
      response: 'repaired',
    });
    const interferences = ['a', 'b', 'c', 'd'].map(change);
    const fought = BEGUN.filter((code) => ENDINGS[code].proof[0] === 'others');
    expect(fought).not.toEqual([]);
    for (const code of fought) {
      expect(toldEnd({ ...RECORD, code, evidence: { interferences } }, 'pay').evidence).toEqual([
        'service pay: b was changed by argocd, repaired',
        'service pay: c was changed by argocd, repaired',
        'service pay: d was changed by argocd, repaired',
        'error_rate 18.8% above 10%',
      ]);
      expect(toldEnd({ ...RECORD, code, cause: undefined, evidence: {} }, 'pay').evidence).toEqual(
        [],
      );
    }
  });

  test('of a release of the same tag tells the two apart by their digests', () => {
    const by = (digit: string) => `r/pay:latest@sha256:${digit.repeat(64)}`;
    const { sentence } = toldEnd(
      { ...RECORD, code: 'pod-failed', from: by('a'), to: by('b') },
      'p',
    );
    expect(sentence).toBe(
      'a pod of sha256:bbbbbbbbbbbb failed while it served: rolled back after 9s',
    );
  });

  test('of a record from before there were codes, or of a later version, is there all the same', () => {
    expect(toldEnd({ ...RECORD, outcome: 'promoted' }, 'pay').code).toBe('promoted');
    const later = { ...RECORD, code: 'sunspots' } as unknown as ReleaseRecord;
    expect(toldEnd(later, 'pay').code).toBe('unknown');
    expect(toldEnd({ ...RECORD, code: 'toString' } as unknown as ReleaseRecord, 'p').code).toBe(
      'unknown',
    );
  });

  test('lets no control character through', () => {
    const told = toldEnd(
      { ...RECORD, code: 'aborted', cause: 'by \u001b[31mme\n', to: '\u001b]0;x\u0007' },
      'pay',
    );
    expect(JSON.stringify(told)).not.toMatch(/\\u00|\\n/);
  });
});

test('a check that refuses has an end of its own, and none that only warns', () => {
  const rows = readFileSync('docs/preflight.md', 'utf8').matchAll(/^\| `([a-z-]+)` +\|(.*)\|$/gm);
  const refusing = [...rows]
    .filter(([, , rest]) => rest?.includes('refuses'))
    .map(([, name]) => name);
  expect(Object.keys(CHECK_ENDS).sort()).toEqual(refusing.sort());
  expect(refusalBy('no-pdb')).toBe('preflight');
  expect(endingOf('preflight-capacity')).toBe(CHECK_ENDS.capacity);
  expect(Object.keys(ENDINGS).sort()).toEqual([...END_CODES].sort());
});
