/**
 * An audit log: a line of JSON for each release, each with the hash of the line before. Who changes, drops or
 * moves a line has to write all that follow anew, and then the last hash is another: one who has kept that one
 * elsewhere sees it.
 */
import { jsonOf } from '../../base/json.ts';
import type { AuditEntry } from './entry.ts';

/** SHA-256 in hex, of UTF-8. The core has no crypto of its own. */
export type Hash = (text: string) => string;

/** Of a log without lines. */
export const NO_HASH = '0'.repeat(64);

export interface AuditHead {
  /** How many lines there are. */
  readonly lines: number;
  /** Of the last one. */
  readonly hash: string;
}

export interface Audited {
  readonly head: AuditHead;
  readonly entries: readonly AuditEntry[];
  /** What is wrong, each with its line; empty: nothing is. */
  readonly faults: readonly string[];
}

/** Reads a log and looks whether it is as it was written. `kept`: its last hash, as somebody has kept it. */
export function readAudit(log: string, hash: Hash, kept?: string): Audited {
  const lines = log.split('\n');
  const isCut = lines.pop() !== '';
  const faults: string[] = isCut ? ['the last line has no end: it was cut off'] : [];
  const entries: AuditEntry[] = [];
  let head: AuditHead = { lines: 0, hash: NO_HASH };
  for (const [at, text] of lines.entries()) {
    const line = parsed(text, hash);
    if (line === undefined) {
      faults.push(`line ${at + 1} was changed`);
      // What follows is held against what it says itself: one change is one fault.
      head = { lines: head.lines + 1, hash: '' };
      continue;
    }
    const fault = faultOf(line, head);
    if (fault !== undefined) faults.push(`line ${at + 1} ${fault}`);
    entries.push(line.entry);
    head = { lines: line.number, hash: line.hash };
  }
  if (kept !== undefined && !lines.some((text) => parsed(text, hash)?.hash === kept)) {
    faults.push(
      'no line has the hash that was kept: lines at the end are missing, or all were written anew',
    );
  }
  return { head, entries, faults };
}

/** The lines to be added to a log that ends there, and where it ends then. */
export function auditLines(
  entries: readonly AuditEntry[],
  after: AuditHead,
  hash: Hash,
): { readonly text: string; readonly head: AuditHead } {
  let head = after;
  let text = '';
  for (const entry of entries) {
    const line = lineOf(head.lines + 1, head.hash, entry, hash);
    text += `${line.text}\n`;
    head = { lines: line.number, hash: line.hash };
  }
  return { text, head };
}

interface Line {
  readonly number: number;
  readonly previous: string;
  readonly entry: AuditEntry;
  readonly hash: string;
  readonly text: string;
}

function lineOf(number: number, previous: string, entry: AuditEntry, hash: Hash): Line {
  const own = hash(`${number}\n${previous}\n${JSON.stringify(entry)}`);
  const text = JSON.stringify({ number, previous, hash: own, entry });
  return { number, previous, entry, hash: own, text };
}

/** Undefined where it is no line, or is not, byte for byte, what its hash says. */
function parsed(text: string, hash: Hash): Line | undefined {
  const { number, previous, entry } = Object(jsonOf(text));
  if (!Number.isSafeInteger(number) || typeof previous !== 'string') return undefined;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const line = lineOf(number, previous, entry, hash);
  return line.text === text ? line : undefined;
}

function faultOf({ number, previous }: Line, head: AuditHead): string | undefined {
  const expected = head.lines + 1;
  if (number > expected)
    return `is number ${number}: ${expected} to ${number - 1} are missing before it`;
  if (number < expected)
    return `is number ${number}, and stands after ${head.lines}: it was moved, or repeated`;
  // After a line that was changed no one knows what it should follow.
  if (head.hash !== '' && previous !== head.hash) return 'does not follow the line before it';
  return undefined;
}
