// A journal that the version before has written is read, resumed and concluded: one of every strategy in
// every phase of either direction, recorded with version 0.1.0 (before its folders and words changed).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RouterName, StrategyName } from '../../../core/base/vocabulary.ts';
import type { Entry } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { takeOverToConclude, takeOverToDeploy } from '../../../core/strategies/takeover.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor, turnedBack, turnIn } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const FOLDER = join(import.meta.dirname, 'recordings');
const BLUE = { app: APP, version: 'blue' };
const CONFIG = {
  strategy: {
    blueGreen: { monitoring: '10s' },
    canary: {
      steps: [
        { weight: 10, duration: '5s' },
        { weight: 50, duration: '5s' },
      ],
      monitoring: '10s',
    },
    rolling: { monitoring: '10s' },
  },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { hook: { path: '/drain' }, maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};

/** A plan as it stood in all journals of one release, and where the release stood in each. */
interface Recorded {
  readonly plan: Plan & { readonly strategy: StrategyName };
  readonly states: readonly ReleaseState[];
}

const RECORDED = readdirSync(FOLDER).flatMap((file) => {
  const { plan, states }: Recorded = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return states.map((state) => ({
    name: file.replace('.json', ''),
    phase: state.phase,
    plan,
    state,
  }));
});

function entryOf({ plan, state }: { plan: Plan; state: ReleaseState }): Entry {
  const text = JSON.stringify({
    version: 1,
    current: { plan, state, actions: [] },
    history: [],
    answers: [],
  });
  const journal = readJournal({ 'journal.json': text });
  if (typeof journal === 'string') throw new Error(journal);
  const taken = takeOverToDeploy(journal, plan.release);
  if (taken.kind !== 'resume') throw new Error(`it is not resumed: ${taken.kind}`);
  return taken.entry;
}

/** The cluster as it was when that journal was written: the same release, as far as there. */
function clusterAt({ plan, state }: { plan: Plan; state: ReleaseState }): ToyCluster {
  const router = ('routing' in plan ? plan.routing.router : 'service') as RouterName; // of these three
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  const cluster = toyCluster([blue], service(BLUE), {}, routesFor(router));
  const settings = settingsFor(plan.strategy, { ...CONFIG, traffic: { router } });
  const own = planFor(cluster, settings);
  const turned = state.direction === 'back' ? turnIn(own, 'monitoring').meddle : undefined;
  try {
    play(cluster, own, {
      meddle: (each, seen) => {
        const next = turned?.(each, seen) ?? each;
        const isThere = next.phase === state.phase && next.direction === state.direction;
        // What was decided in this look is not done any more: the process is gone.
        if (isThere) throw new Gone();
        return next;
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof Gone)) throw thrown;
    return cluster;
  }
  throw new Error(`it never came to phase ${state.phase}, ${state.direction}`);
}

class Gone extends Error {}

describe('a journal of the version before', () => {
  test('was recorded of every strategy, in every phase that it has', () => {
    const strategies = new Set(RECORDED.map(({ plan }) => plan.strategy));
    expect([...strategies].sort()).toEqual([
      'blue-green',
      'blue-green-with-canary',
      'canary',
      'rolling',
    ]);
    expect(RECORDED.length).toBeGreaterThan(50);
  });

  test.each(RECORDED)('$name in phase $phase is resumed and ends as it should', (recorded) => {
    const entry = entryOf(recorded);
    const { state } = play(clusterAt(recorded), entry.plan, { from: entry.state });
    const expected = recorded.state.direction === 'forward' ? 'promoted' : 'rolled-back';
    expect(state.outcome).toBe(expected);
  });

  test.each(RECORDED)(
    '$name in phase $phase is concluded where its run was cut off',
    (recorded) => {
      const entry = entryOf(recorded);
      const journal = { version: 1 as const, current: entry, history: [], answers: [] };
      const taken = takeOverToConclude(journal, entry.plan.release, new Map());
      if (taken.kind !== 'undo') throw new Error(`it is not undone: ${taken.kind}`);
      const cluster = clusterAt(recorded);
      const back = turnedBack(entry.plan, entry.state, cluster);
      const { state } = play(cluster, entry.plan, { from: back });
      // What was found good and is being finished is finished: going back is not safe any more.
      const isFinishing = back.direction === 'forward';
      expect(state.outcome).toBe(isFinishing ? 'promoted' : 'rolled-back');
    },
  );
});
