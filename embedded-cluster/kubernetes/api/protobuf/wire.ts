/** Protobuf's wire format: what is enough to read client's objects and to write one document. */
import { Buffer } from 'node:buffer';

export type Wire =
  | { readonly type: 'varint'; readonly value: bigint }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'fixed'; readonly value: Uint8Array };

export interface WireField {
  readonly number: number;
  readonly wire: Wire;
}

export function readFields(message: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('a varint that does not end');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError('a field longer than its message');
    at += length;
    return message.subarray(at - length, at);
  };
  const wire = (type: number): Wire => {
    switch (type) {
      case 0:
        return { type: 'varint', value: varint() };
      case 1:
        return { type: 'fixed', value: bytes(8) };
      case 2:
        return { type: 'bytes', value: bytes(Number(varint())) };
      case 5:
        return { type: 'fixed', value: bytes(4) };
      default:
        throw new RangeError(`wire type ${type}`);
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    fields.push({ number: tag >> 3, wire: wire(tag & 7) });
  }
  return fields;
}

/** A field that holds text, a message or another run of bytes. */
export function bytesField(number: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varintBytes((number << 3) | 2), varintBytes(content.length), content]);
}

export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
