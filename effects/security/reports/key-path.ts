/** Where in a JSON document its reader is: the keys and indices on the way there, as far as they matter. */

/** Deeper lies no list that is asked for. */
const MOST_DEPTH = 6;
/** No key that is asked for is longer, escapes and all. */
const MOST_KEY_BYTES = 256;

export class KeyPath {
  private readonly patterns: readonly (readonly [name: string, parts: readonly string[]])[];
  /** By depth, from 1: the key that was read last, how many commas came, and whether it is a list. */
  private readonly keys: (string | undefined)[] = [];
  private readonly indices: number[] = [];
  private readonly isList: boolean[] = [];
  private parts: Buffer[] = [];
  private bytes = 0;

  /** Lists by their paths: `Results.*.Vulnerabilities`, a star for each index. */
  constructor(lists: readonly string[]) {
    this.patterns = lists.map((name) => [name, name.split('.')] as const);
  }

  textBegins(): void {
    this.parts = [];
    this.bytes = 0;
  }

  /** A piece of a text, without its quotes. */
  text(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes <= MOST_KEY_BYTES) this.parts.push(Buffer.from(part));
  }

  /** The text that was read last is a key. */
  colon(depth: number): void {
    if (depth <= MOST_DEPTH) this.keys[depth] = this.lastText();
  }

  comma(depth: number): void {
    if (depth <= MOST_DEPTH) this.indices[depth] = (this.indices[depth] ?? 0) + 1;
  }

  open(depth: number, isList: boolean): void {
    if (depth > MOST_DEPTH) return;
    this.isList[depth] = isList;
    this.indices[depth] = 0;
    this.keys[depth] = undefined;
  }

  /** The list that begins here, where it is one that was asked for, with the indices for its stars. */
  listAt(depth: number): { readonly name: string; readonly at: readonly number[] } | undefined {
    const pattern = this.patterns.find(([, parts]) => parts.length === depth && this.isAt(parts));
    if (!pattern) return undefined;
    const [name, parts] = pattern;
    const at = parts.flatMap((part, index) => (part === '*' ? [this.indices[index + 1] ?? 0] : []));
    return { name, at };
  }

  private isAt(parts: readonly string[]): boolean {
    return parts.every((part, index) => {
      const depth = index + 1;
      return part === '*' ? this.isList[depth] : !this.isList[depth] && part === this.keys[depth];
    });
  }

  private lastText(): string | undefined {
    if (this.bytes > MOST_KEY_BYTES) return undefined;
    const text = Buffer.concat(this.parts).toString('utf8');
    if (!text.includes('\\')) return text;
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      // Told when what it is part of is parsed.
      return undefined;
    }
  }
}
