/** What an image says of its own version by labels, so that it travels with the artifact. */
import type { VersionRule } from '../../config/sections/before/compatibility.ts';
import { isKnown, type Told } from './known.ts';

const PREFIX = 'dev.zero-downtime.release.';
const REQUIRES = `${PREFIX}requires.`;
export const IMAGE_VERSION = 'org.opencontainers.image.version';

/** Of the one version that the image is; undefined where it says nothing of it. */
export function ruleInLabels(
  labels: ReadonlyMap<string, string>,
  candidate: Told,
): VersionRule | undefined {
  const told = [...labels].filter(([key]) => key.startsWith(PREFIX));
  if (told.length === 0) return undefined;
  const one = (key: string): string | undefined => labels.get(`${PREFIX}${key}`);
  const sentences = (key: string): string[] =>
    (one(key) ?? '').split('\n').filter((line) => line.trim() !== '');
  return {
    from: 'labels of the image',
    match: isKnown(candidate) ? candidate : '*',
    requires: Object.fromEntries(
      told
        .filter(([key]) => key.startsWith(REQUIRES))
        .map(([key, range]) => [key.slice(REQUIRES.length), range]),
    ),
    breaking: sentences('breaking'),
    upgradeFrom: one('upgrade-from'),
    downgradeTo: one('downgrade-to'),
    before: sentences('before'),
    after: sentences('after'),
  };
}

/** Labels that should hold a range and do not: what they were to keep away cannot be known. */
export function faultyLabels(rule: VersionRule, isRange: (text: string) => boolean): string[] {
  const ranges = [
    ...Object.entries(rule.requires).map(([name, range]) => [`${REQUIRES}${name}`, range] as const),
    [`${PREFIX}upgrade-from`, rule.upgradeFrom] as const,
    [`${PREFIX}downgrade-to`, rule.downgradeTo] as const,
  ];
  return ranges.flatMap(([key, range]) => (range === undefined || isRange(range) ? [] : [key]));
}
