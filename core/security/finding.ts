/** One thing that was found, and what becomes of it. */
import { type FindingId, kindOf } from './catalogue/catalogue.ts';
import type { Severity } from './severity.ts';

/** Where it was found, as far as that is known: an exception may be about any of these. */
export interface Place {
  /** The package, as a package URL. */
  readonly purl?: string | undefined;
  /** A file in the image, or the place in the pod template. */
  readonly path?: string | undefined;
  readonly workload?: string | undefined;
}

export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** In words, of this one. Never a secret, and nothing of it is trusted to be harmless to print. */
  readonly message: string;
  readonly place: Place;
  /** Of a vulnerability, a licence, a check: its own names, the one that is shown first. */
  readonly names: readonly string[];
  /** Versions that mend it; empty where there is none, undefined where that is no question. */
  readonly fixedIn?: readonly string[] | undefined;
  /** Whether it is known to be made use of (CISA KEV), and how likely that is (EPSS, 0 to 1). */
  readonly knownExploited?: boolean | undefined;
  readonly epss?: number | undefined;
  /** The scanner itself has set it aside, with this reason. */
  readonly setAside?: string | undefined;
}

/**
 * blocks: the gate says no · undecided: blocks, as nothing can be said · warned: told · excepted: by the
 * policy or a VEX document · old: the stable has it too, and only new ones count.
 */
export type Fate =
  | { readonly kind: 'blocks' | 'undecided' | 'warned' }
  | { readonly kind: 'excepted'; readonly why: string }
  | { readonly kind: 'old' };

export interface Judged {
  readonly finding: Finding;
  readonly fate: Fate;
}

/** A finding of the closed list, with its own severity. */
export function found(id: FindingId, message: string, place: Place = {}): Finding {
  return { id, severity: kindOf(id).severity, message, place, names: [] };
}

/** What tells a finding from others, across versions of a package: a new one is none that was there. */
export function keyOf({ id, names, place, message }: Finding): string {
  const [name = message] = names;
  return `${id} ${name} ${withoutVersion(place.purl ?? '')} ${place.purl ? '' : (place.path ?? '')}`;
}

/** `pkg:npm/debug@3.0.1?arch=x` is `pkg:npm/debug` in another version. */
export function withoutVersion(purl: string): string {
  return purl.replace(/[?#].*$/s, '').replace(/@[^@/]*$/, '');
}
