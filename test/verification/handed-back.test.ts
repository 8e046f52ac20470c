// After a release the owners of the objects go on as before: no field of theirs is the release's.
import { describe, expect, test } from '@jest/globals';
import type { RouterName, StrategyName } from '../../core/base/vocabulary.ts';
import type { KubeObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { type Candidate, plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const LONG_MS = 3_000_000;
const OWNED = [
  ['services', '/api/v1', 'shop'],
  ['deployments', '/apis/apps/v1', 'shop-blue'],
  ['horizontalpodautoscalers', '/apis/autoscaling/v2', 'shop'],
  ['virtualservices', '/apis/networking.istio.io/v1', 'shop'],
  ['httproutes', '/apis/gateway.networking.k8s.io/v1', 'shop'],
] as const;

type Owned = (typeof OWNED)[number];

function ask(world: ProofWorld, method: string, [plural, root, name]: Owned, body?: object) {
  const query = body ? '?fieldManager=team' : '';
  const answer = world.cluster.front({
    method,
    path: `${root}/namespaces/default/${plural}/${name}${query}`,
    headers: {
      authorization: `Bearer ${world.cluster.adminToken}`,
      accept: 'application/json',
      'content-type': 'application/apply-patch+yaml',
    },
    body: Buffer.from(body ? JSON.stringify(body) : ''),
  });
  if ('stream' in answer) throw new Error('no answer of one piece');
  const text = Buffer.from(answer.body ?? '').toString();
  return { status: answer.status, object: JSON.parse(text) };
}

/** The manifest as its owner has it: applied whole, again and again. */
function manifestOf({ apiVersion, kind, metadata, ...rest }: KubeObject): object {
  const { name, labels } = metadata;
  const { status: _, ...spec } = rest as { status?: unknown }; // whatever is beside it
  return { apiVersion, kind, metadata: { name, labels }, ...spec };
}

const CASES: readonly (readonly [StrategyName, RouterName, Candidate, string])[] = [
  ['blue-green', 'service', 'good', 'promoted'],
  ['canary', 'istio', 'good', 'promoted'],
  ['blue-green', 'gateway-api', 'good', 'promoted'],
  ['rolling', 'service', 'good', 'promoted'],
  ['blue-green', 'gateway-api', 'broken', 'rolled-back'],
  ['canary', 'istio', 'broken', 'rolled-back'],
];

describe.each(CASES)(
  '%s through %s of a version that is %s',
  (strategy, router, candidate, end) => {
    test(`is ${end}, and every owner may apply without force`, async () => {
      const plain = plainScenario(strategy, candidate, router);
      const world = await startWorld({ ...plain, scaling: 'autoscaled' });
      const found = OWNED.flatMap((owned) => {
        const { status, object } = ask(world, 'GET', owned);
        return status === 200 ? [{ owned, manifest: manifestOf(object) }] : [];
      });
      for (const { owned, manifest } of found) {
        expect(ask(world, 'PATCH', owned, manifest).status).toBe(200);
      }
      await tell(
        world,
        runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
        LONG_MS,
      );
      expect(journalOf(world)?.history[0]?.outcome).toBe(end);
      for (const { owned, manifest } of found) {
        const [what] = owned;
        const { object } = ask(world, 'GET', owned);
        const managers = object.metadata.managedFields.map(
          (each: { manager: string }) => each.manager,
        );
        expect([what, managers]).toEqual([
          what,
          expect.not.arrayContaining(['zero-downtime-deployment']),
        ]);
        const applied = ask(world, 'PATCH', owned, manifest);
        expect([what, applied.status, applied.object.message]).toEqual([what, 200, undefined]);
      }
      world.stop();
    });
  },
);
