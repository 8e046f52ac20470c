/** A part of a JSON document that is gathered from chunks and parsed as a whole. */
import { PiecesFault } from './pieces-fault.ts';

export class Portion {
  /** Those outside of texts: as many as there are keys. */
  colons = 0;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly what: string,
    private readonly mostBytes: number,
  ) {}

  /** Copied: the chunk is the reader's, who fills it anew. */
  add(part: Buffer): void {
    if (part.length === 0) return;
    this.bytes += part.length;
    if (this.bytes > this.mostBytes) {
      throw new PiecesFault('too-large', `${this.what} is larger than ${this.mostBytes} bytes`);
    }
    this.parts.push(Buffer.from(part));
  }

  /** Throws PiecesFault where it is not JSON, or a key stands twice: readers would not agree on it. */
  parsed(): unknown {
    const value = jsonIn(Buffer.concat(this.parts).toString('utf8'));
    if (keysIn(value) !== this.colons) throw new PiecesFault('malformed', 'a key stands twice');
    return value;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the document, in which a secret may stand.
    const first = text.trimStart().slice(0, 1);
    const why = first === '{' ? 'it is not JSON' : 'it is not JSON: something else stands ahead';
    throw new PiecesFault('malformed', why);
  }
}

/** How many keys all its maps have together. It nests as deep as its reader lets it. */
function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values = Object.values(value);
  let keys = Array.isArray(value) ? 0 : values.length;
  for (const each of values) keys += keysIn(each);
  return keys;
}
