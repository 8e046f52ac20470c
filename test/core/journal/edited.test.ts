// Whoever may edit ConfigMaps may delete or replace any value of a journal. Each one is tried: the journal
// is then refused with a word about where, or everything that reads it goes on without an exception.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { because, instant, type Outcome, releaseId } from '../../../core/base/vocabulary.ts';
import { messageFor } from '../../../core/channels/registry.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import { stranger } from '../../../core/journal/belonging.ts';
import {
  EMPTY_JOURNAL,
  type Entry,
  type Journal,
  journalData,
  withTransition,
} from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import { revisionBefore, revisionTagged } from '../../../core/journal/rollback.ts';
import { keptSide } from '../../../core/journal/rollback-window.ts';
import { scopeOf } from '../../../core/plan/scope.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import { ofEnd } from '../../../core/report/notification.ts';
import { pendingNews } from '../../../core/report/outbox.ts';
import { historyEvents, statusEvents } from '../../../core/report/overview.ts';
import { recordPage } from '../../../core/report/page.ts';
import { replay } from '../../../core/report/replay.ts';
import { hookCall } from '../../../core/smoke/hook.ts';
import { targetsAmong } from '../../../core/smoke/target.ts';
import { durable } from '../../../core/state/state.ts';
import { ended } from '../../../core/state/transitions.ts';
import { acceptCommand } from '../../../core/strategies/command.ts';
import { decide } from '../../../core/strategies/decide.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { takeOverToConclude, takeOverToDeploy } from '../../../core/strategies/takeover.ts';
import { edited, ODD, placesIn } from '../support/edits.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor, turnedBack } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const FOLDER = join(import.meta.dirname, 'recordings');

/** A journal as it stands in a ConfigMap, and the cluster that it is about. */
interface Stored {
  readonly document: unknown;
  readonly cluster: ToyCluster;
}

/** All that a config may say, so that all of it is in the plan. */
const FULL: Partial<ReleaseConfig> = {
  strategy: {
    blueGreen: { monitoring: '10s', rollbackWindow: '5m' },
    canary: {
      steps: [{ weight: 10, duration: '5s' }],
      monitoring: '10s',
      headers: { 'x-canary': 'yes' },
    },
    rolling: { monitoring: '10s' },
  },
  analysis: {
    metrics: [
      { name: 'queue', provider: 'pods', series: 'queue_length', max: 5 },
      { name: 'lag', provider: 'http-json', url: 'http://m/', path: '$.lag', max: 5 },
      { name: 'rate', provider: 'prometheus', query: 'up', successCondition: 'result > 1.0' },
    ],
    providers: { prometheus: { address: 'http://prometheus:9090' } },
  },
  rollback: {
    triggers: [
      { metric: 'error_rate', operator: 'gt', value: '10%' },
      { metric: 'latency_p99', relativeToStable: '2x', severity: 'warn' },
      { health: 'readiness', maxUnready: 1 },
      { health: 'restarts', restarts: 2 },
      { errorSpike: { increasePercent: 300 } },
      { dependency: { name: 'ledger', url: 'http://ledger/health' } },
    ],
  },
  smoke: [{ name: 'health', path: '/health', headers: { host: 'pay' } }],
  drain: { hook: { path: '/drain' }, confirm: { header: 'x-version' }, maxDuration: '20s' },
  preflight: { ignore: [{ check: 'capacity', reason: 'there is room' }] },
  notifications: [
    { type: 'slack', url: 'http://hooks/a' },
    { type: 'email', urlFile: 'smtp', sender: 'a@b.example', recipients: ['c@d.example'] },
  ],
};

function storedOf(journal: Journal, cluster: ToyCluster): Stored {
  return { document: JSON.parse(JSON.stringify(journal)), cluster };
}

/** The journals that a release leaves from its beginning to its end, about the cluster as it is then. */
function written(strategy: 'rolling' | 'blue-green' | 'canary', router: string): Stored[] {
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  const phases = strategy === 'rolling' ? ['monitoring'] : ['preparing', 'monitoring', 'draining'];
  const settings = settingsFor(strategy, { ...FULL, traffic: { router } } as never);
  const before = withEnd(EMPTY_JOURNAL, 'promoted');
  return phases.map((phase) => {
    const cluster = toyCluster([blue], service(BLUE), {}, routesFor(router as 'service'));
    const plan = planFor(cluster, settings);
    const { state } = play(cluster, plan, { until: phase });
    return storedOf(withTransition(before, plan, durable(state), [], instant(1)), cluster);
  });

  function withEnd(journal: Journal, outcome: Outcome): Journal {
    const cluster = toyCluster([blue], service(BLUE), {}, routesFor(router as 'service'));
    const plan = planFor(cluster, settings, 'pods', 'v0', releaseId('run-0'));
    const { state } = play(cluster, plan, { until: 'monitoring' });
    const over = ended(durable(state), instant(1), outcome, because('errors', 'too many'));
    return withTransition(journal, plan, over, [], instant(1));
  }
}

/** Of the version before, in every phase. */
function recorded(file: string): Stored[] {
  const { plan, states } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  const cluster = toyCluster(
    [deployment(`${APP}-blue`, 'v1', BLUE)],
    service(BLUE),
    {},
    routesFor(plan.routing?.router ?? 'service'),
  );
  const actions = [{ id: 'a', text: 'scale it', at: 1 }];
  return states.map((state: unknown) => ({
    document: { version: 1, current: { plan, state, actions }, history: [], answers: [] },
    cluster,
  }));
}

/** All that reads a journal: what decides by it, and what shows it. */
function readAll(journal: Journal, cluster: ToyCluster): void {
  const at = instant(cluster.nowMs());
  journalData(journal);
  revisionBefore(journal);
  revisionTagged(journal, 'v1');
  const shown = [
    ...statusEvents(journal, [], undefined, { stable: [], candidate: [] }, [], at),
    ...historyEvents(journal, at),
  ];
  shown.forEach(textOf);
  for (const record of journal.history) ofEnd({ namespace: 'default', service: APP }, record);
  if (journal.current) readCurrent(journal, journal.current, cluster);
}

function readCurrent(journal: Journal, entry: Entry, cluster: ToyCluster): void {
  const { plan, state } = entry;
  const at = instant(cluster.nowMs());
  recordPage(entry, journal.history[0]);
  replay(entry, plan.settings);
  takeOverToDeploy(journal, plan.release);
  takeOverToConclude(journal, plan.release, new Map());
  for (const { notification, target } of pendingNews(plan, journal, [], at)) {
    messageFor(target, notification, { url: 'http://x', secrets: {} });
  }
  scopeOf(plan);
  keptSide(plan, at);
  hookCall(plan, '127.0.0.1');
  const strategy = strategyOf(plan);
  const seen = cluster.observe([]);
  if (stranger(plan, seen) !== undefined) return;
  targetsAmong(plan, [...seen.pods], seen.service);
  const order = { id: '1', release: plan.release, at, by: 'ada', order: 'promote' } as const;
  acceptCommand(plan, state, [order], at);
  const asked = strategy
    .needs(plan, state, seen)
    .flatMap((need) => ('key' in need ? [need.key] : []));
  const full = cluster.observe(asked);
  const next = decide(plan, state, full);
  withTransition(journal, plan, decide(plan, next.state, full).state, next.actions, at);
  decide(plan, turnedBack(plan, state, cluster), full);
  decide(plan, strategy.conclude(state, at), full);
  strategy.interrupt(plan, state, full, because('stopped', 'it is over'));
  strategy.hold(plan, state, full);
  strategy.weight(plan, state);
}

/** What is wrong with it, or undefined where all that reads it has gone on. */
function tried({ document, cluster }: Stored): string | undefined {
  const journal = readJournal({ 'journal.json': JSON.stringify(document) });
  if (typeof journal === 'string') return journal;
  readAll(journal, cluster);
  return undefined;
}

/**
 * Every place of these journals without what stands there, or with something odd in it, so many `times` by
 * turns. A place that several have is tried in each of them by turns.
 */
function* edits(journals: readonly Stored[], times: number) {
  const places = new Map<string, { path: readonly string[]; of: Stored[] }>();
  for (const stored of journals) {
    for (const path of placesIn(stored.document)) {
      const found = places.get(path.join('/'));
      if (found) found.of.push(stored);
      else places.set(path.join('/'), { path, of: [stored] });
    }
  }
  let turn = 0;
  for (const [place, { path, of }] of places) {
    for (let nth = 0; nth < times; nth += 1) {
      turn += 1;
      const stored = of[turn % of.length];
      // What is not there any more is what most of them are about.
      const value = turn % 2 === 0 ? undefined : ODD[turn % ODD.length];
      if (!stored) continue;
      const document = edited(stored.document, path, value);
      yield { what: `${place}: ${JSON.stringify(value)}`, stored: { ...stored, document } };
    }
  }
}

/** `EDITS=19 npm test -- test/core/journal/edited` tries everything odd in every place, which takes minutes. */
const TIMES = Number(process.env.EDITS ?? 1);
const RECORDED = readdirSync(FOLDER).filter((file) => TIMES > 1 || file.includes('forward'));

const KINDS: readonly (readonly [string, () => Stored[]])[] = [
  ['of rolling', () => written('rolling', 'service')],
  ['of blue-green', () => written('blue-green', 'service')],
  ['of a canary in a mesh', () => written('canary', 'istio')],
  ['of a canary behind a gateway', () => written('canary', 'gateway-api')],
  ...RECORDED.map((file) => [`of 0.1.0: ${file}`, () => recorded(file)] as const),
];

describe('a journal that somebody has edited in one place', () => {
  test.each(KINDS)('%s is refused, or read to its end', (_kind, made) => {
    const journals = made();
    expect(journals.map(tried)).toEqual(journals.map(() => undefined));
    const thrown: string[] = [];
    const mute: string[] = [];
    let count = 0;
    for (const { what, stored } of edits(journals, TIMES)) {
      count += 1;
      try {
        const refused = tried(stored);
        if (refused === '' || refused?.includes('odd')) mute.push(what);
      } catch (fault) {
        thrown.push(`${what}: ${fault instanceof Error ? fault.message : fault}`);
      }
    }
    expect(thrown).toEqual([]);
    expect(mute).toEqual([]);
    expect(count).toBeGreaterThan(200);
  });
});
