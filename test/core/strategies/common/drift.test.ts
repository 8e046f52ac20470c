// Which of several objects somebody has changed: repairs are counted by it, and people are told it.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../../core/cluster/observation.ts';
import type { KubernetesObject } from '../../../../core/kubernetes/objects.ts';
import type { TwoSidedPlan } from '../../../../core/plan/plan.ts';
import { driftAt } from '../../../../core/strategies/common/drift.ts';
import { APP, deployment, service } from '../../support/objects.ts';
import { planFor, play, settingsFor } from '../../support/play.ts';
import { routesFor } from '../../support/routes.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const ADMIN = `${APP}-admin`;

/** The cluster as a release by istio sees it once all requests go to the candidate; the name of one VirtualService begins with the other's. */
function monitored(): { readonly plan: TwoSidedPlan; readonly seen: Observation } {
  const [own] = routesFor('istio');
  if (!own) throw new Error('no VirtualService');
  const admin = { ...own, metadata: { ...own.metadata, name: ADMIN, uid: 'uid-admin' } };
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE), {}, [
    own,
    admin,
  ]);
  const config = { traffic: { router: 'istio' as const } };
  const plan = planFor(cluster, settingsFor('blue-green', config));
  if (plan.strategy === 'rolling') throw new Error('planned as rolling');
  let seen: Observation | undefined;
  play(cluster, plan, {
    meddle: (now) => {
      // The toy cluster goes on; what was seen does not.
      if (now.phase === 'monitoring') seen ??= structuredClone(cluster.observe([]));
      return now;
    },
  });
  if (!seen) throw new Error('never monitored');
  return { plan, seen };
}

function withOther(
  seen: Observation,
  name: string,
  change: (found: KubernetesObject) => KubernetesObject | undefined,
): Observation {
  const key = `VirtualService/${name}`;
  const others = new Map(seen.others);
  const found = others.get(key);
  const changed = found && change(found);
  if (changed) others.set(key, changed);
  else others.delete(key);
  return { ...seen, others };
}

describe('what differs from what a release wrote', () => {
  test.each([APP, ADMIN])('is the VirtualService %s where that one is gone', (name) => {
    const { plan, seen } = monitored();
    expect(driftAt(plan, seen, 100)).toBeUndefined();
    const drift = driftAt(
      plan,
      withOther(seen, name, () => undefined),
      100,
    );
    expect(drift).toMatchObject({ kind: 'gone', object: `VirtualService ${name}` });
  });

  test.each([APP, ADMIN])('is the VirtualService %s where that one leads elsewhere', (name) => {
    const { plan, seen } = monitored();
    const http = [{ name: 'primary', route: [{ destination: { host: 'elsewhere' } }] }];
    const drift = driftAt(
      plan,
      withOther(seen, name, (found) => ({ ...found, spec: { http } }) as KubernetesObject), // of its kind
      100,
    );
    expect(drift).toMatchObject({ kind: 'foreign', object: `VirtualService ${name}` });
  });

  test('is the Service that moves along, not the release’s own, where that one is gone', () => {
    const { plan, seen } = monitored();
    const further = { name: ADMIN, selectors: plan.selectors };
    const beside = { ...plan, furtherServices: [further] };
    const without = { ...seen, furtherServices: new Map() };
    expect(driftAt(beside, without, 100)).toMatchObject({
      kind: 'gone',
      object: `service ${ADMIN}`,
    });
  });

  test('is the Service that moves along where somebody gave it a selector of his own', () => {
    const { plan, seen } = monitored();
    const beside = { ...plan, furtherServices: [{ name: ADMIN, selectors: plan.selectors }] };
    const own = service({ app: 'other' });
    const other = { ...own, metadata: { ...own.metadata, name: ADMIN } };
    const furtherServices = new Map([[ADMIN, { service: other, slices: [] }]]);
    expect(driftAt(beside, { ...seen, furtherServices }, 100)).toMatchObject({
      kind: 'foreign',
      object: `service ${ADMIN}`,
    });
  });
});
