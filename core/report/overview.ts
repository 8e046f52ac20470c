/** What an operator is told who asks how a release stands, or how the last ones went. */

import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import type { Instant, Side } from '../base/vocabulary.ts';
import { type Command, pendingCommands } from '../journal/commands/command.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import { holderOf } from '../journal/lease.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { EndpointSlice } from '../kubernetes/network-objects.ts';
import type { Lease } from '../kubernetes/objects.ts';
import type { Sides } from '../plan/own-pods.ts';
import { interferenceText } from '../state/interference.ts';
import type { ReleaseState } from '../state/state.ts';
import { askerFields } from './log/asker-fields.ts';
import type { Fields, LogEvent } from './log/log-events.ts';
import { endFields, responseFields } from './status-line.ts';

const SHOWN_ACTIONS = 5;

/** How the last release of a service stands; the pods are those that its plan tells apart. */
export function statusEvents(
  journal: Journal,
  orders: readonly Command[],
  lease: Lease | undefined,
  sides: Sides,
  slices: readonly EndpointSlice[],
  now: Instant,
): LogEvent[] {
  const { current, history, answers } = journal;
  if (!current) {
    const note = 'this service was never released';
    return [{ event: 'status', release: 'none', note }, held(lease, now)];
  }
  const { plan, state, actions } = current;
  const record = history.find(({ release }) => release === plan.release);
  const { interferences = [] } = state.evidence;
  const ago = (at: Instant): string => formatDuration(now - at);
  return [
    standing(current, now),
    ...(record && state.outcome !== undefined
      ? [{ event: 'release-ended', ...endFields(record, plan.service) } as const]
      : []),
    serving(sides, slices),
    held(lease, now),
    ...actions
      .slice(-SHOWN_ACTIONS)
      .map(({ text, at }) => ({ event: 'action', action: text, ago: ago(at) }) as const),
    ...interferences.slice(-SHOWN_ACTIONS).map(
      (each) =>
        ({
          event: 'interference',
          interference: interferenceText(each),
          ago: ago(each.at),
        }) as const,
    ),
    ...pendingCommands(orders, answers, plan.release).map(
      ({ order, at, ...asker }) =>
        ({
          event: 'command',
          command: order,
          ...askerFields(asker),
          'pending-for': ago(at),
        }) as const,
    ),
    ...answers
      .filter(({ at }) => at >= state.startedAt)
      .map((answer) => ({ event: 'command', ...responseFields(answer) }) as const),
  ];
}

/** The last releases, newest first. */
export function historyEvents({ history }: Journal, now: Instant): LogEvent[] {
  return history.map((record) => ({
    event: 'history',
    ended: `${formatDuration(now - record.endedAt)} ago`,
    outcome: record.outcome,
    from: shortImage(record.from),
    to: shortImage(record.to),
    strategy: record.strategy,
    duration: formatDuration(record.endedAt - record.startedAt),
    release: record.release,
    reason: record.cause,
  }));
}

function standing({ plan, state }: Entry, now: Instant): LogEvent {
  return {
    event: 'status',
    release: plan.release,
    strategy: plan.strategy,
    phase: state.phase,
    direction: state.direction,
    for: formatDuration(now - state.since),
    ...waiting(state, now),
    from: shortImage(plan.previousImage),
    to: shortImage(plan.image.reference),
    reason: state.cause,
  };
}

function waiting({ wait }: ReleaseState, now: Instant): Fields<'status'> {
  switch (wait.kind) {
    case 'running':
      return {};
    case 'skipped':
      return { wait: 'skipped' };
    case 'paused':
      return {
        wait: 'paused',
        'turns-back-in': formatDuration(Math.max(0, wait.until - now)),
      };
  }
}

/** How many pods of either side new requests reach, and how many there are. */
function serving(sides: Sides, slices: readonly EndpointSlice[]): LogEvent {
  const reached = readyPods(slices);
  const counts = (side: Side): string => {
    const pods = sides[side];
    const serve = pods.filter(({ metadata }) => reached.has(metadata.name)).length;
    return `${side}:${serve}/${pods.length}`;
  };
  return { event: 'status', serving: `${counts('stable')},${counts('candidate')}` };
}

function held(lease: Lease | undefined, now: Instant): LogEvent {
  const holder = holderOf(lease, now);
  const event = 'status';
  switch (holder.kind) {
    case 'free':
      return { event, 'held-by': 'none' };
    case 'gone':
      return {
        event,
        'held-by': 'none',
        gone: holder.release,
        for: formatDuration(now - holder.since),
      };
    case 'between-stages':
      return {
        event,
        'held-by': holder.release,
        'between-stages': 'yes',
        'until-in': formatDuration(holder.until - now),
      };
    case 'process':
      return { event, 'held-by': holder.release, process: holder.process };
  }
}
