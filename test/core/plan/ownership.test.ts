// Who may drive a release, what is in its journal, and what a stage does with what it finds there.
import { describe, expect, test } from '@jest/globals';
import { because, instant, releaseId } from '../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  journalData,
  recordOf,
  unfinished,
  withNote,
  withTransition,
} from '../../../core/journal/journal.ts';
import { claimOf, handedOver, holderText, watchLease } from '../../../core/journal/lease.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import { type StageEnds, stagesBeforeConclude } from '../../../core/journal/stages.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { ended } from '../../../core/state/transitions.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { takeOverToConclude, takeOverToDeploy } from '../../../core/strategies/takeover.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const NOW = instant(Date.parse('2026-01-01T00:01:00Z'));
const ME = { release: releaseId('run-1'), process: 'p1' };

function lease(holderIdentity: string, renewTime: string, leaseDurationSeconds = 15): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'l' },
    spec: { holderIdentity, renewTime, leaseDurationSeconds },
  };
}

describe('the lease', () => {
  const fresh = '2026-01-01T00:00:55.000000Z';
  const old = '2026-01-01T00:00:30.000000Z';
  test.each([
    ['nobody', undefined, 'free'],
    ['this process', lease(holderText(ME), fresh), 'mine'],
    ['this release, handed over', lease(handedOver(ME.release), fresh, 600), 'free'],
    ['another process of this release', lease('run-1/p2', fresh), 'same-release'],
    ['a process of this release that looks dead', lease('run-1/p2', old), 'same-release'],
    ['another release', lease('run-2/p2', fresh), 'other-release'],
    ['another release between two stages', lease('run-2/', fresh, 600), 'other-release'],
    ['another release whose time is over', lease('run-2/p2', old), 'to-watch'],
    ['another release, from the future', lease('run-2/p2', '2026-01-01T00:05:55Z'), 'to-watch'],
    ['another release between two stages, too long', lease('run-2/', old, 15), 'free'],
  ])('held by %s: %s', (_who, held, kind) => {
    expect(claimOf(held, ME, NOW).kind).toBe(kind);
  });

  test.each(['run-1/p2', 'run-2/p2'])(
    'of %s is not taken while it is renewed, and is once it was silent for as long as it lasts, whatever the times in it say',
    (holder) => {
      for (const skewMs of [-300_000, -60_000, 0, 20_000, 300_000]) {
        const at = (ms: number) => instant(NOW + skewMs + ms);
        const renewed = (n: number) => lease(holder, `2026-01-01T00:01:0${n}Z`);
        let watched = watchLease(undefined, renewed(0), at(0));
        for (const n of [1, 2, 3]) {
          watched = watchLease(watched, renewed(n), at(n * 5_000));
          expect(claimOf(renewed(n), ME, at(n * 5_000), watched).kind).not.toBe('free');
        }
        const silent = watchLease(watched, renewed(3), at(29_999));
        expect(claimOf(renewed(3), ME, at(29_999), silent).kind).not.toBe('free');
        expect(claimOf(renewed(3), ME, at(30_000), silent).kind).toBe('free');
      }
    },
  );

  test('that claims to last for years is watched for a quarter of an hour and no longer', () => {
    const forged = lease('run-2/p2', fresh, 10 ** 9);
    const watched = watchLease(undefined, forged, NOW);
    expect(claimOf(forged, ME, instant(NOW + 15 * 60_000), watched).kind).toBe('free');
  });
});

function journalIn(phase: string): Journal {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor('blue-green', { drain: { maxDuration: '10s' } }));
  const { state } = play(cluster, plan, { until: phase, conclude: 'never' });
  return withTransition(EMPTY_JOURNAL, plan, state, [], NOW);
}

function withState(journal: Journal, change: (state: ReleaseState) => ReleaseState): Journal {
  const { current } = journal;
  if (!current) throw new Error('no release in the journal');
  return withTransition(journal, current.plan, change(current.state), [], NOW);
}

describe('the journal', () => {
  test('reads what it wrote', () => {
    const journal = journalIn('monitoring');
    expect(readJournal(journalData(journal))).toEqual(JSON.parse(JSON.stringify(journal)));
  });

  test('a service without one has an empty one', () => {
    expect(readJournal(undefined)).toEqual(EMPTY_JOURNAL);
  });

  test.each([
    ['no JSON', '{'],
    ['another version', '{"version":2}'],
    ['a list', '[]'],
  ])('is not guessed at: %s', (_what, text) => {
    expect(typeof readJournal({ 'journal.json': text })).toBe('string');
  });

  test('a release that ends is remembered once, with how its stages ended', () => {
    const done = withState(journalIn('monitoring'), (state) => ended(state, NOW, 'promoted'));
    expect(unfinished(done)).toBeUndefined();
    const again = withState(done, (state) => state);
    expect(again.history).toHaveLength(1);
    const concluded = withNote(again, ME.release, { stages: { deploy: 'Succeeded' } });
    expect(recordOf(concluded, ME.release)).toMatchObject({
      outcome: 'promoted',
      strategy: 'blue-green',
      stages: { deploy: 'Succeeded' },
    });
  });
});

describe('the deploy stage arrives', () => {
  test('at an empty journal: it begins', () => {
    expect(takeOverToDeploy(EMPTY_JOURNAL, ME.release).kind).toBe('begin');
  });

  test('at its own unfinished release: it resumes', () => {
    expect(takeOverToDeploy(journalIn('monitoring'), ME.release).kind).toBe('resume');
  });

  test('at its own ended release: it only reports', () => {
    const done = withState(journalIn('monitoring'), (state) => ended(state, NOW, 'rolled-back'));
    expect(takeOverToDeploy(done, ME.release).kind).toBe('report');
  });

  test("at somebody else's unfinished release: it undoes that first", () => {
    expect(takeOverToDeploy(journalIn('monitoring'), releaseId('run-2')).kind).toBe('undo-first');
  });

  test("at somebody else's ended release: it begins", () => {
    const done = withState(journalIn('monitoring'), (state) => ended(state, NOW, 'promoted'));
    expect(takeOverToDeploy(done, releaseId('run-2')).kind).toBe('begin');
  });
});

/** As Tekton says of a run in which all went well, but for these. */
function stageEnds(changed: Readonly<Record<string, string>> = {}, reason = ''): StageEnds {
  const names = stagesBeforeConclude().map(({ name }) => name);
  return new Map(
    names.map((name) => [
      name,
      { status: changed[name] ?? 'Succeeded', reason: name in changed ? reason : '' },
    ]),
  );
}

describe('the conclude stage arrives', () => {
  const statuses = stageEnds();

  test('at another release: it has nothing to do with it', () => {
    expect(takeOverToConclude(journalIn('monitoring'), releaseId('run-2'), statuses).kind).toBe(
      'nothing',
    );
  });

  test('at a release that waits and was found good: it finishes', () => {
    expect(takeOverToConclude(journalIn('holding'), ME.release, statuses).kind).toBe('finish');
  });

  test.each([
    ['failed post-validation', 'Failed', 'post-validation failed'],
    ['was never validated', 'None', 'stopped before post-validation'],
  ])('at a release that %s: it undoes', (_what, status, cause) => {
    const ends = stageEnds({ 'post-validation': status });
    const arrival = takeOverToConclude(journalIn('holding'), ME.release, ends);
    expect(arrival).toMatchObject({
      kind: 'undo',
      cause: { text: expect.stringContaining(cause) },
    });
  });

  test('at a release that was cut off: it undoes, and says where and why', () => {
    const cut = stageEnds({ deploy: 'Failed', 'post-validation': 'None' }, 'TaskRunTimeout');
    expect(takeOverToConclude(journalIn('monitoring'), ME.release, cut)).toMatchObject({
      kind: 'undo',
      cause: because('cut-off', 'deploy ended in phase monitoring (TaskRunTimeout)'),
    });
  });

  test('at a release that turned back by itself: it only reports', () => {
    const done = withState(journalIn('monitoring'), (state) => ended(state, NOW, 'rolled-back'));
    expect(takeOverToConclude(done, ME.release, statuses).kind).toBe('report');
  });

  test('undoing what was being finished finishes it: the stable may be gone already', () => {
    const retiring = journalIn('holding').current;
    if (!retiring) throw new Error('no release in the journal');
    const strategy = strategyOf(retiring.plan);
    const finishing = strategy.conclude(retiring.state, NOW);
    expect(strategy.turnBack(finishing, NOW, because('stopped', 'x'))).toEqual(finishing);
  });
});
