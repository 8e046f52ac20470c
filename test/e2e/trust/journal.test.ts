// Whoever may edit ConfigMaps can write anything into a journal. The stage that goes on with a lost release
// touches nothing of others by it: through the real program, beside real objects of another service.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { leaseName } from '../../../core/journal/lease.ts';
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { CONFIG_MAPS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { measureStage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { ROOT } from '../support/world.ts';
import { KINDS, OTHERS } from './ledger.ts';
import { Paying, SECRET } from './paying.ts';

const LEASE = leaseName('pay');
let paying: Paying;

beforeAll(async () => {
  paying = await Paying.start();
  paying.world.apply(...OTHERS);
  await until('ledger is seen to', () => {
    return paying.world.get(DEPLOYMENTS, 'ledger')?.metadata.annotations !== undefined;
  });
});
afterEach(() => {
  const { objects } = paying.world.cluster.world;
  objects.delete(CONFIG_MAPS, 'default', 'pay-release-journal');
  // A release that could not be settled keeps it, for a person to look.
  if (paying.world.get(LEASES, LEASE)) objects.delete(LEASES, 'default', LEASE);
  paying.settle();
});
afterAll(() => paying.stop());

/** What each object is to be. */
function specs(name: RegExp): unknown {
  return KINDS.flatMap((kind) =>
    paying.world
      .list(kind)
      .filter(({ metadata }) => name.test(metadata.name))
      .map(({ metadata, spec }) => [kind.kind, metadata.name, metadata.annotations, spec]),
  );
}

function put(journal: unknown): void {
  const text = typeof journal === 'string' ? journal : JSON.stringify(journal);
  const labels = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
  const metadata = { name: 'pay-release-journal', labels };
  const data = { 'journal.json': text };
  paying.world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

// biome-ignore lint/suspicious/noExplicitAny: a plan as somebody may have written it
type Written = any;

/** A release of service pay, as its journal has it in a phase, with whatever was changed in its plan. */
function journalOf(
  file: string,
  change: (plan: Written) => object,
  phase?: string,
): { version: 1; history: unknown[]; current: Written } {
  const path = join(ROOT, 'test/core/journal/recordings', `${file}.json`);
  const recorded = readFileSync(path, 'utf8').replaceAll('payment-service', 'pay');
  const { plan, states } = JSON.parse(recorded);
  const state = states.find((each: Written) => each.phase === phase) ?? states[0];
  const current = { plan: { ...plan, ...change(plan) }, state, actions: [] };
  return { version: 1, history: [], current };
}

const about = (change: object) => journalOf('rolling-service-forward', () => change);
const routed = (change: object) => journalOf('canary-istio-forward', () => change);
const { settings } = about({}).current.plan;

test.each<readonly [string, unknown, string]>([
  ['q: of another namespace', about({ namespace: SECRET }), 'about another namespace'],
  ['q: of another service', about({ service: SECRET }), 'about another service'],
  ['of another shape', about({ workload: { name: `../${SECRET}` } }), 'workload/name is no name'],
  ['with more pods than a cluster has', about({ floor: 2e9 }), 'plan/floor is no count'],
  [
    'with a hole deep in it',
    about({ settings: { ...settings, analysis: { ...settings.analysis, traffic: undefined } } }),
    'analysis/traffic is not an object',
  ],
  [
    'of a router of its own',
    routed({ routing: { router: '__proto__' } }),
    'routing/router must be',
  ],
  [
    'without routes',
    routed({ routing: { router: 'istio' } }),
    'routing/destinationRule is not an object',
  ],
  [
    'with a route of a kind that is none',
    journalOf('canary-istio-forward', ({ routing }) => ({
      routing: { ...routing, routes: [{ ...routing.routes[0], kind: 'Secret' }] },
    })),
    'routes/0/kind must be one of VirtualService',
  ],
  ['no JSON', `{${SECRET}`, 'is not valid JSON'],
  ['lists in lists', `{"version":1,"history":${'['.repeat(99)}`, 'is not valid JSON'],
])('a journal %s is not acted on', async (_name, journal, says) => {
  put(journal);
  const before = specs(/./);
  const run = await measureStage(paying.world, 'recover', { namespace: 'default' });
  paying.expectHarmless(run);
  expect(run.exitCode).toBe(3);
  expect(run.stdout).toContain(says);
  expect(specs(/./)).toEqual(before);
});

test.each<readonly [string, string, (plan: Written) => object, string]>([
  [
    'a workload',
    'blue-green-service-forward',
    ({ stable }) => ({ stable: { ...stable, name: 'ledger' } }),
    'Deployment ledger has nothing to do with service',
  ],
  [
    'a Service, as the preview that is deleted at the end',
    'blue-green-service-forward',
    () => ({ previewService: 'ledger' }),
    'service ledger is no preview of service pay',
  ],
  [
    'a Service that is to move along',
    'blue-green-service-forward',
    ({ selectors }) => ({ furtherServices: [{ name: 'ledger', selectors }] }),
    'service ledger does not lead to the pods of service pay',
  ],
  [
    'an autoscaler',
    'blue-green-service-forward',
    () => ({ autoscaler: { name: 'ledger', minReplicas: 5 } }),
    'autoscaler ledger scales neither side of the release',
  ],
  [
    'a DestinationRule',
    'canary-istio-forward',
    ({ routing }) => ({
      routing: { ...routing, destinationRule: { ...routing.destinationRule, name: 'ledger' } },
    }),
    'DestinationRule ledger is for another host than service pay',
  ],
  [
    'a VirtualService, with an entry that is called as ours are',
    'canary-istio-forward',
    ({ routing: { routes, ...rest } }) => ({
      routing: { ...rest, routes: [{ ...routes[0], name: 'ledger', rules: [] }] },
    }),
    'service=pay',
  ],
  [
    'an HTTPRoute, with a rule that leads to a namesake of the preview',
    'blue-green-with-canary-gateway-api-forward',
    ({ routing: { routes, ...rest } }) => ({
      routing: { ...rest, routes: [{ ...routes[0], name: 'ledger', rules: [] }] },
    }),
    'service=pay',
  ],
])('%s of others that a journal names is left as it is', async (_what, file, change, says) => {
  put(journalOf(file, change, 'monitoring'));
  const before = specs(/ledger/);
  const run = await measureStage(paying.world, 'recover', { namespace: 'default' });
  expect(run.stdout).toContain(says);
  expect(run.stdout).not.toContain('outcome=bug');
  expect([0, 1, 3]).toContain(run.exitCode);
  expect(run.stderr).toBe('');
  expect(specs(/ledger/)).toEqual(before);
  expect(before).toHaveLength(KINDS.length);
});

test('a Deployment of others that a record has as kept for a rollback is not scaled down', async () => {
  const uid = paying.world.get(DEPLOYMENTS, 'ledger')?.metadata.uid;
  const { evidence } = journalOf('blue-green-service-forward', () => ({})).current.state;
  put({
    version: 1,
    history: [
      {
        ...{ release: 'run-0', strategy: 'blue-green', outcome: 'promoted', from: 'v1', to: 'v2' },
        ...{ startedAt: 1, endedAt: 2, evidence },
        warm: { deployment: 'ledger', uid, until: 3 },
      },
    ],
  });
  const run = await measureStage(paying.world, 'recover', { namespace: 'default' });
  paying.expectHarmless(run);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('deployment ledger has nothing to do with service pay');
  expect(paying.world.get(DEPLOYMENTS, 'ledger')?.spec).toMatchObject({ replicas: 1 });
});
