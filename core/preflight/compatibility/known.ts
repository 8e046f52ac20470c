/** What is known when versions are held against each other: what runs, and what is written of it. */
import type { VersionBook } from '../../config/sections/before/compatibility.ts';
import type { Version } from './versions.ts';

/** What runs of one service. */
export type Running =
  /** Several while it is released itself: each of them has to fit. */
  | { readonly kind: 'runs'; readonly versions: readonly Version[] }
  /** It runs, or is needed, and no one knows what it is. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'absent'; readonly why: string };

/** A version, or why it is not known. */
export type Told = Version | { readonly unknown: string };

export interface Known {
  readonly service: string;
  readonly stable: Told;
  readonly candidate: Told;
  /** What is written of the service's own versions. */
  readonly own: VersionBook;
  /** What is written of others, by their names. */
  readonly others: ReadonlyMap<string, VersionBook>;
  readonly running: (name: string) => Running;
  /** The schema of the service's database is brought further by this very run. */
  readonly migrates: boolean;
}

/** How the schema of the service's own database is called among what is required. */
export const DATABASE = 'database';

export function isKnown(told: Told): told is Version {
  return typeof told === 'string';
}
