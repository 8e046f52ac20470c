/** Versions and ranges as npm reads them (`semver`); a pre-release lies within a range where its order puts it. */
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import gtr from 'semver/ranges/gtr.js';
import ltr from 'semver/ranges/ltr.js';
import validRange from 'semver/ranges/valid.js';
import type { Version, Versions } from '../../core/preflight/compatibility/versions.ts';

/** `v1.4`, `0017`, `2024.01.15`, `2.0.0-rc.1`: tags leave parts out, and write zeros ahead. A digest is none. */
const WRITTEN =
  /^v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(-[0-9A-Za-z.-]{1,100})?(\+[0-9A-Za-z.-]{1,100})?$/;
/** `<4` leaves out 4.0.0-rc.1, and `>=2.3` has 2.3.0-rc.1. */
const OPTIONS = { includePrerelease: true } as const;

export const VERSIONS: Versions = {
  read: (text) => {
    const [whole, major, minor = '0', patch = '0', pre = ''] = WRITTEN.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const parsed = parse(`${Number(major)}.${Number(minor)}.${Number(patch)}${pre}`, {
      loose: true,
    });
    return parsed === null ? undefined : (parsed.version as Version); // the one place where a text becomes one
  },
  compare: (a, b) => compare(a, b),
  within: (version, range) => satisfies(version, range, OPTIONS),
  below: (version, range) => ltr(version, range, OPTIONS),
  above: (version, range) => gtr(version, range, OPTIONS),
  parts: (version) => {
    const { major = 0, minor = 0 } = parse(version) ?? {};
    return { major, minor };
  },
};

export function isVersionRange(text: string): boolean {
  return validRange(text, OPTIONS) !== null;
}

export function isVersion(text: string): boolean {
  return VERSIONS.read(text) !== undefined;
}
