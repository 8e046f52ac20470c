/**
 * Gives an order to the release that is under way. It is left in the journal, where the process that
 * drives the release takes it up; where no process does, this one takes the Lease and acts itself.
 */

import {
  askedBy,
  type Command,
  type CommandName,
  type CommandResponse,
} from '../../core/journal/commands/command.ts';
import { type Entry, type Journal, unfinished } from '../../core/journal/journal.ts';
import { holderOf, leaseName } from '../../core/journal/lease.ts';
import type { Lease } from '../../core/kubernetes/objects.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { callerOf } from '../../effects/kube/caller.ts';
import { placeCommand } from '../../effects/ownership/journal/commands.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { withLease } from '../../effects/ownership/with-lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { actWithoutDriver } from './act-without-driver.ts';
import { endOf, refusedBecause } from './end.ts';

export interface Asked {
  /** The same for every run of the same command. */
  readonly id: string;
  readonly by: string;
  /** Of a pause. */
  readonly limitMs: number;
}

const LOOK_AGAIN_MS = 1_000;
/** A driver looks several times a second; the Lease of one that died expires after 15 s. */
const PATIENCE_MS = 60_000;

export async function sendCommand(
  context: StageContext,
  subject: ReleaseSubject,
  name: CommandName,
  { id, by, limitMs }: Asked,
): Promise<StageEnd> {
  const { kube, clock, stop } = context;
  const { namespace, service } = subject;
  const look = (): Promise<Journal> => peekJournal(kube, namespace, service);
  const entry = unfinished(await look());
  if (!entry) return refusedBecause(`no release of service ${service} is under way`);
  const { release } = entry.plan;
  const asker = askedBy({ by, as: await callerOf(kube) });
  const order = orderOf(name, { id, release, ...asker, at: clock.now() }, limitMs);
  await placeCommand(kube, namespace, service, order);

  for (const began = clock.now(); ; await clock.sleep(LOOK_AGAIN_MS, stop)) {
    if (stop.aborted)
      throw new StageFailure(143, `stopped; the command ${name} is left for ${release}`);
    const journal = await look();
    const answer = answerTo(journal, id);
    if (answer) return endOf(answer);
    if (!isAbout(unfinished(journal), release)) {
      return refusedBecause(`release ${release} ended before it saw the order`);
    }
    if (clock.now() - began > PATIENCE_MS) {
      throw new StageFailure(
        3,
        `release ${release} has not taken up the command ${name} yet`,
        'it stays in the journal, for the next driver of the release; `status` shows what becomes of it',
      );
    }
    if (await isUndriven(context, subject)) {
      const end = await takeOver(context, { ...subject, release }, order);
      if (end) return end;
    }
  }
}

/** Undefined where somebody else takes the release over first: the order is left for them, and they answer it. */
async function takeOver(
  context: StageContext,
  subject: ReleaseSubject,
  order: Command,
): Promise<StageEnd | undefined> {
  const { release } = subject;
  let isHeld = false;
  try {
    return await withLease(context, subject, async (owned) => {
      isHeld = true;
      // The process that drove it may have come back while the Lease was waited for.
      const now = owned.journal.journal();
      const answered = answerTo(now, order.id);
      if (answered) return endOf(answered);
      const left = unfinished(now);
      return left && isAbout(left, release)
        ? actWithoutDriver(owned, left, order)
        : refusedBecause(`release ${release} ended before it saw the order`);
    });
  } catch (thrown) {
    if (thrown instanceof StageFailure && thrown.exitCode === 4 && !isHeld) return undefined;
    throw thrown;
  }
}

function orderOf(
  order: CommandName,
  base: Pick<Command, 'id' | 'release' | 'by' | 'as' | 'at'>,
  limitMs: number,
): Command {
  return order === 'pause' ? { ...base, order, limitMs } : { ...base, order };
}

function answerTo({ answers }: Journal, id: string): CommandResponse | undefined {
  return answers.find((answer) => answer.id === id);
}

function isAbout(entry: Entry | undefined, release: string): boolean {
  return entry?.plan.release === release;
}

async function isUndriven({ kube, clock }: StageContext, { namespace, service }: ReleaseSubject) {
  const target = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace };
  const lease = await kube.get<Lease>({ ...target, name: leaseName(service) });
  return holderOf(lease, clock.now()).kind !== 'process';
}
