/** Runs tell of what becomes of them in Events: one whenever their condition says something new. */
import type { EventType, RecordEvent } from '../kubernetes/controllers/events.ts';
import type { KubeObject } from '../kubernetes/store/object.ts';
import type { Condition } from './model/runs.ts';

export function announceStart(record: RecordEvent, run: KubeObject): void {
  record(run, 'Normal', 'Started', '');
}

export function announce(
  record: RecordEvent,
  run: KubeObject,
  before: Condition | undefined,
  after: Condition | undefined,
): void {
  if (!after || saysTheSame(before, after)) return;
  const [type, reason] = headline(after);
  record(run, type, reason, after.message ?? '');
}

function headline({ status, reason }: Condition): [EventType, string] {
  switch (status) {
    case 'True':
      return ['Normal', 'Succeeded'];
    case 'False':
      return ['Warning', 'Failed'];
    case 'Unknown':
      return ['Normal', reason];
  }
}

function saysTheSame(before: Condition | undefined, after: Condition): boolean {
  return (
    before?.status === after.status &&
    before.reason === after.reason &&
    before.message === after.message
  );
}
