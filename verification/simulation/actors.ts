/** Who acts in a story, and what accidents befall them. */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Report } from '../invariants/broken.ts';
import type { Alteration } from '../neighbours/visit.ts';
import type { Accident } from '../scenarios/scenario-generator.ts';
import type { StageOptions } from '../world/process/pipeline.ts';
import type { Ended, ProcessRun, StageProcess } from '../world/process/process.ts';
import type { Kill } from '../world/process/transport.ts';
import type { Rng } from '../world/rng.ts';
import type { ProofWorld } from '../world/world.ts';

/** Everybody who acts in a story, so that what befalls them can be said. */
export interface Actors {
  /** The processes that have begun so far, in the order in which they did. */
  readonly ran: readonly ProcessRun[];
  readonly options: (role: 'main' | 'rival') => StageOptions;
  /** The process of the main run that is under way. */
  driving(): StageProcess | undefined;
  freeze(process: StageProcess, forMs: number): void;
  /** Lets the main run's process die at its next write. */
  killAtWrite(kill: Kill): void;
  /** Resolves when nobody is frozen any more. */
  thawed(): Promise<unknown>;
}

export function createActors(
  world: ProofWorld,
  rng: Rng,
  say: (line: string) => void,
  report: Report,
  alter: Alteration,
): Actors {
  const { clock } = world.cluster;
  const frozen: Promise<unknown>[] = [];
  let owned: StageProcess | undefined;
  let kill: Kill | undefined;
  const ran: ProcessRun[] = [];
  const watched = async (process: StageProcess): Promise<void> => {
    const { name, use } = process;
    const run: ProcessRun = { name, use, fromMs: clock.now(), toMs: undefined };
    ran.push(run);
    const ended = await process.ended;
    run.toMs = clock.now();
    if (owned === process) owned = undefined;
    judgeEnd(process, ended, report);
  };
  return {
    ran,
    options: (role) =>
      alter(role, {
        latencyMs: () => rng.between(1, 10),
        log: say,
        killAt: (_, { method }) => {
          // Nothing keeps out what creates an object: late, it leaves one over that nobody uses.
          if (role === 'rival' || (kill === 'late' && method === 'POST')) return undefined;
          const due = kill;
          kill = undefined;
          return due;
        },
        onStart: (process) => {
          if (role === 'main') owned = process;
          void watched(process);
        },
      }),
    driving: () => owned,
    killAtWrite: (next) => {
      kill = next;
    },
    freeze: (process, forMs) => {
      process.freeze();
      frozen.push(sleep(clock, forMs).then(process.thaw));
    },
    thawed: () => Promise.all(frozen),
  };
}

function judgeEnd({ name, use }: StageProcess, ended: Ended, report: Report): void {
  if (ended.kind === 'bug') report('stages fail only as they may', `${name} threw ${ended.why}`);
  if (ended.kind !== 'exited' || ended.code !== 4 || use.leased) return;
  if (use.done > 0) {
    const seen = `${name} ended with exit 4, held no lease, and had written ${use.done} times`;
    report('one run acts at a time', seen);
  }
}

const STOPPED_WITHIN_MS = 25_000;
const KILLED_AFTER_MS = 30_000;

export function injectFault(
  world: ProofWorld,
  cast: Actors,
  accidents: readonly Accident[],
  report: Report,
): void {
  for (const accident of accidents) {
    world.cluster.clock.after(accident.atMs, () => {
      const process = cast.driving();
      if (!process) return;
      switch (accident.kind) {
        case 'killed':
          process.kill();
          return;
        case 'killed-at-write':
          cast.killAtWrite(accident.kill);
          return;
        case 'frozen':
          cast.freeze(process, accident.forMs);
          return;
        case 'stopped':
          terminate(world, process, report);
      }
    });
  }
}

/** As a kubelet ends a pod: SIGTERM, and SIGKILL when its grace is over. */
function terminate(
  { cluster: { clock } }: ProofWorld,
  process: StageProcess,
  report: Report,
): void {
  let over = false;
  void process.ended.then(() => {
    over = true;
  });
  process.stop();
  clock.after(STOPPED_WITHIN_MS, () => {
    if (over || process.isFrozen()) return;
    report('every release ends', `${process.name} did not end within 25 s of SIGTERM`);
  });
  clock.after(KILLED_AFTER_MS, process.kill);
}
