/** Versions and ranges of them, as semantic versioning orders them; who reads them is handed in. */

declare const brand: unique symbol;
/** `2.3.0`, `2.3.0-rc.1`: normal, whatever it was read from. */
export type Version = string & { readonly [brand]: 'Version' };

export interface Versions {
  /** Of `v2.3.0`, `2.3`, `17`; undefined where the text is no version. */
  read(text: string): Version | undefined;
  /** Below 0: `a` is older. */
  compare(a: Version, b: Version): number;
  within(version: Version, range: string): boolean;
  /** Older than, or newer than, everything in the range. */
  below(version: Version, range: string): boolean;
  above(version: Version, range: string): boolean;
  parts(version: Version): { readonly major: number; readonly minor: number };
}

/** Whether going from one version to another enters, leaves or passes by the range. */
export function crosses(versions: Versions, from: Version, to: Version, range: string): boolean {
  const { within, below, above } = versions;
  if (within(from, range) !== within(to, range)) return true;
  const [older, newer] = versions.compare(from, to) <= 0 ? [from, to] : [to, from];
  return below(older, range) && above(newer, range);
}
