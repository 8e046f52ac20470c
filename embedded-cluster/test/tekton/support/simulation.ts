// A world with the Tekton runner and played pods in it, under a clock that is stepped.

import { createRandom } from '../../../base/random.ts';
import { createVirtualClock, type VirtualClock } from '../../../base/virtual-clock.ts';
import { createObjects } from '../../../kubernetes/api/objects/objects.ts';
import { NAMESPACES } from '../../../kubernetes/kinds/core/core.ts';
import type { KubeObject } from '../../../kubernetes/store/object.ts';
import { createStore } from '../../../kubernetes/store/store.ts';
import type { World } from '../../../kubernetes/world.ts';
import { startTekton } from '../../../tekton/start.ts';
import { create } from './objects.ts';
import { type Script, startPodPlayer } from './pod-player.ts';
import { type Story, storyOf } from './story.ts';
import { listen } from './streams.ts';

export const NAMESPACE = 'rec';

export interface Simulation {
  readonly world: World;
  readonly clock: VirtualClock;
  /** Writes an object of any kind into the namespace. */
  create(draft: unknown): KubeObject;
  /** Lets the world run for so many of its own seconds. */
  run(seconds: number): Promise<void>;
  /** Lets the world run until something holds; fails when that takes more than an hour there. */
  until(holds: () => boolean): Promise<void>;
  story(): Story;
}

export function simulate(script: Script): Simulation {
  const clock = createVirtualClock(Date.parse('2026-11-21T05:50:00Z'));
  const store = createStore();
  const random = createRandom(1);
  const world: World = { store, clock, random, objects: createObjects({ store, clock, random }) };
  world.objects.create(NAMESPACES, { ...named(NAMESPACE), apiVersion: 'v1', kind: 'Namespace' });
  const streams = listen(world, NAMESPACE);
  startTekton(world, { entrypointFolder: '/dist/tekton' });
  startPodPlayer(world, script);

  const simulation: Simulation = {
    world,
    clock,
    create: (draft) => create(world, NAMESPACE, draft),
    run: (seconds) => clock.advanceTo(clock.now() + seconds * 1000),
    until: async (holds) => {
      const lastMs = clock.now() + 3_600_000;
      while (!holds()) {
        const dueMs = clock.nextDueMs();
        if (dueMs === undefined || dueMs > lastMs) throw new Error('it never came to that');
        await clock.advanceTo(dueMs);
      }
    },
    story: () => storyOf(streams),
  };
  return simulation;
}

function named(name: string): { metadata: { name: string } } {
  return { metadata: { name } };
}
