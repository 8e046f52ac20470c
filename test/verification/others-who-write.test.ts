// Somebody else writes to the objects of a release while it runs, in a world with proxies that learn
// late: no request is lost meanwhile nor in the minute after, and what is said to serve does.
import { expect, test } from '@jest/globals';
import { generateScenario } from '../../verification/scenarios/scenario-generator.ts';
import { play } from '../../verification/simulation/play.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const LONG_MS = 3_000_000;
const SERVICES = 'services';

/** Where the route of each router is. */
const ROUTES = {
  service: SERVICES,
  istio: 'virtualservices.networking.istio.io',
  'gateway-api': 'httproutes.gateway.networking.k8s.io',
} as const;

interface Stored {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}

function stored(world: ProofWorld, collection: string): Stored {
  const found = world.cluster.world.store.get(collection, 'default', 'shop');
  if (!found) throw new Error(`no ${collection} shop`);
  return found as unknown as Stored; // as the scenario made it
}

function putBack(world: ProofWorld, collection: string, own: Stored): void {
  const now = stored(world, collection);
  const { selector } = own.spec;
  const spec = collection === SERVICES ? { ...now.spec, selector } : own.spec;
  const generation = (now.metadata.generation ?? 0) + 1;
  const object = { ...now, metadata: { ...now.metadata, generation }, spec };
  world.cluster.world.store.put(collection, object as never); // a spec that the object had before
}

async function released(world: ProofWorld) {
  await tell(
    world,
    runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
    LONG_MS,
  );
  const { clock } = world.cluster;
  await clock.advanceTo(clock.now() + 60_000);
  world.stop();
  return journalOf(world)?.history[0];
}

const PHASES = ['monitoring', 'holding', 'draining', 'retiring'] as const;
const TABLE = (['service', 'istio', 'gateway-api'] as const).flatMap((router) =>
  PHASES.map((phase) => [router, phase] as const),
);

test.each(TABLE)('the route of %s is put back in phase %s', async (router, phase) => {
  const scenario = plainScenario('blue-green', 'good', router);
  const windows = { ...scenario.windows, monitoringSeconds: 10 };
  const world = await startWorld({ ...scenario, windows });
  const own = stored(world, ROUTES[router]);
  let done = false;
  world.cluster.world.store.subscribe(() => {
    if (done || journalOf(world)?.current?.state.phase !== phase) return;
    done = true;
    world.cluster.clock.after(200, () => putBack(world, ROUTES[router], own));
  });
  const record = await released(world);
  expect(done).toBe(true);
  expect(record?.outcome).toBe('promoted');
  expect(stored(world, SERVICES).spec.selector).toEqual({ app: 'shop', version: 'green' });
  expect(world.clients.traffic.lost.length).toBe(0);
});

test.each([1_000, 3_000, 5_000])(
  'self-heal after %i ms: a bounded fight, then back',
  async (ms) => {
    const scenario = plainScenario('blue-green');
    const windows = { ...scenario.windows, monitoringSeconds: 30 };
    const world = await startWorld({ ...scenario, windows });
    const own = stored(world, SERVICES);
    let fights = 0;
    let due = false;
    world.cluster.world.store.subscribe(() => {
      const { selector } = stored(world, SERVICES).spec;
      if (due || JSON.stringify(selector) === JSON.stringify(own.spec.selector)) return;
      due = true;
      world.cluster.clock.after(ms, () => {
        due = false;
        fights += 1;
        putBack(world, SERVICES, own);
      });
    });
    const record = await released(world);
    expect(record?.outcome).toBe('rolled-back');
    expect(record?.cause).toContain('keeps on changing the selector of service shop');
    expect(fights).toBeLessThanOrEqual(5);
    expect(world.clients.traffic.lost.length).toBe(0);
  },
);

const RESTARTED_AT = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };

interface StoredDeployment {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly template: { readonly metadata?: object; readonly spec: object } };
}

/** `kubectl rollout restart`: an annotation in the template, and every pod is replaced. */
function restart(world: ProofWorld, name: string): void {
  const { store } = world.cluster.world;
  const found = store.get('deployments.apps', 'default', name) as unknown as StoredDeployment; // as the scenario made it
  const { metadata, spec } = found;
  const template = {
    ...spec.template,
    metadata: { ...spec.template.metadata, annotations: RESTARTED_AT },
  };
  const generation = (metadata.generation ?? 0) + 1;
  const object = { ...found, metadata: { ...metadata, generation }, spec: { ...spec, template } };
  store.put('deployments.apps', object as never); // with an annotation more
}

const STABLES = (['service', 'istio', 'gateway-api'] as const).flatMap((router) =>
  (['preparing', 'testing', 'confirming', 'monitoring', 'holding'] as const).map(
    (phase) => [router, phase] as const,
  ),
);

test.each(STABLES)(
  'an adopted stable behind %s is restarted in phase %s',
  async (router, phase) => {
    const scenario = { ...plainScenario('canary', 'good', router), shape: 'plain' as const };
    const world = await startWorld(scenario);
    let done = false;
    world.cluster.world.store.subscribe(() => {
      if (done || journalOf(world)?.current?.state.phase !== phase) return;
      done = true;
      world.cluster.clock.after(100, () => restart(world, 'shop'));
    });
    const record = await released(world);
    expect(done).toBe(true);
    expect(world.clients.traffic.lost.length).toBe(0);
    const early = phase === 'preparing' || phase === 'testing';
    expect(record?.outcome).toBe(early ? 'rolled-back' : 'promoted');
  },
);

test.each(['service', 'istio', 'gateway-api'] as const)(
  'behind %s a stable that is restarted early gets its own selectors back once, and keeps its clients',
  async (router) => {
    const visits = [
      { name: 'second-service', variant: 'by-app', moment: { kind: 'before' } },
      {
        name: 'restart',
        variant: 'edit',
        moment: { kind: 'in', phase: 'preparing', afterMs: 200 },
      },
    ] as const;
    const scenario = { ...plainScenario('blue-green', 'good', router), shape: 'plain' as const };
    // Its new pods take a moment, so that whoever drives has time to lead the Services away.
    const slow = { ...scenario, network: { ...scenario.network, sandboxMs: 4_000 } };
    const tale = { ...generateScenario(1, { invited: [], alone: true }), scenario: slow, visits };
    const { broken, outcome, losses } = await play(tale, () => undefined);
    expect({ broken, outcome, losses }).toEqual({
      broken: [],
      outcome: 'rolled-back',
      losses: { excused: {}, blamed: 0 },
    });
  },
);

test.each(['service', 'istio', 'gateway-api'] as const)(
  'behind %s another Service that moved along follows an adopted stable that is restarted',
  async (router) => {
    const visits = [
      { name: 'second-service', variant: 'by-app', moment: { kind: 'before' } },
      {
        name: 'restart',
        variant: 'rollout-restart',
        moment: { kind: 'in', phase: 'confirming', afterMs: 100 },
      },
    ] as const;
    const scenario = { ...plainScenario('canary', 'good', router), shape: 'plain' as const };
    const tale = { ...generateScenario(1, { invited: [], alone: true }), scenario, visits };
    const { broken, outcome, losses } = await play(tale, () => undefined);
    expect({ broken, outcome, losses }).toEqual({
      broken: [],
      outcome: 'promoted',
      losses: { excused: {}, blamed: 0 },
    });
  },
);
