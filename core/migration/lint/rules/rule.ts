/** What a rule of the linter is, what it is asked about, and what it answers. */
import { BLOCKS, isStronger, lockText, stopsWrites } from '../locks/modes.ts';
import { isMore, type Touch, type Work } from '../locks/touch.ts';
import type { Schema } from '../schema/schema.ts';
import type { Act } from '../tree/act.ts';
import { type Name, nameText } from '../tree/names.ts';
import type { Fields } from '../tree/node.ts';
import type { Transaction } from './transaction.ts';

/** An error refuses the file; a warning does where the linter is strict; a note never does. */
export type Severity = 'error' | 'warning' | 'note';

/** What a file is for: the kinds of a migration's files, or SQL that some other tool runs. */
export type Phase = 'expand' | 'contract' | 'down' | 'validate' | 'other';

/** How a file is run. */
export interface Setting {
  readonly phase: Phase;
  /** By the runner of this project, whose the transactions and the timeouts are. */
  readonly isOwn: boolean;
  /** `statement`: each in a transaction of its own; `file`: all in one, as most tools do. */
  readonly transactions: 'statement' | 'file';
  /** Whether the runner sees to it that no statement waits long for its lock. */
  readonly hasLockTimeout: boolean;
}

export interface Situation {
  readonly act: Act;
  /** Of its tree. */
  readonly fields: Fields;
  /** What it locks; empty where that is not known. */
  readonly touches: readonly Touch[];
  /** As it is before. */
  readonly schema: Schema;
  readonly setting: Setting;
  readonly transaction: Transaction;
}

export interface Found {
  /** What happens, with the names that the statement has. */
  readonly seen: string;
  /** Where it is another one than the rule's. */
  readonly severity?: Severity;
  /** What to write, with the names that the statement has; the rule's own words where it is not told. */
  readonly instead?: string;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** What it is about, for the page of all rules. */
  readonly what: string;
  /** What to do instead. */
  readonly instead: string;
  /** squawk's rules for the same. */
  readonly peers: readonly string[];
  /** Statements that it finds, and statements that do the same without harm, for the page and its test. */
  readonly bad: string;
  readonly good: string;
  /** How the example is run, where that matters. */
  readonly setting?: Partial<Setting>;
  find(situation: Situation): Found | undefined;
}

/** Touches of what running versions know: the file at hand has not made it. */
export function onOld({ touches, schema }: Situation): readonly Touch[] {
  return touches.filter(({ relation }) => relation === undefined || !schema.isNew(relation));
}

/** Whether a running version knows it. */
export function isOld({ schema }: Situation, name: Name): boolean {
  return !schema.isNew(name);
}

/** Whether somebody who writes waits while rows are read or written. */
export function isLong({ lock, work }: Touch): boolean {
  return stopsWrites(lock) && work !== 'brief';
}

/** The touch that is felt most, of those that are. */
function worst(touches: readonly Touch[]): Touch | undefined {
  let found: Touch | undefined;
  for (const each of touches) {
    const isWorse =
      found === undefined ||
      (isLong(each) && !isLong(found)) ||
      (isLong(each) === isLong(found) &&
        (isMore(each.work, found.work) ||
          (each.work === found.work && isStronger(each.lock, found.lock))));
    if (isWorse) found = each;
  }
  return found;
}

const WORKS: Readonly<Record<Work, string>> = {
  brief: 'for a moment',
  scan: 'while every row is read',
  rewrite: 'while every row is written anew',
};

/** `ACCESS EXCLUSIVE on orders while every row is read: every read and write waits`. */
export function costText(situation: Situation, touches = onOld(situation)): string {
  const felt = worst(touches);
  return felt ? touchText(situation.schema, felt) : 'it locks nothing that is in use';
}

function touchText(schema: Schema, { lock, work, text, relation, isSure }: Touch): string {
  const maybe = isSure ? '' : ', as far as the files tell';
  const rows = relation && schema.table(relation)?.rows;
  const size = rows === undefined ? '' : ` (about ${rows} rows)`;
  return `${lockText(lock)} on ${text}${size} ${WORKS[work]}${maybe}: ${BLOCKS[lock]}`;
}

/** `ALTER TABLE orders`. */
export function alter(table: Name): string {
  return `ALTER TABLE ${nameText(table)}`;
}
