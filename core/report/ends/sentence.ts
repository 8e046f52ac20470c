/** The one place where the end of a release becomes words: for results, logs, messages and pages. */
import { failedAtLeast } from '../../availability/figures.ts';
import { formatDuration } from '../../base/duration.ts';
import { CONTROL_CHARACTERS, foreignText } from '../../base/foreign-text.ts';
import { parseImage } from '../../base/image.ts';
import { END_CODES, type EndCode, type Outcome } from '../../base/vocabulary.ts';
import type { ReleaseRecord } from '../../journal/journal.ts';
import type { Counted } from '../../judge/sample.ts';
import { interferenceText } from '../../state/interference.ts';
import type { Ending, Proof } from './end.ts';
import { MEASURED_ENDS } from './of-measurements.ts';
import { CHECK_ENDS, REFUSED_ENDS } from './of-refusals.ts';
import { CLUSTER_ENDS } from './of-the-cluster.ts';
import { RUN_ENDS } from './of-the-run.ts';

/** Every end of a release that was begun, and of a run that began none. */
export const ENDINGS: Readonly<Record<EndCode, Ending>> = {
  ...RUN_ENDS,
  ...MEASURED_ENDS,
  ...CLUSTER_ENDS,
  ...REFUSED_ENDS,
};

export type RefusingCheck = keyof typeof CHECK_ENDS;
/** The closed list: `preflight-capacity` where a check of that name refused. */
export type AnyEnd = EndCode | `preflight-${RefusingCheck}`;

export interface ToldEnd {
  readonly code: AnyEnd;
  /** At most 200 characters, with how it ended and after what time. */
  readonly sentence: string;
  readonly next: string;
  readonly evidence: readonly string[];
}

const MOST_CHARACTERS = 200;
const MOST_VERSION = 32;
/** A Service's name has at most 63 characters. */
const MOST_NAME = 40;

type Ended = Pick<
  ReleaseRecord,
  'outcome' | 'code' | 'cause' | 'from' | 'to' | 'startedAt' | 'endedAt' | 'evidence'
>;

export function toldEnd(record: Ended, service: string): ToldEnd {
  const code = codeOf(record);
  const { outcome, startedAt, endedAt, evidence } = record;
  const ending = ENDINGS[code];
  const says = ending.says({
    service: foreignText(clipped(service, MOST_NAME)),
    ...versions(record.from, record.to),
    counts: evidence.decision && {
      to: evidence.decision.candidate,
      from: evidence.decision.stable,
    },
  });
  return {
    code,
    sentence: whole(says, `${HOW[outcome]} after ${formatDuration(endedAt - startedAt)}`),
    next: outcome === 'failed' ? `Look at the service first: ${lower(ending.next)}` : ending.next,
    evidence: ending.proof.flatMap((proof) => proven(proof, record)),
  };
}

/** Of a run that has begun nothing. `to`: the version that was asked for, where it is known. */
export function toldRefusal(code: AnyEnd, service: string, to: string, detail: string): ToldEnd {
  const ending = endingOf(code);
  const says = ending.says({
    service: foreignText(clipped(service, MOST_NAME)),
    from: 'the version before',
    to: to === '' ? 'the new version' : foreignText(clipped(to, MOST_VERSION)),
    counts: undefined,
  });
  const evidence = detail === '' ? [] : [detail];
  return { code, sentence: whole(says, 'nothing was changed'), next: ending.next, evidence };
}

export function endingOf(code: AnyEnd): Ending {
  const check = CHECKED.find((name) => code === `preflight-${name}`);
  return check === undefined ? ENDINGS[code as EndCode] : CHECK_ENDS[check]; // all others are checks
}

const CHECKED = Object.keys(CHECK_ENDS) as RefusingCheck[]; // its own keys

/** A code that comes from elsewhere; undefined where it is none. */
export function knownEnd(text: string): AnyEnd | undefined {
  const check = CHECKED.find((name) => text === `preflight-${name}`);
  if (check !== undefined) return `preflight-${check}`;
  return END_CODES.find((code) => code === text);
}

/** The end of a run that a check of preflight refused. */
export function refusalBy(check: string): AnyEnd {
  const known = CHECKED.find((name) => name === check);
  return known === undefined ? 'preflight' : `preflight-${known}`;
}

/** A record of a version that knew no codes, or of a later one that knows more, has none. */
function codeOf({ code, outcome }: Ended): EndCode {
  if (code !== undefined && Object.hasOwn(ENDINGS, code)) return code;
  return outcome === 'promoted' ? 'promoted' : 'unknown';
}

const HOW: Readonly<Record<Outcome, string>> = {
  promoted: 'promoted',
  'rolled-back': 'rolled back',
  failed: 'a person has to look at it,',
  unchanged: 'nothing was changed,',
};

/** By their tags; where those are the same, or there are none, by as much of the digest as tells them apart. */
function versions(from: string, to: string): { readonly from: string; readonly to: string } {
  const [a, b] = [parseImage(from), parseImage(to)];
  const byTag = a?.tag !== undefined && b?.tag !== undefined && a.tag !== b.tag;
  const name = (image: typeof a, written: string): string =>
    (byTag ? image?.tag : image?.digest?.slice(0, 19)) ?? image?.tag ?? written;
  return {
    from: foreignText(clipped(name(a, from) || 'the version before', MOST_VERSION)),
    to: foreignText(clipped(name(b, to) || 'the new version', MOST_VERSION)),
  };
}

function whole(says: string, how: string): string {
  const room = MOST_CHARACTERS - how.length - 2;
  return `${clipped(says, room)}: ${how}`;
}

function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function proven(proof: Proof, { cause, evidence }: Ended): readonly string[] {
  const { decision, availability, interferences = [], moved, movedBack } = evidence;
  switch (proof) {
    case 'detail':
      return cause === undefined ? [] : [cause.replaceAll(CONTROL_CHARACTERS, ' ')];
    case 'counts':
      return decision
        ? [
            `failed requests: new version ${counted(decision.candidate)}, version before ${counted(decision.stable)}`,
            `decided by: ${decision.rule}`,
          ]
        : [];
    case 'lost':
      return availability
        ? [`requests that failed at least: ${failedAtLeast(availability) ?? 'unknown'}`]
        : [];
    case 'others':
      return interferences.slice(-3).map(interferenceText);
    case 'moved': {
      const seen = moved ? [`traffic was seen to move by: ${moved}`] : [];
      return movedBack ? [...seen, `traffic was seen to move back by: ${movedBack}`] : seen;
    }
  }
}

function counted({ errors, requests }: Counted): string {
  return `${errors} of ${requests}`;
}
