/** What security-scan says at its end, as data: its outputs are renderings of it. */
import { foreignText } from '../../base/foreign-text.ts';
import { kindOf } from '../catalogue/catalogue.ts';
import type { Judged } from '../finding.ts';
import type { ScanDecision } from '../judging/decision.ts';
import type { Tallied } from '../judging/tally.ts';

export interface ScanReport extends ScanDecision, Tallied {
  readonly service: string;
  readonly namespace: string;
  readonly release: string;
  /** By tag and digest. */
  readonly image: string;
  readonly digest: string;
  /** RFC 3339. */
  readonly at: string;
  readonly enforce: 'block' | 'warn';
}

/** One finding in words that are safe to print. */
export interface Told {
  readonly fate: string;
  readonly severity: string;
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly place: string;
  readonly fix: string;
  readonly why: string;
}

const MOST_TEXT = 300;

export function toldOf({ finding, fate }: Judged): Told {
  const { id, severity, names, message, place, fixedIn } = finding;
  const text = (value: string): string => foreignText(value, MOST_TEXT);
  return {
    fate: fate.kind,
    severity,
    id,
    name: text(names[0] ?? id),
    message: text(message),
    place: text(place.purl ?? place.path ?? ''),
    fix: text(fixOf(id, fixedIn)),
    why: fate.kind === 'excepted' ? text(fate.why) : '',
  };
}

function fixOf(id: Judged['finding']['id'], fixedIn: readonly string[] | undefined): string {
  if (fixedIn === undefined) return kindOf(id).fix;
  return fixedIn.length > 0 ? `update to ${fixedIn.join(' or ')}` : 'no version mends it yet';
}
