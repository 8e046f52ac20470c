// Whoever may edit ConfigMaps can write anything into a journal. What it names is not acted on before the
// cluster itself shows that it is this service's.
import { describe, expect, test } from '@jest/globals';
import type { RouterName, StrategyName } from '../../../core/base/vocabulary.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ClusterView } from '../../../core/cluster/observation.ts';
import { RELEASE_ANNOTATION } from '../../../core/cluster/ownership.ts';
import { strangeJournal, stranger } from '../../../core/journal/belonging.ts';
import { EMPTY_JOURNAL, type Journal, withTransition } from '../../../core/journal/journal.ts';
import { journalIssue } from '../../../core/journal/shape/journal.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Plan, TwoSidedPlan } from '../../../core/plan/plan.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const LEDGER = { app: 'ledger' };
const AT = instant(Date.UTC(2026, 0, 1));

function at(strategy: StrategyName, phase: string, router: RouterName = 'service') {
  const ledger = deployment('ledger', 'v7', LEDGER);
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  const cluster = toyCluster([blue, ledger], service(BLUE), {}, routesFor(router));
  const plan = planFor(cluster, settingsFor(strategy, { traffic: { router } }));
  const { state } = play(cluster, plan, { until: phase });
  const journal = withTransition(EMPTY_JOURNAL, plan, state, [], AT);
  return { cluster, plan, journal };
}

const read = (journal: Journal): unknown => JSON.parse(JSON.stringify(journal));

/** The journal with another value at a path. */
function edited(journal: Journal, path: string, value: unknown): unknown {
  const copy = read(journal);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = copy as Record<string, unknown>; // an object, down to the last key
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return copy;
}

const called = (name: string, made: KubernetesObject): KubernetesObject => ({
  ...made,
  metadata: { ...made.metadata, name },
});
const MANAGED = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
/** Services of others beside it, by name; one is the preview of another release. */
const SERVICES = new Map(
  [
    called('ledger', service(LEDGER)),
    called('ledger-preview', {
      ...service({ ...LEDGER, version: 'green' }),
      metadata: { name: '', labels: MANAGED },
    }),
    service(BLUE),
  ].map((each) => [each.metadata.name, each as Service]),
);
const OTHERS: readonly KubernetesObject[] = [
  {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: 'ledger' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'ledger' }, maxReplicas: 9 },
  } as KubernetesObject,
  {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: { name: 'ledger' },
    spec: { host: 'ledger' },
  } as KubernetesObject,
];

/** What a release sees of the cluster, by the names in its plan. */
function viewOf(cluster: ToyCluster, plan: TwoSidedPlan): ClusterView {
  const seen = cluster.observe([]);
  const isOwn = seen.previewService?.metadata.name === plan.previewService;
  const others = OTHERS.map((each) => [`${each.kind}/${each.metadata.name}`, each] as const);
  const further = (plan.furtherServices ?? []).map(
    ({ name }) => [name, { service: SERVICES.get(name), slices: [] }] as const,
  );
  return {
    ...seen,
    previewService: isOwn ? seen.previewService : SERVICES.get(plan.previewService),
    furtherServices: new Map(further),
    others: new Map([...seen.others, ...others]),
  };
}

describe('a journal', () => {
  test.each([
    ['rolling', 'monitoring'],
    ['blue-green', 'monitoring'],
    ['canary', 'monitoring'],
  ] as const)('of a %s release is one', (strategy, phase) => {
    expect(journalIssue(read(at(strategy, phase).journal))).toBeUndefined();
  });

  test('without a release is one', () => {
    expect(journalIssue(read(EMPTY_JOURNAL))).toBeUndefined();
  });

  test.each([
    ['current.plan.namespace', '../kube-system', 'current/plan/namespace is no name'],
    ['current.plan.service', 7, 'current/plan/service is no name'],
    ['current.plan.strategy', 'yolo', 'current/plan/strategy must be one of'],
    ['current.plan.stable.name', 'a/b?c', 'current/plan/stable/name is no name'],
    ['current.plan.stable.template', {}, 'current/plan/stable/template/spec is not an object'],
    ['current.plan.stable.template.spec.containers', 'x', 'containers is no list'],
    ['current.plan.stable.replicas', -1, 'current/plan/stable/replicas is no count'],
    ['current.plan.stable.replicas', '3', 'current/plan/stable/replicas is no count'],
    [
      'current.plan.selectors.both',
      { app: 1 },
      'current/plan/selectors/both has a value that is no text',
    ],
    ['current.plan.steps', {}, 'current/plan/steps is no list'],
    ['current.plan.routing.router', '__proto__', 'current/plan/routing/router must be one of'],
    ['current.plan.routing', 'x', 'current/plan/routing is not an object'],
    ['current.plan.furtherServices', [null], 'current/plan/furtherServices/0 is not an object'],
    ['current.plan.autoscaler', { name: '../x' }, 'current/plan/autoscaler/name is no name'],
    ['current.plan.settings.analysis', null, 'current/plan/settings/analysis is not an object'],
    ['current.plan.settings.analysis.traffic', null, 'settings/analysis/traffic is not an object'],
    ['current.plan.settings.triggers', 'x', 'current/plan/settings/triggers is no list'],
    ['current.state.evidence.availability', 'x', 'evidence/availability is not an object'],
    ['current.state.evidence.decision', { at: 1, candidate: 1 }, 'decision/verdict is no text'],
    ['current.plan.stable.replicas', 2e9, 'current/plan/stable/replicas is no count'],
    ['current.plan.settings', null, 'current/plan/settings is not an object'],
    ['current.state.phase', 'gone', 'current/state/phase must be one of'],
    ['current.state.since', null, 'current/state/since is not a number'],
    ['current.state', [], 'current/state is not an object'],
    ['current', 'x', 'current has no plan'],
    ['history', {}, 'history is no list'],
    ['history', [{}], 'history/0/release is no name of a release'],
  ])('is none with another %s', (path, value, fault) => {
    const { journal } = at('blue-green', 'monitoring');
    expect(journalIssue(edited(journal, path, value))).toContain(fault);
  });

  test.each([
    ['current.plan.routing.routes', [null], 'current/plan/routing/routes/0 is not an object'],
    ['current.plan.routing.hosts', 7, 'current/plan/routing/hosts is no list'],
    ['current.plan.routing.routes.0.kind', 'Secret', 'routes/0/kind must be one of VirtualService'],
    ['current.plan.routing.routes.0.apiVersion', 'apps/v1', 'routes/0/apiVersion must be one of'],
    [
      'current.plan.routing.destinationRule.apiVersion',
      'v1',
      'destinationRule/apiVersion must be one of',
    ],
  ])('of a mesh is none with another %s', (path, value, fault) => {
    const { journal } = at('canary', 'monitoring', 'istio');
    expect(journalIssue(edited(journal, path, value))).toContain(fault);
  });

  test.each(['first', 'first undone', 'first paused'])(
    'is one where a release before it has left the mark "%s" on the workload',
    (mark) => {
      const { journal } = at('rolling', 'monitoring');
      expect(journalIssue(edited(journal, 'current.plan.workload.mark', mark))).toBeUndefined();
    },
  );

  test.each(['', '../x', 'first undone again', 7])('is none with the mark %j', (mark) => {
    const { journal } = at('rolling', 'monitoring');
    const fault = journalIssue(edited(journal, 'current.plan.workload.mark', mark));
    expect(fault).toContain('current/plan/workload/mark is no mark of a release');
  });

  test.each([
    ['payments', APP],
    ['default', 'ledger'],
  ])('is not the one of another namespace or service', (namespace, name) => {
    const { journal, plan } = at('rolling', 'monitoring');
    expect(strangeJournal(journal, namespace, name)).toContain('somebody has edited it');
    expect(strangeJournal(journal, plan.namespace, plan.service)).toBeUndefined();
  });
});

describe('a workload', () => {
  const PHASES = [
    ['rolling', 'rolling'],
    ['rolling', 'monitoring'],
    ['blue-green', 'routing'],
    ['blue-green', 'preparing'],
    ['blue-green', 'monitoring'],
    ['blue-green', 'draining'],
    ['canary', 'monitoring'],
  ] as const;

  test.each(PHASES)('of a %s release in phase %s is its own', (strategy, phase) => {
    const { cluster, plan } = at(strategy, phase);
    expect(stranger(plan, cluster.observe([]))).toBeUndefined();
  });

  test('of somebody else is not touched by a rolling release, whatever the journal says', () => {
    const { cluster, plan } = at('rolling', 'monitoring');
    const ledger = cluster.deployments.get('ledger');
    if (plan.strategy !== 'rolling' || !ledger) throw new Error('no such plan');
    const workload = { ...plan.workload, name: 'ledger', uid: ledger.metadata.uid ?? '' };
    expect(stranger({ ...plan, workload }, cluster.observe([]))).toContain(
      'Deployment ledger has nothing to do with service',
    );
  });

  test.each(['stable', 'candidate'] as const)('of somebody else is no %s side', (side) => {
    const { cluster, plan } = at('blue-green', 'monitoring');
    if (plan.strategy === 'rolling') throw new Error('no such plan');
    const named: Plan = { ...plan, [side]: { ...plan[side], name: 'ledger' } };
    expect(stranger(named, cluster.observe([]))).toContain('Deployment ledger has nothing to do');
  });

  test('must be one of a plan that is about other labels than the Service', () => {
    const { cluster, plan } = at('blue-green', 'routing');
    if (plan.strategy === 'rolling') throw new Error('no such plan');
    const selectors = { ...plan.selectors, both: LEDGER };
    const stable = { ...plan.stable, name: 'ledger' };
    expect(stranger({ ...plan, selectors, stable }, cluster.observe([]))).toContain('other labels');
  });

  test.each<[string, StrategyName, RouterName, (plan: TwoSidedPlan) => object, string]>([
    [
      'a preview that no release has made, which would be deleted',
      ...(['blue-green', 'service'] as const),
      () => ({ previewService: 'ledger' }),
      'service ledger is no preview of service',
    ],
    [
      'the preview of another service',
      ...(['blue-green', 'service'] as const),
      () => ({ previewService: 'ledger-preview' }),
      'service ledger-preview is no preview of service',
    ],
    [
      'the Service itself for a preview',
      ...(['canary', 'gateway-api'] as const),
      () => ({ previewService: APP }),
      `service ${APP} is no preview of service`,
    ],
    [
      'another Service that is to move along',
      ...(['blue-green', 'service'] as const),
      ({ selectors }) => ({ furtherServices: [{ name: 'ledger', selectors }] }),
      'service ledger does not lead to the pods of service',
    ],
    [
      'the autoscaler of another workload',
      ...(['blue-green', 'service'] as const),
      () => ({ autoscaler: { name: 'ledger', minReplicas: 1 } }),
      'autoscaler ledger scales neither side',
    ],
    [
      'hosts of another service',
      ...(['canary', 'istio'] as const),
      ({ routing }) => ({ routing: { ...routing, hosts: ['ledger'] } }),
      'about requests to other hosts',
    ],
    [
      'the DestinationRule of another service, which would be deleted',
      ...(['canary', 'istio'] as const),
      ({ routing }) => ({
        routing: {
          ...routing,
          destinationRule: { ...Object(routing).destinationRule, name: 'ledger' },
        },
      }),
      'DestinationRule ledger is for another host',
    ],
  ])('%s is refused, whatever the journal says', (_what, strategy, router, edit, why) => {
    const { cluster, plan } = at(strategy, 'monitoring', router);
    if (plan.strategy === 'rolling') throw new Error('no such plan');
    const edited = { ...plan, ...edit(plan) };
    expect(stranger(edited, viewOf(cluster, edited))).toContain(why);
    expect(stranger(plan, viewOf(cluster, plan))).toBeUndefined();
  });

  test('that a marked candidate has under labels of another service is not acted on', () => {
    const { cluster, plan } = at('blue-green', 'monitoring');
    const ledger = cluster.deployments.get('ledger');
    if (plan.strategy === 'rolling' || !ledger) throw new Error('no such plan');
    const annotations = { [RELEASE_ANNOTATION]: plan.release };
    ledger.metadata = { ...ledger.metadata, annotations };
    const selectors = { ...plan.selectors, both: LEDGER };
    const own = { name: 'ledger' };
    const edited = {
      ...plan,
      selectors,
      stable: { ...plan.stable, ...own },
      candidate: { ...plan.candidate, ...own },
    };
    expect(stranger(edited, cluster.observe([]))).toContain('other labels');
  });

  describe('that this release has made and tries through its preview', () => {
    const misled = (selector: Record<string, string>) => {
      const { cluster, plan } = at('blue-green', 'holding');
      if (plan.strategy === 'rolling') throw new Error('no such plan');
      const view = cluster.observe([]);
      const { service: found, previewService } = view;
      if (!found || !previewService) throw new Error('they are there');
      const service = { ...found, spec: { ...found.spec, selector } };
      return { plan, view: { ...view, service }, previewService };
    };

    test('stays its own when somebody leads the Service to nobody', () => {
      const { plan, view } = misled({ app: 'nobody' });
      expect(stranger(plan, view)).toBeUndefined();
    });

    test('is not acted on where nothing but the plan says so', () => {
      const { plan, view, previewService } = misled({ app: 'nobody' });
      expect(stranger(plan, { ...view, previewService: undefined })).toContain('other labels');
      const spec = { ...previewService.spec, selector: { app: APP, tier: 'web' } };
      const other = { ...view, previewService: { ...previewService, spec } };
      expect(stranger(plan, other)).toContain('other labels');
    });
  });

  test('that this release has marked stays its own when somebody changes the Service', () => {
    const { cluster, plan } = at('rolling', 'monitoring');
    const found = cluster.deployments.get(`${APP}-blue`);
    expect(found?.metadata.annotations?.[RELEASE_ANNOTATION]).toBe(plan.release);
    const view = cluster.observe([]);
    const changed = view.service && {
      ...view.service,
      spec: { ...view.service.spec, selector: LEDGER },
    };
    expect(stranger(plan, { ...view, service: changed })).toBeUndefined();
  });
});
