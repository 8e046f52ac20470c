/** What an operator is told who asks how a release stands, or how the last ones went. */

import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import type { Instant, Side } from '../base/vocabulary.ts';
import { askerText } from '../journal/commands/asker.ts';
import { type Command, pendingCommands } from '../journal/commands/command.ts';
import type { Entry, Journal, ReleaseRecord } from '../journal/journal.ts';
import { holderOf } from '../journal/lease.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { EndpointSlice, Lease } from '../kubernetes/objects.ts';
import type { Sides } from '../plan/own-pods.ts';
import { interferenceText } from '../state/interference.ts';
import type { ReleaseState } from '../state/state.ts';
import { responseLine, summaryLine } from './status-line.ts';

const SHOWN_ACTIONS = 5;

/** How the last release of a service stands; the pods are those that its plan tells apart. */
export function statusLines(
  journal: Journal,
  orders: readonly Command[],
  lease: Lease | undefined,
  sides: Sides,
  slices: readonly EndpointSlice[],
  now: Instant,
): string[] {
  const { current, history, answers } = journal;
  if (!current) return ['release=none note="this service was never released"', held(lease, now)];
  const { plan, state, actions } = current;
  const record = history.find(({ release }) => release === plan.release);
  const { interferences = [] } = state.evidence;
  const pending = pendingCommands(orders, answers, plan.release);
  return [
    standing(current, now),
    ...(record && state.outcome !== undefined ? [summaryLine(record, plan.service)] : []),
    serving(sides, slices),
    held(lease, now),
    ...actions
      .slice(-SHOWN_ACTIONS)
      .map(({ text, at }) => `action="${text}" ago=${formatDuration(now - at)}`),
    ...interferences
      .slice(-SHOWN_ACTIONS)
      .map(
        (each) => `interference="${interferenceText(each)}" ago=${formatDuration(now - each.at)}`,
      ),
    ...pending.map(
      ({ order, at, ...asker }) =>
        `order=${order} ${askerText(asker)} pending-for=${formatDuration(now - at)}`,
    ),
    ...answers.filter(({ at }) => at >= state.startedAt).map(responseLine),
  ];
}

/** The last releases as a table, newest first. */
export function historyLines({ history }: Journal, now: Instant): string[] {
  if (history.length === 0) return ['this service was never released'];
  const rows = [
    ['ENDED', 'OUTCOME', 'FROM', 'TO', 'STRATEGY', 'TOOK', 'RELEASE', 'REASON'],
    ...history.map((record) => rowOf(record, now)),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => lengthAt(row, column))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function lengthAt(row: readonly string[], column: number): number {
  return row[column]?.length ?? 0;
}

function rowOf(record: ReleaseRecord, now: Instant): string[] {
  const { outcome, from, to, strategy, release, startedAt, endedAt, cause } = record;
  return [
    `${formatDuration(now - endedAt)} ago`,
    outcome,
    shortImage(from),
    shortImage(to),
    strategy,
    formatDuration(endedAt - startedAt),
    release,
    cause ?? '',
  ];
}

function standing({ plan, state }: Entry, now: Instant): string {
  const images = `from=${shortImage(plan.previousImage)} to=${shortImage(plan.image.reference)}`;
  const where = `phase=${state.phase} direction=${state.direction} for=${formatDuration(now - state.since)}`;
  const cause = state.cause === undefined ? '' : ` reason="${state.cause}"`;
  return `release=${plan.release} strategy=${plan.strategy} ${where}${waiting(state, now)} ${images}${cause}`;
}

function waiting({ wait }: ReleaseState, now: Instant): string {
  switch (wait.kind) {
    case 'running':
      return '';
    case 'skipped':
      return ' wait=skipped';
    case 'paused':
      return ` wait=paused turns-back-in=${formatDuration(Math.max(0, wait.until - now))}`;
  }
}

/** How many pods of either side new requests reach, and how many there are. */
function serving(sides: Sides, slices: readonly EndpointSlice[]): string {
  const reached = readyPods(slices);
  const counts = (side: Side): string => {
    const pods = sides[side];
    const serve = pods.filter(({ metadata }) => reached.has(metadata.name)).length;
    return `${side}:${serve}/${pods.length}`;
  };
  return `serving=${counts('stable')},${counts('candidate')}`;
}

function held(lease: Lease | undefined, now: Instant): string {
  const holder = holderOf(lease, now);
  switch (holder.kind) {
    case 'nobody':
      return 'held-by=none';
    case 'gone':
      return `held-by=none gone="${holder.release}" for=${formatDuration(now - holder.since)}`;
    case 'between-stages':
      return `held-by=${holder.release} between-stages=yes until-in=${formatDuration(holder.until - now)}`;
    case 'process':
      return `held-by=${holder.release} process=${holder.process}`;
  }
}
