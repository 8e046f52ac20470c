/** The service and the application of a tale, before anything goes wrong: as a seed's dice have them. */
import { ROUTERS, STRATEGIES } from '../../core/base/vocabulary.ts';
import type { Dice } from '../world/rng.ts';
import type { Scenario } from '../world/scenario.ts';

export function scenarioOf(seed: number, dice: Dice): Scenario {
  const delayMs = dice.pick([50, 300, 300, 1_000, 2_000]);
  const jitterMs = dice.chance(0.5) ? delayMs : 0;
  const strategy = dice.pick(STRATEGIES);
  return {
    seed,
    strategy,
    router: strategy === 'rolling' ? 'service' : dice.pick(ROUTERS),
    shape: dice.pick([
      'coloured',
      'coloured',
      'plain',
      ...(strategy === 'rolling' ? (['stateful-set'] as const) : []),
    ]),
    scaling: dice.pick(['fixed', 'fixed', 'autoscaled']),
    replicas: dice.pick([2, 3, 3, 4, 5, 10]),
    application: {
      ending: dice.pick(['lingers', 'lingers', 'closes', 'abrupt']),
      preStopSeconds: dice.pick([0, 2, 5]),
      listensAfterMs: dice.pick([0, 400, 3_000]),
      metrics: dice.chance(0.8) ? 'counted' : 'none',
      drainHook: dice.chance(0.7) ? 'there' : 'absent',
      versionHeader: dice.chance(0.6) ? 'told' : 'absent',
    },
    candidate: dice.pick(['good', 'good', 'good', 'failing', 'crashing', 'never-ready', 'broken']),
    network: { delayMs, jitterMs, sandboxMs: dice.pick([0, 200, 4_000]) },
    nodes: dice.between(1, 3),
    switching: dice.pick(['instant', 'instant', 'gradual', 'weighted']),
    rollbackWindowSeconds: dice.pick([0, 0, 0, 40]),
    windows: {
      monitoringSeconds: dice.pick([6, 10]),
      // Where nothing can be measured the release has to rely on this being long enough.
      drainMinSeconds: Math.ceil((delayMs + jitterMs) / 1000) + 1,
      drainMaxSeconds: 15,
      readySeconds: 60,
    },
    load: { fresh: 4, keptAlive: 4, everyMs: 250 },
  };
}
