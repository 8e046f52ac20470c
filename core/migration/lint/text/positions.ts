/** Lines and columns of a file, and what the parser's places, in bytes, are in it. */

/** Both count from 1; columns count characters (UTF-16 units), as editors and SARIF do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export class Lines {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  /** Of a place in the text, in characters. */
  at(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }
}

/** How many characters of a text its first `bytes` bytes in UTF-8 are. */
export function charactersOf(text: string, bytes: number): number {
  let left = bytes;
  let at = 0;
  while (left > 0 && at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    left -= bytesOf(point);
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
