/** The outbox: all that a journal has to tell and to whom, less what was told. */
import { fingerprint } from '../base/fingerprint.ts';
import type { Instant } from '../base/vocabulary.ts';
import type { Notification } from '../channels/channel.ts';
import { isMarked, type Mark } from '../channels/marks.ts';
import type { NotificationTarget } from '../channels/registry.ts';
import { isFor } from '../channels/wanted/routing.ts';
import { type Entry, type Journal, type ReleaseRecord, recordOf } from '../journal/journal.ts';
import { ofBeginning, ofEnd, ofWarning } from './notification.ts';

/** One notification for one target. */
export interface News {
  readonly notification: Notification;
  readonly target: NotificationTarget;
  /** Of the target, for marks. */
  readonly to: string;
}

/** Older news is history, and no one's to be woken by. */
const NEWS_MS = 24 * 3_600_000;

/** Oldest first. */
export function pendingNews(
  service: { readonly namespace: string; readonly service: string },
  journal: Journal,
  marks: readonly Mark[],
  now: Instant,
): readonly News[] {
  const { current, history } = journal;
  const ends = history.flatMap((record) => endOf(service, record, current));
  const begun = current ? ofEntry(current, recordOf(journal, current.plan.release)) : [];
  // What happened at the same moment in the order in which it did.
  return [...begun, ...ends]
    .filter(({ notification: { id, at }, to }) => now - at < NEWS_MS && !isMarked(marks, id, to))
    .sort((one, other) => one.notification.at - other.notification.at);
}

/** For each target that is to hear of it. */
export function newsFor(
  targets: readonly NotificationTarget[],
  notification: Notification,
): readonly News[] {
  return targets
    .filter((target) => isFor(target, notification))
    .map((target) => ({ notification, target, to: fingerprint(target) }));
}

function ofEntry({ plan, state }: Entry, record: ReleaseRecord | undefined): readonly News[] {
  // An older version has told its end, and what came before.
  if (record?.toldAt !== undefined) return [];
  const warnings = (state.evidence.warnings ?? []).filter(({ isFirst }) => isFirst);
  return [
    ofBeginning(plan, state),
    ...warnings.map((warning) => ofWarning(plan, state, warning)),
  ].flatMap((notification) => newsFor(plan.settings.notifications, notification));
}

function endOf(
  service: { readonly namespace: string; readonly service: string },
  record: ReleaseRecord,
  current: Entry | undefined,
): readonly News[] {
  const isCurrent = current?.plan.release === record.release;
  const targets = isCurrent ? current.plan.settings.notifications : (record.channels ?? []);
  const end = record.toldAt === undefined ? ofEnd(service, record) : undefined;
  return end ? newsFor(targets, end) : [];
}
