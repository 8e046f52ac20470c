/** Lets neighbours come to a world when their visits say. */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { journalOf } from '../world/journal.ts';
import { type ApiGate, createApiGate } from '../world/process/api-gate.ts';
import type { ProofWorld } from '../world/world.ts';
import { NEIGHBOURS, type NeighbourName } from './all.ts';
import { createDeeds, type Deeds } from './deeds.ts';
import { watchDriver, watchStalling } from './driver.ts';
import type { Alteration, Moment, Neighbour, Site, Visit } from './visit.ts';

export interface Neighbourhood {
  readonly deeds: Deeds;
  readonly gate: ApiGate;
  /** Whether some process drives the release just now, and sees what becomes of pods as it does. */
  readonly isWatched: () => boolean;
  /** What they have changed of how stages run. */
  readonly alter: Alteration;
  /** To be called when the first run is over; resolves when nothing keeps the next one from anything. */
  end(): Promise<unknown>;
  stop(): void;
}

export function letIn(
  world: ProofWorld,
  visits: readonly Visit[],
  say: (line: string) => void,
  viewsLateMs: () => number = () => 0,
): Neighbourhood {
  const gate = createApiGate();
  const onStop: (() => void)[] = [];
  const killed = new Set<string>();
  const isKilled = (process: string): boolean => killed.has(process);
  const isDriven = watchDriver(world, (task) => onStop.push(task), isKilled);
  const deeds = createDeeds(world, isDriven);
  const onKilled = (process: string) => killed.add(process);
  const alterations: Alteration[] = [(_, options) => ({ ...options, gate, onKilled })];
  const atEnd: (() => void)[] = [];
  const lasting: Promise<void>[] = [];
  const site: Site = {
    world,
    deeds,
    gate,
    isDriven,
    isStalled: watchStalling(world, gate),
    viewsLateMs,
    atEnd: (task) => atEnd.push(task),
    lasts: (forMs) => lasting.push(sleep(world.cluster.clock, forMs)),
    onStop: (task) => onStop.push(task),
    alter: (change) => alterations.push(change),
  };
  let isOver = false;
  for (const { name, variant, moment } of visits) {
    const neighbour: Neighbour = NEIGHBOURS[name as NeighbourName]; // drawn from these names
    const come = (): void => {
      if (isOver) return;
      say(`NEIGHBOUR ${name} (${variant})`);
      deeds.came.push(`${name} ${variant}`);
      neighbour.act(site, variant);
    };
    comeWhen(site, moment, come);
  }
  return {
    deeds,
    gate,
    // Who waits for an answer of the API that does not come can lead nothing elsewhere.
    isWatched: () =>
      isDriven() &&
      !site.isStalled() &&
      viewsLateMs() === 0 &&
      world.cluster.clock.now() > deeds.blindUntilMs,
    alter: (role, options) => alterations.reduce((all, change) => change(role, all), options),
    end: () => {
      isOver = true;
      for (const task of atEnd.splice(0)) task();
      return Promise.all(lasting);
    },
    stop: () => {
      for (const task of onStop) task();
    },
  };
}

function comeWhen({ world, onStop }: Site, moment: Moment, come: () => void): void {
  switch (moment.kind) {
    case 'before':
      come();
      break;
    case 'at':
      world.cluster.clock.after(moment.atMs, come);
      break;
    case 'in':
      onStop(inPhase(world, moment.phase, moment.afterMs, come));
  }
}

/** Once, a while after the journal has first told of that phase, if the release is still under way then. */
function inPhase(world: ProofWorld, phase: string, afterMs: number, come: () => void): () => void {
  const isUnderWay = (): boolean => {
    const { state } = journalOf(world)?.current ?? {};
    return state !== undefined && state.outcome === undefined;
  };
  const unwatch = world.cluster.world.store.subscribe(({ collection }) => {
    if (collection !== 'configmaps' || journalOf(world)?.current?.state.phase !== phase) return;
    unwatch();
    world.cluster.clock.after(afterMs, () => {
      if (isUnderWay()) come();
    });
  });
  return unwatch;
}
