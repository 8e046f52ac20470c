/**
 * turn: keeps the service for the run that it is part of, as soon as no other release holds it, unless a
 * later run wants it too. It changes nothing of a release: one that it supersedes is asked to turn back.
 */
import { formatDuration } from '../../core/base/duration.ts';
import type { Instant, ReleaseId } from '../../core/base/vocabulary.ts';
import {
  type Asking,
  type Concurrency,
  isConcluded,
  isEarlierInQueue,
  repeated,
  whyToGiveWay,
} from '../../core/journal/commands/queue.ts';
import { type Journal, recordOf, unfinished } from '../../core/journal/journal.ts';
import { type Holder, heldText, holderOf } from '../../core/journal/lease.ts';
import type { KubernetesObject, Lease } from '../../core/kubernetes/objects.ts';
import { timeOf } from '../../core/kubernetes/time.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { placeCommand } from '../../effects/ownership/journal/commands.ts';
import { peekQueue, savePlaceInQueue } from '../../effects/ownership/journal/queue.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfLeased } from '../../effects/ownership/lease/lease-guard.ts';
import { leaseTarget } from '../../effects/ownership/lease/lease-object.ts';
import { reserveService } from '../../effects/ownership/with-lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export interface Turn {
  readonly concurrency: Concurrency;
  /** So long it waits, and no longer. */
  readonly limitMs: number;
  /** The PipelineRun that it is part of, which says when it was asked for; unnamed: now. */
  readonly run: { readonly namespace: string; readonly name: string };
}

const LOOK_AGAIN_MS = 2_000;
/** What Triggers writes on the runs that it makes of pushes. */
const FROM_TRIGGER = 'triggers.tekton.dev/trigger';

/** The holder that this run has waited for. */
interface Waited {
  readonly since: Instant;
  readonly for: ReleaseId | undefined;
  /** Which of them was asked to turn back. */
  readonly superseded: ReleaseId | undefined;
}

export async function waitInQueue(
  context: StageContext,
  subject: ReleaseSubject,
  turn: Turn,
): Promise<StageEnd> {
  const { kube, clock } = context;
  const { namespace, service, release } = subject;
  const target = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', ...turn.run };
  const run = turn.run.name === '' ? undefined : await kube.get<KubernetesObject>(target);
  const asking = await savePlaceInQueue(kube, namespace, service, (journal) =>
    askingOf(release, run, journal, clock.now()),
  );
  const { is, answer } = await waitForTurn(context, subject, turn);
  await savePlaceInQueue(kube, namespace, service, () => ({ ...asking, said: answer }));
  if (is === 'too-late') {
    throw new StageFailure(
      4,
      `${answer}, in vain: nothing was changed`,
      'look at that release (status), and start this run anew once it has ended',
    );
  }
  return {
    exitCode: 0,
    results: { answer },
    summary: { event: 'stage-ended', stage: 'operate', turn: is, answer },
  };
}

async function waitForTurn(
  context: StageContext,
  subject: ReleaseSubject,
  turn: Turn,
): Promise<{ readonly is: 'taken' | 'not-taken' | 'too-late'; readonly answer: string }> {
  const { kube, clock, stop, log } = context;
  const { namespace, service, release } = subject;
  let waited: Waited = { since: clock.now(), for: undefined, superseded: undefined };
  for (;;) {
    const { journal, turns } = await peekQueue(kube, namespace, service);
    const why = whyToGiveWay(turns, journal, release);
    if (why !== undefined) return { is: 'not-taken', answer: `not taken: ${why}` };
    const lease = await kube.get<Lease>(leaseTarget(namespace, service));
    const holder = holderOf(lease, clock.now());
    const other = otherThan(release, holder);
    if (!other && isConcluded(journal, clock.now()) && (await reserved(context, subject))) {
      return { is: 'taken', answer: takenText(waited, journal, clock.now()) };
    }
    if (turn.concurrency === 'refuse')
      await refuseIfLeased(kube, clock, namespace, service, release);
    if (other && other !== waited.for) {
      const held = holderText(holder, clock.now());
      log.event({ event: 'queue', turn: 'waiting', for: other, held });
      waited = { ...waited, for: other };
    }
    if (turn.concurrency === 'supersede' && other && other !== waited.superseded) {
      const isBegun = unfinished(journal)?.plan.release === other;
      if (isBegun && isEarlierInQueue(turns, other, release)) {
        await turnBack(context, subject, other);
        waited = { ...waited, superseded: other };
      }
    }
    if (stop.aborted) throw new StageFailure(143, `stopped while waiting for service ${service}`);
    if (clock.now() - waited.since >= turn.limitMs) {
      const waitedFor = `waited ${formatDuration(turn.limitMs)} for service ${service}`;
      return { is: 'too-late', answer: `${waitedFor}, which ${other ?? 'another release'} holds` };
    }
    await clock.sleep(LOOK_AGAIN_MS, stop);
  }
}

function askingOf(
  release: ReleaseId,
  run: KubernetesObject | undefined,
  journal: Journal,
  now: Instant,
): Asking {
  const askedAt = timeOf(run?.metadata.creationTimestamp) ?? now;
  const isPush = run?.metadata.labels?.[FROM_TRIGGER] !== undefined;
  const repeats = isPush ? repeated(journal, release) : undefined;
  return { release, askedAt, ...(repeats ? { repeats } : {}) };
}

function otherThan(release: ReleaseId, holder: Holder): ReleaseId | undefined {
  if (holder.kind === 'free' || holder.kind === 'gone') return undefined;
  return holder.release === release ? undefined : holder.release;
}

/** False where somebody else was faster, or a later run asks for it too. */
async function reserved(context: StageContext, subject: ReleaseSubject): Promise<boolean> {
  const { namespace, service, release } = subject;
  const isWanted = async () => {
    const { journal, turns } = await peekQueue(context.kube, namespace, service);
    return whyToGiveWay(turns, journal, release) === undefined;
  };
  try {
    return await reserveService(context, subject, isWanted);
  } catch (thrown) {
    if (thrown instanceof StageFailure && thrown.exitCode === 4) return false;
    throw thrown;
  }
}

/** Its driver takes the command up, or says that it is finished and cannot turn back any more. */
async function turnBack(
  { kube, clock, log }: StageContext,
  { namespace, service, release }: ReleaseSubject,
  running: ReleaseId,
): Promise<void> {
  const by = `${release}, which was asked for later`;
  const order = { id: `${release}-supersedes`, release: running, by, at: clock.now() };
  await placeCommand(kube, namespace, service, { ...order, order: 'abort' });
  log.event({ event: 'queue', turn: 'supersedes', release: running, command: 'abort' });
}

function takenText(
  { since, for: other, superseded }: Waited,
  journal: Journal,
  now: Instant,
): string {
  if (other === undefined) return 'at once: no release was under way';
  const outcome = recordOf(journal, other)?.outcome;
  const ended = outcome ? `, which ended ${outcome}` : '';
  const what = superseded === other ? 'superseded' : 'waited for';
  return `after ${formatDuration(now - since)}: ${what} ${other}${ended}`;
}

function holderText(holder: Holder, now: Instant): string {
  if (holder.kind === 'process') return heldText(holder, now);
  return holder.kind === 'between-stages' ? heldText({ ...holder, process: '' }, now) : '';
}
