/** Whether a finding is excepted: by the policy, until a day, or by a VEX document, for a reason. */
import { foreignText } from '../../base/foreign-text.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import { kindOf } from '../catalogue/catalogue.ts';
import { type Finding, found, type Judged, type Place } from '../finding.ts';
import type { Exception, Scope } from '../policy/policy.ts';
import { countNoun } from '../words.ts';
import { isAbout, isImage } from './purl.ts';
import type { VexStatement } from './statement.ts';

/** What an exception may be about, beside the place of the finding. */
export interface Subject {
  readonly repository: string;
  /** Of the image, its platforms and what they consist of. */
  readonly digests: readonly string[];
}

/** An exception that never ends is a decision that no one looks at again. */
const MOST_DAYS = 90;
const DAY_MS = 86_400_000;

export interface Excepting {
  /** Why it lets the finding pass; undefined where it does not. */
  excepted(finding: Finding): string | undefined;
  /** Findings about the exceptions themselves, once everything has been asked. */
  leftovers(): readonly Judged[];
}

export function exceptingBy(
  exceptions: readonly Exception[],
  statements: readonly VexStatement[],
  subject: Subject,
  now: Instant,
): Excepting {
  const matched = new Set<Exception>();
  const isValid = ({ expires }: Exception): boolean =>
    expires > now && expires - now <= MOST_DAYS * DAY_MS;
  return {
    excepted: (finding) => {
      if (!kindOf(finding.id).excepted) return undefined;
      const about = exceptions.filter((each) => isFor(each, finding, subject));
      for (const each of about) matched.add(each);
      const valid = about.find(isValid);
      if (valid) {
        const { owner, reason, expires } = valid;
        return `${foreignText(reason)} (${foreignText(owner)}, until ${timestampOf(expires)})`;
      }
      return vexReason(finding, statements, subject, now);
    },
    leftovers: () =>
      exceptions.flatMap((each): Judged[] => {
        const name = `exception ${foreignText(each.id)} of ${foreignText(each.owner)}`;
        if (!isValid(each)) return [told(expiryFault(each, name, now))];
        return matched.has(each) ? [] : [told(found('EXC002', `${name} matched nothing`))];
      }),
  };
}

function told(finding: Finding): Judged {
  return { finding, fate: { kind: 'warned' } };
}

function expiryFault({ expires }: Exception, name: string, now: Instant): Finding {
  const end = timestampOf(expires);
  if (expires <= now) return found('EXC001', `${name} expired at ${end}`);
  const days = Math.floor((expires - now) / DAY_MS);
  return found(
    'EXC001',
    `${name} runs until ${end}, ${countNoun(days, 'day')}: at most ${MOST_DAYS} count`,
  );
}

function isFor({ id, scope }: Exception, finding: Finding, subject: Subject): boolean {
  const isNamed = id === finding.id || finding.names.includes(id);
  return isNamed && isWithin(scope, finding.place, subject);
}

/** All that is written has to match. */
function isWithin(
  { purl, path, digest, workload }: Scope,
  place: Place,
  subject: Subject,
): boolean {
  if (purl !== undefined && !(place.purl !== undefined && isAbout(purl, place.purl))) return false;
  if (path !== undefined && path !== place.path) return false;
  if (workload !== undefined && workload !== place.workload) return false;
  return digest === undefined || subject.digests.includes(digest);
}

/** The last word about this vulnerability in this package of this image. */
function vexReason(
  { names, place }: Finding,
  statements: readonly VexStatement[],
  subject: Subject,
  now: Instant,
): string | undefined {
  const { purl } = place;
  if (purl === undefined || names.length === 0) return undefined;
  let last: VexStatement | undefined;
  for (const statement of statements) {
    if (!statement.names.some((name) => names.includes(name))) continue;
    if (!isVexAbout(statement, purl, subject)) continue;
    // What is harmless from some day on is not yet.
    if (statement.says === 'harmless' && (statement.at ?? 0) > now) continue;
    // Of two of the same time the later in the document.
    if (!last || saidAt(statement) >= saidAt(last)) last = statement;
  }
  return last?.says === 'harmless' ? `VEX: ${foreignText(last.why)}` : undefined;
}

/** Where no time can be read, what is harmful is the last word, and what is harmless the first. */
function saidAt({ says, at }: VexStatement): number {
  return at ?? (says === 'harmful' ? Number.POSITIVE_INFINITY : 0);
}

function isVexAbout({ products, parts }: VexStatement, purl: string, subject: Subject): boolean {
  const isPackage = (each: string): boolean => isAbout(each, purl);
  if (products.some(isPackage)) return true;
  const isOurs = products.some((each) => isImage(each, subject.repository, subject.digests));
  return isOurs && (parts.length === 0 || parts.some(isPackage));
}
