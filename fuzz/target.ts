/** A parser of the product that reads what others wrote, as the fuzzer asks it. */

export interface Target {
  readonly name: string;
  /** What JSON is changed as a document, too; everything is changed as text. */
  readonly form: 'text' | 'json';
  /** What means something to the parser: put in where a word was. */
  readonly words: readonly string[];
  /** What has to be there before the first input is read, and takes longer than one may. */
  prepare?(): void | Promise<void>;
  /**
   * Reads an input as the product does, and returns what the product says of it to people: in a log, a
   * result, a message. The faults that the parser has a type for are caught in here; whatever else is
   * thrown is a finding.
   */
  read(input: string): readonly string[] | Promise<readonly string[]>;
  /** Where the canary stands in what a fault may tell: the name of a key, of a host. */
  mayTell?(input: string): boolean;
}

/** A value that somebody would not like to see in a log. */
export const CANARY = 's3cr3t-canary-0123456789';

/** What is said of an input is told as one text: where something is wrong with it, it is thrown. */
export class Broken extends Error {}

/** For what must hold of whatever a parser has made of an input. */
export function insist(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}
