/**
 * Takes a JSON document apart without holding it: the entries of its long lists come one by one, and what
 * is left, the skeleton, is as long as a report's head. Every byte is part of the skeleton or of an entry,
 * and both are parsed by JSON.parse, so what is not JSON cannot pass.
 */
import { KeyPath } from './key-path.ts';
import { PiecesFault } from './pieces-fault.ts';
import { Portion } from './portion.ts';

export interface Piece {
  /** The list, as it was asked for: `Results.*.Vulnerabilities`. */
  readonly list: string;
  /** The indices for its stars. */
  readonly at: readonly number[];
  readonly value: unknown;
}

const MOST_DEPTH = 64;
const MOST_SKELETON_BYTES = 16 * 1_048_576;
const MOST_ENTRY_BYTES = 4 * 1_048_576;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** A list whose entries are taken out. */
interface OpenedList {
  readonly name: string;
  readonly at: readonly number[];
  /** Of what lies directly in it. */
  readonly depth: number;
  entries: number;
}

export class Pieces {
  readonly lengths = new Map<string, number>();
  private readonly path: KeyPath;
  private readonly skeleton = new Portion('what is not in its lists', MOST_SKELETON_BYTES);
  private list: OpenedList | undefined;
  private entry: Portion | undefined;
  private depth = 0;
  private inText = false;
  /** How many backslashes stand before the byte that comes next. */
  private backslashes = 0;
  /** From where on the bytes of this chunk have not been taken yet. */
  private from = 0;

  /** `onEntry` undefined: entries are counted, and not looked at. */
  constructor(
    lists: readonly string[],
    private readonly onEntry: ((piece: Piece) => void) | undefined,
  ) {
    this.path = new KeyPath(lists);
  }

  /** Throws PiecesFault where the document cannot be read on. */
  push(chunk: Buffer): void {
    this.from = 0;
    let at = 0;
    while (at < chunk.length) {
      at = this.inText ? this.throughText(chunk, at) : this.step(chunk, at);
    }
    this.take(chunk, chunk.length);
  }

  /** The document without the entries of its lists. Throws PiecesFault where it is not whole. */
  end(): unknown {
    if (this.inText || this.depth > 0) throw new PiecesFault('malformed', 'it ends in the middle');
    return this.skeleton.parsed();
  }

  /** One byte that is in no text; returns where the next one is. */
  private step(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (this.list && this.depth === this.list.depth && this.bound(this.list, chunk, at, byte)) {
      return at + 1;
    }
    switch (byte) {
      case QUOTE:
        this.inText = true;
        this.backslashes = 0;
        if (!this.entry) this.path.textBegins();
        break;
      case COLON:
        (this.entry ?? this.skeleton).colons += 1;
        if (!this.entry) this.path.colon(this.depth);
        break;
      case COMMA:
        if (!this.entry) this.path.comma(this.depth);
        break;
      case OPEN_LIST:
      case OPEN_MAP:
        this.open(chunk, at, byte === OPEN_LIST);
        break;
      case CLOSE_LIST:
      case CLOSE_MAP:
        this.depth -= 1;
        if (this.depth < 0) throw new PiecesFault('malformed', 'it closes what was never opened');
        break;
    }
    return at + 1;
  }

  /** Finds the end of a text by its quote, of which an odd number of backslashes before it makes none. */
  private throughText(chunk: Buffer, at: number): number {
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote === -1 ? chunk.length : quote;
    let first = end;
    while (first > at && chunk[first - 1] === BACKSLASH) first -= 1;
    this.backslashes = (first === at ? this.backslashes : 0) + (end - first);
    const isEnd = quote !== -1 && this.backslashes % 2 === 0;
    const next = quote === -1 ? end : end + 1;
    if (!this.entry) this.path.text(chunk.subarray(at, isEnd ? end : next));
    if (quote !== -1) this.backslashes = 0;
    this.inText = !isEnd;
    return next;
  }

  private open(chunk: Buffer, at: number, isList: boolean): void {
    const found = !this.list && isList ? this.path.listAt(this.depth) : undefined;
    this.depth += 1;
    if (this.depth > MOST_DEPTH) {
      throw new PiecesFault('malformed', `it nests deeper than ${MOST_DEPTH}`);
    }
    if (this.entry) return;
    this.path.open(this.depth, isList);
    if (!found) return;
    this.take(chunk, at + 1);
    this.list = { ...found, depth: this.depth, entries: 0 };
  }

  /**
   * Where a list's own commas, and its end, are: an entry begins or ends there. Whatever stands between two
   * commas is an entry, so what is none is told when it is parsed. True: the byte is done with.
   */
  private bound(list: OpenedList, chunk: Buffer, at: number, byte: number): boolean {
    if (!this.entry) {
      // Of an empty list there is nothing but its end.
      if (SPACES.includes(byte)) {
        this.from = at + 1;
        return true;
      }
      if (byte === CLOSE_LIST && list.entries === 0) {
        this.from = at;
        this.list = undefined;
        return false;
      }
      this.from = at;
      this.entry = new Portion('an entry', MOST_ENTRY_BYTES);
    }
    if (byte === CLOSE_MAP) throw new PiecesFault('malformed', 'a list is closed as a map');
    if (byte !== COMMA && byte !== CLOSE_LIST) return false;
    this.endEntry(list, chunk, at);
    if (byte === COMMA) {
      this.from = at + 1;
      this.entry = new Portion('an entry', MOST_ENTRY_BYTES);
      return true;
    }
    this.list = undefined;
    return false;
  }

  private endEntry(list: OpenedList, chunk: Buffer, at: number): void {
    const { entry } = this;
    if (!entry) return;
    this.take(chunk, at);
    this.entry = undefined;
    list.entries += 1;
    this.lengths.set(list.name, (this.lengths.get(list.name) ?? 0) + 1);
    this.onEntry?.({ list: list.name, at: list.at, value: entry.parsed() });
  }

  /** What has come since the last time, up to `end`, is part of what is gathered. */
  private take(chunk: Buffer, end: number): void {
    if (this.entry) this.entry.add(chunk.subarray(this.from, end));
    else if (!this.list) this.skeleton.add(chunk.subarray(this.from, end));
    this.from = end;
  }
}
