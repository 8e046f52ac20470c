/**
 * A file of SQL cut into its statements, as psql cuts it (`src/fe_utils/psqlscan.l`): at semicolons that
 * stand in no quote, comment, parenthesis or `BEGIN ATOMIC … END`. Each is parsed by itself, so that one
 * that is wrong hides no other, and the tree of one is all that is held at a time.
 */
import { endOfLine, isOfWord, spanAt } from './tokens.ts';

export interface Comment {
  readonly start: number;
  readonly text: string;
}

export interface StatementText {
  readonly text: string;
  /** In the file, in characters (UTF-16 units). */
  readonly start: number;
  /** In it, or between it and the statement before. */
  readonly comments: readonly Comment[];
}

/** What keeps a file from being read as SQL at some place. */
export interface ScanFault {
  readonly kind: 'open' | 'meta-command' | 'copy-data' | 'too-deep';
  readonly at: number;
  readonly what: string;
}

export interface Cut {
  readonly statements: readonly StatementText[];
  /** Those behind the last statement. */
  readonly trailing: readonly Comment[];
  readonly faults: readonly ScanFault[];
}

/** Deeper than this nests no statement that a person has written. */
const MOST_DEPTH = 200;

export function cutStatements(text: string): Cut {
  const cutter = new Cutter(text);
  cutter.run();
  return { statements: cutter.statements, trailing: cutter.comments, faults: cutter.faults };
}

class Cutter {
  readonly statements: StatementText[] = [];
  readonly faults: ScanFault[] = [];
  comments: Comment[] = [];
  private readonly text: string;
  private at = 0;
  /** Of the statement that is under way; undefined between two. */
  private start: number | undefined;
  private depth = 0;
  /** Of `BEGIN ATOMIC` and of the `CASE`s in it. */
  private blocks = 0;
  /** The first words of the statement, as they tell what it is. */
  private words: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): void {
    while (this.at < this.text.length) this.step();
    this.end(this.text.length);
  }

  private step(): void {
    const { text, at } = this;
    const character = text[at] ?? '';
    const span = spanAt(text, at);
    if (span) this.skip(span);
    else if (character === '\\') this.metaCommand();
    else if (character === ';' && this.depth === 0 && this.blocks === 0) this.semicolon();
    else if (isOfWord(character)) this.word();
    else this.mark(character);
  }

  private skip({ kind, end, isOpen }: NonNullable<ReturnType<typeof spanAt>>): void {
    if (kind === 'comment') {
      this.comments.push({ start: this.at, text: this.text.slice(this.at, end) });
    } else this.start ??= this.at;
    if (isOpen) {
      const what = kind === 'comment' ? 'a comment (/*)' : 'a quote';
      this.faults.push({ kind: 'open', at: this.at, what: `${what} is not closed` });
    }
    this.at = end;
  }

  /** Of psql, which no server knows; it ends with its line, and with it the statement it stands in. */
  private metaCommand(): void {
    const line = this.text.slice(this.at, endOfLine(this.text, this.at));
    const what = /^\\[A-Za-z!?.]*/.exec(line)?.[0] ?? '\\';
    this.faults.push({ kind: 'meta-command', at: this.at, what });
    this.at += line.length;
    this.start = undefined;
    this.reset();
  }

  private semicolon(): void {
    const isCopy = this.words[0] === 'copy' && this.words.includes('stdin');
    const copy = this.start;
    this.end(this.at);
    this.at += 1;
    if (!isCopy || copy === undefined) return;
    this.faults.push({ kind: 'copy-data', at: copy, what: 'COPY … FROM stdin' });
    const end = /^\\\.\r?$/m.exec(this.text.slice(this.at));
    this.at = end ? this.at + end.index + end[0].length : this.text.length;
  }

  private word(): void {
    this.start ??= this.at;
    let end = this.at + 1;
    while (isOfWord(this.text[end])) end += 1;
    const word = this.text.slice(this.at, Math.min(end, this.at + 32)).toLowerCase();
    if (this.words.length < MOST_WORDS) this.words.push(word);
    this.blocksAt(word);
    // A prefix of a quote (E'…') is left to be seen with it.
    this.at = end;
  }

  /** As psql counts them: only what creates a routine may have a body with semicolons in it. */
  private blocksAt(word: string): void {
    const isRoutine = this.words[0] === 'create' && this.words.slice(1, 4).some(isRoutineWord);
    if (!isRoutine || this.depth > 0) return;
    if (word === 'begin' || (this.blocks > 0 && word === 'case')) this.blocks += 1;
    else if (word === 'end' && this.blocks > 0) this.blocks -= 1;
  }

  private mark(character: string): void {
    if (!/\s/.test(character)) this.start ??= this.at;
    if (character === '(' || character === '[') this.depth += 1;
    else if (character === ')' || character === ']') this.depth = Math.max(0, this.depth - 1);
    if (this.depth === MOST_DEPTH + 1 && (character === '(' || character === '[')) {
      const what = `is nested deeper than ${MOST_DEPTH}`;
      this.faults.push({ kind: 'too-deep', at: this.at, what });
    }
    this.at += 1;
  }

  private end(end: number): void {
    if (this.start !== undefined) {
      const text = this.text.slice(this.start, end);
      this.statements.push({ text, start: this.start, comments: this.comments });
      this.comments = [];
    }
    this.start = undefined;
    this.reset();
  }

  private reset(): void {
    this.depth = 0;
    this.blocks = 0;
    this.words = [];
  }
}

/** `COPY schema.table (many, columns) FROM stdin`: the word that is looked for may come late. */
const MOST_WORDS = 2_000;

function isRoutineWord(word: string): boolean {
  return word === 'function' || word === 'procedure';
}
