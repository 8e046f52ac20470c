/**
 * What happened, as the `Event` objects that `kubectl describe` lists. The same thing again counts
 * one up; many alike are told as one, as the real recorder tells them.
 */

import { microTimestamp, timestamp } from '../../base/clock.ts';
import { events } from '../collection.ts';
import { ApiFailure } from '../definitions/failure.ts';
import type { KubeObject } from '../store/object.ts';
import type { World } from '../world.ts';

export type EventType = 'Normal' | 'Warning';

export type RecordEvent = (
  object: KubeObject,
  type: EventType,
  reason: string,
  message: string,
  fieldPath?: string,
) => void;

interface Source {
  readonly component: string;
  readonly host?: string;
}

const COMBINED = '(combined from similar events): ';
const DIFFERENT_MESSAGES = 10;
const SIMILAR_WITHIN_MS = 10 * 60_000;
/** Of one kind and one object so many at once, and then one more now and then. */
const BURST = 25;
const ONE_MORE_AFTER_MS = 5 * 60_000;

export function createEventRecorder(world: World, source: Source): RecordEvent {
  const { clock } = world;
  const named = new Map<string, string>();
  const allowances = new Map<string, { left: number; atMs: number }>();
  const similar = new Map<string, { messages: Set<string>; atMs: number }>();

  const isTooMuch = (kin: string): boolean => {
    const now = clock.now();
    const { left, atMs } = allowances.get(kin) ?? { left: BURST, atMs: now };
    const allowed = Math.min(BURST, left + (now - atMs) / ONE_MORE_AFTER_MS);
    allowances.set(kin, { left: allowed >= 1 ? allowed - 1 : allowed, atMs: now });
    return allowed < 1;
  };

  /** Whether this is one of so many different ones that they are told together. */
  const isOneOfMany = (kin: string, message: string): boolean => {
    const now = clock.now();
    const known = similar.get(kin);
    const isRecent = known && now - known.atMs <= SIMILAR_WITHIN_MS;
    const group = isRecent ? known : { messages: new Set<string>(), atMs: now };
    group.messages.add(message);
    group.atMs = now;
    similar.set(kin, group);
    return group.messages.size >= DIFFERENT_MESSAGES;
  };

  const record: RecordEvent = (object, type, reason, message, fieldPath) => {
    const kin = [object.metadata.uid, type, reason].join('\0');
    if (isTooMuch(kin)) return;
    const combined = isOneOfMany(kin, message);
    const identity = combined ? kin : [kin, fieldPath, message].join('\0');
    const text = combined ? `${COMBINED}${message}` : message;
    const namespace = namespaceOf(object);
    const name = named.get(identity);
    const earlier = name === undefined ? undefined : events(world).get(namespace, name);
    const at = timestamp(clock.now());
    if (earlier) {
      const count = (earlier.count ?? 1) + 1;
      events(world).update({ ...earlier, count, lastTimestamp: at, message: text });
      return;
    }
    const created = events(world).create({
      metadata: { name: eventName(world, object), namespace },
      involvedObject: referenceTo(object, fieldPath),
      type,
      reason,
      message: text,
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      eventTime: null,
      source,
      reportingComponent: source.component,
      reportingInstance: source.host ?? '',
    });
    named.set(identity, created.metadata.name);
  };

  return (...event) => unlessRefused(() => record(...event));
}

/** Nobody waits for an event: in a namespace that is going there are no more of them. */
function unlessRefused(write: () => void): void {
  try {
    write();
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
  }
}

/** The newer form of an event, which the scheduler writes: an action, one time, no count. */
export function recordAction(
  world: World,
  reporter: { readonly component: string; readonly instance: string },
  object: KubeObject,
  event: { type: EventType; reason: string; action: string; message: string },
): void {
  unlessRefused(() =>
    events(world).create({
      metadata: { name: eventName(world, object), namespace: namespaceOf(object) },
      involvedObject: referenceTo(object),
      ...event,
      eventTime: microTimestamp(world.clock.now()),
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: reporter.component,
      reportingInstance: reporter.instance,
    }),
  );
}

function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? 'default';
}

function referenceTo(object: KubeObject, fieldPath?: string): Record<string, unknown> {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** `payment-service.18e9f91ae9bef7ec`: real ones count nanoseconds; chance stands for those here. */
function eventName({ clock, random }: World, object: KubeObject): string {
  const nanoseconds = BigInt(clock.now()) * 1_000_000n + BigInt(Math.floor(random() * 1_000_000));
  return `${object.metadata.name}.${nanoseconds.toString(16)}`;
}
