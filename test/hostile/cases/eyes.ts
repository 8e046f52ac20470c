/** Kinds 9 and 10: old eyes, wrong clocks, and a journal that is lost, faked or filled. */

import type { ApiResponse } from '../../../embedded-cluster/kubernetes/api/request/http.ts';
import { CONFIG_MAPS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { plainScenario } from '../../../verification/world/scenario.ts';
import type { ProofWorld } from '../../../verification/world/world.ts';
import { type HostileCase, inPhase } from '../case.ts';
import { edit, remove } from '../others.ts';
import { longer } from './reach.ts';

const deleted: HostileCase[] = (
  [
    ['blue-green', 'failing'],
    ['canary', 'good'],
    ['rolling', 'good'],
    ['blue-green', 'good'],
  ] as const
).map(([strategy, candidate]) => ({
  id: `hostile ee, field 39, ${strategy}, a ${candidate} candidate`,
  kind: 10,
  title: 'somebody deletes the journal while the candidate is watched',
  scenario: longer(plainScenario(strategy, candidate), 60),
  during: (world) =>
    inPhase(world, 'monitoring', 300, () => remove(world, CONFIG_MAPS, 'shop-release-journal')),
  ends: [candidate === 'good' ? 'promoted' : 'rolled-back'],
}));

const large: HostileCase[] = [338, 360, 500].map((kib) => ({
  id: `hostile k, ${kib} KiB`,
  kind: 10,
  title: `a pod template of ${kib} KiB`,
  scenario: plainScenario('blue-green'),
  before: (world) =>
    edit(world, DEPLOYMENTS, 'shop-blue', {
      'spec.template.spec.containers.0.env': [{ name: 'BIG', value: 'x'.repeat(kib * 1024) }],
    }),
  ends: ['promoted'],
  holds: journalIsSmall,
}));

function journalIsSmall({ cluster }: ProofWorld): string | undefined {
  const stored = cluster.world.store.get('configmaps', 'default', 'shop-release-journal');
  const kib = Math.round(JSON.stringify(stored).length / 1024);
  return kib < 256 ? undefined : `the journal has ${kib} KiB`;
}

const refusedOnce: HostileCase[] = [401, 403, 404, 422].flatMap((status) =>
  (['pods list', 'journal write'] as const).flatMap((where) =>
    (['good', 'failing'] as const).map((candidate) => ({
      id: `hostile ii, one ${status} on a ${where}, a ${candidate} candidate`,
      kind: 10,
      title: `the API answers one ${where} with ${status} while the candidate has all traffic`,
      scenario: longer(plainScenario('blue-green', candidate), 60),
      during: (world) => refuseOnce(world, status, where),
      ends:
        candidate === 'good' ? (['promoted', 'rolled-back'] as const) : (['rolled-back'] as const),
    })),
  ),
);

function refuseOnce(world: ProofWorld, status: number, where: 'pods list' | 'journal write'): void {
  let armed = false;
  inPhase(world, 'monitoring', 1_000, () => {
    armed = true;
  });
  answering(world, status, ({ method, path }) => {
    const isMeant =
      where === 'pods list'
        ? method === 'GET' && /\/pods\?/.test(path) && !/watch=/.test(path)
        : method !== 'GET' && /release-journal/.test(path);
    if (!armed || !isMeant) return false;
    armed = false;
    return true;
  });
}

const blind: HostileCase[] = ([403, 429, 500] as const).flatMap((status) =>
  (['none', 'counted'] as const).map((metrics) => {
    const scenario = longer(plainScenario('blue-green'), 180);
    return {
      id: `hostile jj, ${status} for good, metrics ${metrics}`,
      kind: 9,
      title: `lists and watches of pods are refused with ${status} for good, and then the candidate crashes`,
      scenario: { ...scenario, application: { ...scenario.application, metrics } },
      crashes: Array.from({ length: 6 }, (_, nth) => ({ version: 'v2', nth, afterMs: 90_000 })),
      during: (world: ProofWorld) => {
        let from = Number.POSITIVE_INFINITY;
        inPhase(world, 'monitoring', 10_000, () => {
          from = 0;
        });
        answering(
          world,
          status,
          ({ method, path }) => from === 0 && method === 'GET' && /\/pods\?/.test(path),
        );
      },
      mayLose: 'the candidate crashes',
      ends: ['rolled-back', 'unfinished'] as const,
      says: /pods/,
    };
  }),
);

const away: HostileCase[] = (['preparing', 'monitoring', 'draining'] as const).map((phase) => ({
  id: `the API server is away for five minutes, ${phase}`,
  kind: 9,
  title: 'an upgrade of the control plane: no API server answers for five minutes',
  scenario: longer(plainScenario('blue-green')),
  during: (world) =>
    inPhase(world, phase, 500, () => {
      const until = world.cluster.clock.now() + 300_000;
      answering(world, 503, () => world.cluster.clock.now() < until);
    }),
  ends: ['promoted'],
}));

function answering(
  world: ProofWorld,
  status: number,
  isMeant: (request: { method: string; path: string }) => boolean,
): void {
  const { apiFaults } = world.cluster;
  const { handler } = apiFaults;
  const refusal = { kind: 'Status', message: 'refused by the case', code: status };
  Object.assign(apiFaults, {
    handler: async (request: Parameters<typeof handler>[0]): Promise<ApiResponse> =>
      isMeant(request) ? { status, headers: {}, body: JSON.stringify(refusal) } : handler(request),
  });
}

export const EYES: readonly HostileCase[] = [
  ...deleted,
  ...large,
  ...refusedOnce,
  ...blind,
  ...away,
];
