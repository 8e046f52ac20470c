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

  /** Where a line begins, which counts from 1; 0 where there is no such line. */
  startOf(line: number): number {
    return this.starts[line - 1] ?? 0;
  }
}

/** From places in bytes of UTF-8, as the parser has them, to places in characters (UTF-16 units). */
export class BytePlaces {
  private readonly text: string;
  private bytes = 0;
  private character = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Quick where each place lies behind the one before. */
  at(bytes: number): number {
    if (bytes < this.bytes) {
      this.bytes = 0;
      this.character = 0;
    }
    while (this.bytes < bytes && this.character < this.text.length) {
      const point = this.text.codePointAt(this.character) ?? 0;
      this.bytes += bytesOf(point);
      this.character += unitsOf(point);
    }
    return this.character;
  }
}

/** From a place in code points, as the parser's errors have it. */
export function placeOfPoint(text: string, points: number): number {
  let character = 0;
  for (let left = points; left > 0 && character < text.length; left -= 1) {
    character += unitsOf(text.codePointAt(character) ?? 0);
  }
  return character;
}

function unitsOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
