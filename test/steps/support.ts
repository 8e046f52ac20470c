/** A stage that runs in the toy service's world, as Tekton starts it: options in, an exit code and results out. */
import type { Journal } from '../../core/journal/journal.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { textOf } from '../../core/report/log/render-event.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import type { Stage, StageEnd } from '../../effects/stage/run-stage.ts';
import { APP } from '../core/support/objects.ts';
import { configMapOf } from '../core/support/releases.ts';
import { type ToyOptions, type ToyService, toyService } from '../effects/support/toy-service.ts';
import type { CameOf } from '../effects/support/world.ts';

export interface Staged {
  readonly world: ToyService;
  /** Runs the stage to its end, as the process `name`. */
  run(given?: Readonly<Record<string, string>>, own?: Partial<StageContext>): Promise<Ended>;
  /** Begins it, and lets a test do something meanwhile. */
  start(given?: Readonly<Record<string, string>>, own?: Partial<StageContext>): Promise<StageEnd>;
  /** What was written, but for Leases, and for news. */
  writes(): string[];
}

/** How it ended: by itself, or by what it threw, with the exit code of either. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly results?: StageEnd['results'];
  readonly summary?: string;
  readonly document?: string;
  readonly message?: string;
}

/** A node with room for everybody. */
export const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1' },
  spec: {},
  status: {
    allocatable: { cpu: '8', memory: '16Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
} as KubernetesObject; // as preflight reads it

interface Setting extends ToyOptions {
  readonly journal?: Journal;
  /** Beside the journal: orders, turns. */
  readonly data?: Record<string, string>;
}

export async function staged(
  stage: Stage,
  { journal, data, ...toy }: Setting = {},
): Promise<Staged> {
  const world = await toyService(toy);
  if (journal) world.api.put(configMapOf(journal, data));
  return stagedIn(world, stage);
}

/** The same in a world in which other stages have run. */
export function stagedIn(world: ToyService, stage: Stage): Staged {
  const before = world.api.writes.length;
  const start: Staged['start'] = (given = {}, own = {}) =>
    stage.run({ ...defaultsOf(stage), ...SUBJECT, ...given }, world.stage(stage.name, own));
  const calls = () => world.api.writes.slice(before).map(({ call }) => call);
  return {
    world,
    start,
    run: async (given, own) => endOf(await world.cameOf(start(given, own), 900)),
    writes: () => calls().filter((call) => !/ (leases|events)\//.test(call)),
  };
}

export function endOf(came: CameOf<StageEnd>): Ended {
  if (came === 'waits') throw new Error('the stage has not ended');
  if (!('value' in came)) return came;
  const { summary, ...end } = came.value;
  return { ...end, summary: summary ? textOf(summary) : '' };
}

const SUBJECT = {
  'release-id': 'run-1',
  service: APP,
  namespace: 'default',
  'image-tag': 'v2',
} as const;

/** What yargs would fill in. */
function defaultsOf(stage: Stage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stage.options).map(([name, { default: byDefault }]) => [
      name,
      String(byDefault ?? ''),
    ]),
  );
}
