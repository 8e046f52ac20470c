/** `--output=json`: one document instead of log lines, whatever comes of it. */

import type { SectionFound } from '../../core/journal/stage-sections.ts';
import type { LogEvent } from '../../core/report/log/log-events.ts';
import { previewOf, previewText, type Seen, type Told } from '../../core/report/preview/preview.ts';
import type { Preview } from '../../core/report/preview/schema.ts';
import { BadInput, StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekSection } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { subjectOf, text } from '../../effects/stage/options.ts';
import { option, REFUSALS, type StageEnd } from '../../effects/stage/run-stage.ts';

export type Given = Readonly<Record<string, string>>;

/** How it ended, and what was seen on the way. */
export interface Looked {
  readonly end: StageEnd;
  readonly seen: Seen;
}

export const OUTPUT_OPTIONS = {
  output: option('text: log lines; json: one document (docs/preview.schema.json)', 'text'),
  'security-scan': option('run: a document waits for the verdict of security-scan', 'skip'),
};

export function refuseOutput(output: string): void {
  if (output === 'text' || output === 'json') return;
  throw new BadInput([`param output: "${output}" must be one of text, json`]);
}

export async function inOneDocument(
  options: Given,
  context: StageContext,
  look: (options: Given, context: StageContext) => Promise<Looked>,
): Promise<StageEnd> {
  const events: LogEvent[] = [];
  const log = {
    event: (event: LogEvent) => void events.push(event),
    table: (each: readonly LogEvent[]) => void events.push(...each),
  };
  const { end, seen, told } = await looked(() => look(options, { ...context, log }));
  const own = subjectOf(options);
  const scanned = await verdictOf(context, own, end.exitCode, text(options, 'security-scan'));
  const subject = { ...own, tag: text(options, 'image-tag') };
  const document = previewText(previewOf(subject, seen, { ...told, events }, scanned));
  return { ...end, summary: undefined, document };
}

type Ended = Looked & { readonly told: Omit<Told, 'events'> };

/** What a stage failed of is in the document as well. */
async function looked(look: () => Promise<Looked>): Promise<Ended> {
  try {
    const { end, seen } = await look();
    // Of the exit codes of all stages, this one ends with these.
    const exitCode = end.exitCode as Preview['exitCode'];
    const words = end.summary?.event === 'stage-ended' ? end.summary : {};
    return { end, seen, told: { exitCode, end: words, errors: [] } };
  } catch (thrown) {
    if (!(thrown instanceof StageFailure)) throw thrown;
    const { exitCode, results, advice = '', message } = thrown;
    const faults = thrown instanceof BadInput ? thrown.faults : [message];
    const errors = faults.map((fault) => ({ message: fault, advice }));
    const words = {
      code: REFUSALS[exitCode] ?? 'not-begun',
      reason: faults.join('; '),
      next: advice,
    };
    const end = { exitCode, results, summary: undefined };
    return { end, seen: {}, told: { exitCode, end: words, errors } };
  }
}

/** A scanner takes minutes, and runs beside this stage. */
const SCANNED_WITHIN_MS = 180_000;
const LOOK_MS = 1_000;

const NOT_ASKED: SectionFound = { kind: 'none', why: 'it was not looked for' };

/** Where nothing was found out, nothing is waited for. */
async function verdictOf(
  { kube, clock, stop }: StageContext,
  subject: ReleaseSubject,
  exitCode: StageEnd['exitCode'],
  scan: string,
): Promise<SectionFound> {
  if (exitCode !== 0 && exitCode !== 1) return NOT_ASKED;
  const until = clock.now() + (scan === 'skip' ? 0 : SCANNED_WITHIN_MS);
  for (;;) {
    const found = await peekSection(kube, subject, 'security-scan', subject.release).catch(none);
    if (found.kind === 'section' || clock.now() >= until || stop.aborted) return found;
    await clock.sleep(LOOK_MS);
  }
}

function none(thrown: unknown): SectionFound {
  if (thrown instanceof StageFailure) return { kind: 'none', why: thrown.message };
  throw thrown;
}
