/** Objects in protobuf, as kubectl sends some of them, read by the numbers in the tables of types. */
import { Buffer } from 'node:buffer';
import { timestamp } from '../../../base/clock.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import type { Field, Scalar, Shape, StructShape } from '../../definitions/schema/shape.ts';
import { namedShape } from '../../kinds/types/shapes.ts';
import { readFields, type Wire } from './wire.ts';

// Every such body begins with these bytes, then an envelope that names what is in it.
const MAGIC = 'k8s\0';
const ENVELOPE = { typeMeta: 1, raw: 2 };
const TYPE_META = { apiVersion: 1, kind: 2 };
const ENTRY = { key: 1, value: 2 };
const TIME = { seconds: 1, nanos: 2 };
const INT_OR_STRING = { type: 1, int: 2, string: 3 };
const QUANTITY = { string: 1 };

/**
 * Numbers and booleans that Go cannot leave out: zero there means nothing was said, while elsewhere
 * it was meant.
 */
const ALWAYS_WRITTEN = new Set([
  ...['generation', 'hostPort', 'containerPort', 'initialDelaySeconds', 'timeoutSeconds', 'weight'],
  ...['periodSeconds', 'successThreshold', 'failureThreshold', 'minReadySeconds', 'nodePort'],
  ...['healthCheckNodePort', 'count', 'maxSkew', 'hostNetwork', 'hostPID', 'hostIPC', 'stdin'],
  ...['stdinOnce', 'tty', 'readOnly', 'paused', 'publishNotReadyAddresses', 'ready', 'allowed'],
  ...['denied', 'authenticated', 'restartCount', 'incomplete', 'unschedulable'],
]);

export function decodeProtobuf(body: Uint8Array): Record<string, unknown> {
  if (Buffer.from(body.subarray(0, MAGIC.length)).toString() !== MAGIC) {
    throw new ApiFailure('BadRequest', 'the body does not begin as protobuf of Kubernetes does');
  }
  const envelope = group(body.subarray(MAGIC.length));
  const type = group(contentOf(envelope.get(ENVELOPE.typeMeta)?.[0]));
  const apiVersion = textIn(type.get(TYPE_META.apiVersion)?.[0]);
  const kind = textIn(type.get(TYPE_META.kind)?.[0]);
  const shape = namedShape(kind, apiVersion.split('/').at(-1) ?? '');
  if (!shape) {
    throw new ApiFailure('UnsupportedMediaType', `${kind} cannot be read from protobuf here`);
  }
  const raw = contentOf(envelope.get(ENVELOPE.raw)?.[0]);
  return { apiVersion, kind, ...structFrom(raw, shape) };
}

type Groups = ReadonlyMap<number, readonly Wire[]>;

function group(message: Uint8Array): Groups {
  const groups = new Map<number, Wire[]>();
  for (const { number, wire } of readFields(message)) {
    const known = groups.get(number);
    if (known) known.push(wire);
    else groups.set(number, [wire]);
  }
  return groups;
}

function structFrom(message: Uint8Array, shape: StructShape): Record<string, unknown> {
  const groups = group(message);
  refuseUnknown(groups, shape);
  const fields = [...shape.fields].flatMap(([name, field]): [string, unknown][] => {
    const wires = wiresOf(groups, field);
    if (wires.length === 0) return [];
    const value = valueFrom(wires, field.shape);
    const unsaid = ALWAYS_WRITTEN.has(name) && (value === 0 || value === false);
    return value === undefined || value === '' || unsaid ? [] : [[name, value]];
  });
  return Object.fromEntries(fields);
}

/** Where Go embeds a struct, the field lies in a message of its own. */
function wiresOf(groups: Groups, { number }: Field): readonly Wire[] {
  if (!number) return [];
  const [first = 0, second] = number;
  const wires = groups.get(first) ?? [];
  if (second === undefined) return wires;
  return wires.flatMap((wire) => group(contentOf(wire)).get(second) ?? []);
}

/** A number that is in no table would be lost without a word. */
function refuseUnknown(groups: Groups, shape: StructShape): void {
  const known = new Set([...shape.fields.values()].map(({ number }) => number?.[0]));
  for (const number of groups.keys()) {
    if (!known.has(number)) {
      throw new ApiFailure('BadRequest', `field ${number} of ${shape.name} is not known here`);
    }
  }
}

function valueFrom(wires: readonly Wire[], shape: Shape): unknown {
  const last = wires.at(-1);
  switch (shape.type) {
    case 'scalar':
      return scalarFrom(last, shape.scalar);
    case 'struct':
      return structFrom(contentOf(last), shape);
    case 'list':
      return wires.map((wire) => valueFrom([wire], shape.items));
    case 'map':
      return Object.fromEntries(
        wires.map((wire) => {
          const entry = group(contentOf(wire));
          const value = valueFrom(entry.get(ENTRY.value) ?? [], shape.values);
          return [textIn(entry.get(ENTRY.key)?.[0]), value ?? ''];
        }),
      );
  }
}

function scalarFrom(wire: Wire | undefined, scalar: Scalar): unknown {
  switch (scalar) {
    case 'int':
      return numberIn(wire);
    case 'bool':
      return numberIn(wire) !== 0;
    case 'string':
      return textIn(wire);
    case 'bytes':
      return Buffer.from(contentOf(wire)).toString('base64');
    case 'Time':
    case 'MicroTime':
      return timeFrom(group(contentOf(wire)));
    case 'Quantity':
      return textIn(group(contentOf(wire)).get(QUANTITY.string)?.[0]);
    case 'IntOrString': {
      const either = group(contentOf(wire));
      const isString = numberIn(either.get(INT_OR_STRING.type)?.[0]) === 1;
      return isString
        ? textIn(either.get(INT_OR_STRING.string)?.[0])
        : numberIn(either.get(INT_OR_STRING.int)?.[0]);
    }
    case 'any':
      return undefined;
  }
}

function timeFrom(time: Groups): string | undefined {
  const seconds = numberIn(time.get(TIME.seconds)?.[0]);
  const nanos = numberIn(time.get(TIME.nanos)?.[0]);
  return seconds === 0 ? undefined : timestamp(seconds * 1000 + nanos / 1e6);
}

function contentOf(wire: Wire | undefined): Uint8Array {
  return wire?.type === 'bytes' ? wire.value : new Uint8Array();
}

function textIn(wire: Wire | undefined): string {
  return Buffer.from(contentOf(wire)).toString();
}

function numberIn(wire: Wire | undefined): number {
  return wire?.type === 'varint' ? Number(BigInt.asIntN(64, wire.value)) : 0;
}
