/** What is known of versions, as a test writes it. */
import {
  type CompatibilityConfig,
  resolveCompatibility,
  type VersionBook,
} from '../../../../core/config/sections/before/compatibility.ts';
import { checkCompatibility } from '../../../../core/preflight/compatibility/check.ts';
import type { Known, Running, Told } from '../../../../core/preflight/compatibility/known.ts';
import type { Version } from '../../../../core/preflight/compatibility/versions.ts';
import type { Finding } from '../../../../core/preflight/finding.ts';
import { VERSIONS } from '../../../../effects/expressions/versions.ts';

export interface Written {
  /** Of payments; `?` is not known. */
  readonly from?: string;
  readonly to?: string;
  readonly own?: CompatibilityConfig;
  readonly others?: Readonly<Record<string, CompatibilityConfig>>;
  /** Versions that serve, with a comma between several; what is not named is not there. */
  readonly running?: Readonly<Record<string, string>>;
  readonly migrates?: boolean;
}

export function version(text: string): Version {
  const read = VERSIONS.read(text);
  if (read === undefined) throw new Error(`${text} is no version`);
  return read;
}

export function book(written: CompatibilityConfig, from = 'the release config'): VersionBook {
  return resolveCompatibility(written, from);
}

export function knownOf(written: Written): Known {
  const { from = '1.0.0', to = '2.0.0', own = {}, others = {}, running = {} } = written;
  return {
    service: 'payments',
    stable: told(from),
    candidate: told(to),
    own: book(own),
    others: new Map(
      Object.entries(others).map(([name, each]) => [name, book(each, `${name}.yaml`)]),
    ),
    running: (name) => runs(name, running[name]),
    migrates: written.migrates ?? false,
  };
}

export function findingsOf(written: Written): Finding[] {
  return checkCompatibility(VERSIONS, knownOf(written));
}

/** `refuse needs-version: payments …` */
export function textsOf(written: Written): string[] {
  return findingsOf(written).map(
    ({ severity, check, message }) => `${severity} ${check}: ${message}`,
  );
}

function told(text: string): Told {
  return text === '?' ? { unknown: 'the tag latest is none' } : version(text);
}

function runs(name: string, text: string | undefined): Running {
  if (text === undefined) return { kind: 'absent', why: `there is no service ${name}` };
  if (text === '?') return { kind: 'unknown', why: 'the tag latest is none' };
  return { kind: 'runs', versions: text.split(',').map(version) };
}
