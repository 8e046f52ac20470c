// A world with the Tekton runner and played pods in it, under a clock that is stepped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createObjects } from '../../../../local/api/objects.ts';
import { events, pods } from '../../../../local/collection.ts';
import { NAMESPACES } from '../../../../local/kinds/core.ts';
import { BUILT_IN_KINDS, kindOf } from '../../../../local/kinds/registry.ts';
import { createRandom } from '../../../../local/random.ts';
import type { Event, Pod } from '../../../../local/shapes.ts';
import type { DraftObject, KubeObject } from '../../../../local/store/object.ts';
import { createStore } from '../../../../local/store/store.ts';
import { pipelineRuns, taskRuns } from '../../../../local/tekton/collections.ts';
import type { PipelineRun, TaskRun } from '../../../../local/tekton/model/runs.ts';
import { startTekton } from '../../../../local/tekton/start.ts';
import { createVirtualClock, type VirtualClock } from '../../../../local/virtual-clock.ts';
import type { World } from '../../../../local/world.ts';
import { type Script, startPodPlayer } from './pod-player.ts';
import { type Story, type Streams, storyOf, type Watched } from './story.ts';

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
  const streams = watched(world);
  startTekton(world, { entrypointFolder: '/dist/tekton' });
  startPodPlayer(world, script);

  const simulation: Simulation = {
    world,
    clock,
    create: (draft) => create(world, draft),
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

function create(world: World, draft: unknown): KubeObject {
  const object = draft as DraftObject; // what tests write down are objects
  const kind = kindOf(BUILT_IN_KINDS, object);
  if (!kind) throw new Error(`no kind ${object.kind}`);
  const stored = object.apiVersion.endsWith(kind.versions[0])
    ? object
    : (kind.convert?.(object, kind.versions[0]) ?? object);
  return world.objects.create(kind, {
    ...stored,
    metadata: { namespace: NAMESPACE, ...stored.metadata },
  });
}

function watched(world: World): Streams {
  const streams = { pipelineRuns: [], taskRuns: [], pods: [], events: [] };
  const record =
    <T>(stream: Watched<T>[]) =>
    ({ type, object }: Watched<T>) =>
      stream.push({ type, object });
  pipelineRuns(world).watch(record<PipelineRun>(streams.pipelineRuns));
  taskRuns(world).watch(record<TaskRun>(streams.taskRuns));
  pods(world).watch(record<Pod>(streams.pods));
  events(world).watch(record<Event>(streams.events));
  return streams;
}

/** The objects in a YAML file beside the tests. */
export function documents(file: string): unknown[] {
  const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
  return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
}
