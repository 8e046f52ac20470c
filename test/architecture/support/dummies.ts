/** A phase and a router that do nothing of their own, as their one file would be written. */

export const DUMMY_PHASE = `/** Does nothing, and goes on. */
import { enter } from '../../../state/transitions.ts';
import { stay } from '../../strategy.ts';
import { type Phase, UNREACHED } from '../phase.ts';

export const dummy: Phase = {
  ...UNREACHED,
  waitsFor: 'evidence',
  writesRoutes: false,
  ownership: 'held',
  loser: 'kept',
  next: (_plan, state, seen) => stay(enter(state, 'preparing', seen.at), ''),
  needs: () => [],
  expectedRoute: () => undefined,
};
`;

/** Routes as the Service does, under another name. */
export const DUMMY_ROUTER = `/** As router service, and one object more that is looked at. */
import { podsForShare, type Routed, type Router } from '../router.ts';
import { serviceRouter } from '../service/router.ts';

export interface DummyRouting {
  readonly router: 'dummy';
}

function asService(routed: Routed<DummyRouting>) {
  return { ...routed, routing: { router: 'service' } } as const;
}

export const dummyRouter: Router<DummyRouting> = {
  splits: 'requests',
  splitsBetween: 'pods',
  writes: {},
  wanted: () => [{ apiVersions: ['dummy/v1'], kind: 'DummyRoute' }],
  plan: () => ({ router: 'dummy' }),
  read: (routing) => routing,
  warnings: () => [],
  scope: () => [],
  preparation: (routed, seen) => serviceRouter.preparation(asService(routed), seen),
  standing: () => [],
  written: (routed, seen, weight) => serviceRouter.written(asService(routed), seen, weight),
  shift: (routed, seen, weight) => serviceRouter.shift(asService(routed), seen, weight),
  followStable: () => [],
  pending: () => undefined,
  candidateEndpoints: () => undefined,
  endpoints: serviceRouter.endpoints,
  candidatePods: podsForShare,
  achieved: (weight) => weight,
  finalForm: () => [],
  ownRoute: (routed, seen) => serviceRouter.ownRoute(asService(routed), seen),
  cleanUp: (routed, seen, winner) => serviceRouter.cleanUp(asService(routed), seen, winner),
};
`;

/** Uses both, and says what came of it. */
export const DUMMY_RELEASES = `
import { instant } from './core/base/vocabulary.ts';
import { RELEASE_CONFIG_SCHEMA } from './core/config/schema.ts';
import { journalIssue } from './core/journal/shape/journal.ts';
import { routerNamed } from './core/routers/registry.ts';
import { acceptCommand } from './core/strategies/command.ts';
import { strategyOf } from './core/strategies/registry.ts';
import { APP, deployment, service } from './test/core/support/objects.ts';
import { planFor, play, settingsFor } from './test/core/support/play.ts';
import { toyCluster } from './test/core/support/toy-cluster.ts';

const LABELS = { app: APP, version: 'blue' };
const world = () => toyCluster([deployment(APP + '-blue', 'v1', LABELS, 3)], service(LABELS), {}, []);

const cluster = world();
const plan = planFor(cluster, settingsFor('blue-green'));
const strategy = strategyOf(plan);
const at = instant(cluster.nowMs());
const from = { ...strategy.begin(plan, at), phase: 'dummy' };
const pause = { id: '1', order: 'pause', by: 'ada', limitMs: 60_000 };
const [answer] = acceptCommand(plan, from, [pause], at).answers;
const journal = { current: { plan, state: from, actions: [] }, history: [] };
const { transcript } = play(cluster, plan, { from, until: 'preparing' });

const routedCluster = world();
const settings = settingsFor('blue-green', { traffic: { router: 'dummy' } });
const routedPlan = planFor(routedCluster, settings);
const listed = routerNamed('dummy').wanted(settings.traffic).map(({ kind }) => kind);
const { state } = play(routedCluster, routedPlan);

console.log(JSON.stringify({
  phases: transcript.match(/(forward|back) .*/g),
  operator: answer.taken + ': ' + answer.text.split(',')[0],
  turnedBack: strategy.turnBack(from, at, { code: 'aborted', text: 'tried' }).phase,
  isKnownToTheJournal: journalIssue(journal) === undefined,
  routed: { router: routedPlan.routing.router, listed, outcome: state.outcome },
  isInTheSchema: JSON.stringify(RELEASE_CONFIG_SCHEMA).includes('"dummy"'),
}));
`;
