/** The service and the application of a tale, before anything goes wrong: as a seed's dice have them. */
import { ROUTERS, STRATEGIES } from '../../core/base/vocabulary.ts';
import type { Rng } from '../world/rng.ts';
import type { Scenario } from '../world/scenario.ts';

export function scenarioOf(seed: number, rng: Rng): Scenario {
  const delayMs = rng.pick([50, 300, 300, 1_000, 2_000]);
  const jitterMs = rng.chance(0.5) ? delayMs : 0;
  const strategy = rng.pick(STRATEGIES);
  return {
    seed,
    strategy,
    router: strategy === 'rolling' ? 'service' : rng.pick(ROUTERS),
    shape: rng.pick([
      'coloured',
      'coloured',
      'plain',
      ...(strategy === 'rolling' ? (['stateful-set'] as const) : []),
    ]),
    scaling: rng.pick(['fixed', 'fixed', 'autoscaled']),
    replicas: rng.pick([2, 3, 3, 4, 5, 10]),
    application: {
      ending: rng.pick(['lingers', 'lingers', 'closes', 'abrupt']),
      preStopSeconds: rng.pick([0, 2, 5]),
      listensAfterMs: rng.pick([0, 400, 3_000]),
      metrics: rng.chance(0.8) ? 'counted' : 'none',
      drainHook: rng.chance(0.7) ? 'there' : 'absent',
      versionHeader: rng.chance(0.6) ? 'told' : 'absent',
    },
    candidate: rng.pick(['good', 'good', 'good', 'failing', 'crashing', 'never-ready', 'broken']),
    network: { delayMs, jitterMs, sandboxMs: rng.pick([0, 200, 4_000]) },
    nodes: rng.between(1, 3),
    switching: rng.pick(['instant', 'instant', 'gradual', 'weighted']),
    rollbackWindowSeconds: rng.pick([0, 0, 0, 40]),
    windows: {
      monitoringSeconds: rng.pick([6, 10]),
      // Where nothing can be measured the release has to rely on this being long enough.
      drainMinSeconds: Math.ceil((delayMs + jitterMs) / 1000) + 1,
      drainMaxSeconds: 15,
      readySeconds: 60,
    },
    load: { fresh: 4, keptAlive: 4, everyMs: 250 },
  };
}
