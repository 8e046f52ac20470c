/**
 * Reads a scanner's report, however long it is, in two passes over its bytes: what it is and is about
 * comes first, then what it lists, entry by entry. A report that cannot be read is a finding.
 */
import { foreignText } from '../../../core/base/foreign-text.ts';
import { type Finding, found } from '../../../core/security/finding.ts';
import { FORMATS } from '../../../core/security/reports/formats.ts';
import type { ReportFormat, ReportHead } from '../../../core/security/reports/report.ts';
import { Pieces } from './pieces.ts';
import { PiecesFault } from './pieces-fault.ts';

/** A report's bytes, which can be read more than once. */
export interface ReportSource {
  /** For people: a file's name, or what it came with. */
  readonly name: string;
  chunks(): AsyncIterable<Buffer>;
}

export interface OpenedReport {
  readonly kind: 'opened';
  readonly source: ReportSource;
  readonly head: ReportHead;
  readonly format: ReportFormat;
  readonly skeleton: unknown;
}

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly finding: Finding;
}

/** Longer than a million findings is none. */
const MOST_BYTES = 1024 * 1_048_576;

const LISTS = FORMATS.flatMap(({ lists, skipped }) => [...lists, ...skipped]);

/** Which scanner's it is, and what it says of itself. */
export async function openReport(source: ReportSource): Promise<OpenedReport | Unreadable> {
  try {
    const pieces = new Pieces(LISTS, undefined);
    await readThrough(source, pieces);
    const skeleton = pieces.end();
    const format = FORMATS.find(({ isIt }) => isIt(skeleton));
    if (!format) return unreadable(source, 'malformed', 'it is of no known scanner');
    const read = format.headOf(skeleton, pieces.lengths);
    if (read.kind === 'malformed') return unreadable(source, 'malformed', read.why);
    return { kind: 'opened', source, head: read.head, format, skeleton };
  } catch (thrown) {
    return unreadableBy(source, thrown);
  }
}

/** Hands on each of its findings; returns the one that it cannot be read to its end, if that is so. */
export async function readFindings(
  { source, format, skeleton }: OpenedReport,
  onFinding: (finding: Finding) => void,
): Promise<Finding | undefined> {
  try {
    const pieces = new Pieces(LISTS, ({ list, at, value }) => {
      if (!format.lists.includes(list)) return;
      const read = format.entryOf(list, at, value, skeleton);
      if (read.kind === 'malformed') throw new PiecesFault('malformed', read.why);
      if (read.kind === 'finding') onFinding(read.finding);
    });
    await readThrough(source, pieces);
    pieces.end();
    return undefined;
  } catch (thrown) {
    return unreadableBy(source, thrown).finding;
  }
}

async function readThrough(source: ReportSource, pieces: Pieces): Promise<void> {
  let bytes = 0;
  for await (const chunk of source.chunks()) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new PiecesFault('too-large', `it is larger than ${MOST_BYTES} bytes`);
    }
    pieces.push(chunk);
  }
}

function unreadableBy(source: ReportSource, thrown: unknown): Unreadable {
  if (thrown instanceof PiecesFault) return unreadable(source, thrown.kind, thrown.message);
  throw thrown;
}

function unreadable({ name }: ReportSource, kind: PiecesFault['kind'], why: string): Unreadable {
  const id = kind === 'malformed' ? 'SCN002' : 'SCN003';
  return { kind: 'unreadable', finding: found(id, `${foreignText(name, 120)}: ${why}`) };
}
