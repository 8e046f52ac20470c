// The drain probe ends a pod only for as long as the release asks for it: once somebody has led requests
// to that pod, its end would cost some of them.
import { describe, expect, test } from '@jest/globals';
import type { Kube } from '../../../effects/kube/client.ts';
import { probeDrain } from '../../../effects/measure/drain-probe.ts';
import { APP, deployment, pod, REPOSITORY, service } from '../../core/support/objects.ts';
import { planFor, settingsFor } from '../../core/support/play.ts';
import { toyCluster } from '../../core/support/toy-cluster.ts';
import { virtualTime } from '../support/virtual.ts';
import { measuring } from './metrics/support/outside.ts';

const LABELS = { app: APP, version: 'blue' };
const HOOK = { drain: { minDuration: '3s', hook: { path: '/drain' } } };

/** Makes a probe that is withdrawn after so long, and says which pods it has ended. */
async function probed(withdrawnAfterMs: number | undefined) {
  const { virtual, clock } = virtualTime();
  const ended: string[] = [];
  const kube = {
    remove: async ({ name }: { name: string }) => {
      ended.push(name);
      return { kind: 'written' };
    },
  } as unknown as Kube; // all that a probe asks of the cluster
  const context = {
    ...measuring(),
    clock,
    kube,
    ask: async () => ({ kind: 'answered', status: 200, body: '', headers: new Map() }) as const,
    hold: () => ({
      ask: async () =>
        ended.length > 0
          ? ({ kind: 'answered', last: true } as const)
          : ({ kind: 'answered', last: false } as const),
      end: () => undefined,
    }),
  };
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', LABELS)], service(LABELS));
  const plan = planFor(cluster, settingsFor('blue-green', HOOK));
  const withdrawal = new AbortController();
  if (withdrawnAfterMs !== undefined) virtual.after(withdrawnAfterMs, () => withdrawal.abort());
  const candidate = pod('candidate-1', LABELS, `${REPOSITORY}:v2`, 'ready');
  let seen: Awaited<ReturnType<typeof probeDrain>> | 'under way' = 'under way';
  void probeDrain(context, plan, candidate, withdrawal.signal).then((told) => (seen = told));
  await virtual.advanceTo(60_000);
  return { seen, ended };
}

describe('the drain probe', () => {
  test('ends the pod once its hook has had its time', async () => {
    const { seen, ended } = await probed(undefined);
    expect(ended).toEqual(['candidate-1']);
    expect(seen).toMatchObject({
      failures: [],
      checked: expect.stringContaining('drain hook called'),
    });
  });

  test.each([
    ['before anything was done to it', 100],
    ['while its hook has its time', 1_500],
    ['just before its end', 3_400],
  ])('leaves it alone where it is withdrawn %s', async (_when, afterMs) => {
    expect(await probed(afterMs)).toEqual({ seen: undefined, ended: [] });
  });

  test('goes on to its end where the pod is ended already', async () => {
    expect(await probed(3_600)).toMatchObject({ seen: { failures: [] }, ended: ['candidate-1'] });
  });
});
