/**
 * Which versions go together: what the candidate needs, who needs the candidate, and whether it may follow
 * what serves. All that speaks against it at once, each with what would satisfy it. Where nothing is
 * written, nothing is asked; where something is, and a version is not known, that is a refusal.
 */
import { foreignText } from '../../base/foreign-text.ts';
import type { Finding } from '../finding.ts';
import { checkConsumers } from './consumers.ts';
import { isKnown, type Known } from './known.ts';
import { checkRequirements } from './requirements.ts';
import type { Versions } from './versions.ts';
import { checkWay, hasWays } from './way.ts';

export function checkCompatibility(versions: Versions, known: Known): Finding[] {
  const { service, candidate, stable, own, others } = known;
  const isAsked =
    own.rules.length > 0 ||
    hasWays(own) ||
    [...others.values()].some(({ rules }) =>
      rules.some(({ requires }) => Object.hasOwn(requires, service)),
    );
  if (!isAsked) return [];
  if (!isKnown(candidate)) {
    const advice =
      'release it by a tag that is a version, such as v1.2.0, or give the image the label org.opencontainers.image.version';
    return [unknown(`which version of ${service} is to be released`, candidate.unknown, advice)];
  }
  return [
    ...checkRequirements(versions, candidate, known),
    ...checkConsumers(versions, candidate, known),
    ...(hasWays(own)
      ? isKnown(stable)
        ? checkWay(versions, { service, from: stable, to: candidate }, own)
        : [
            unknown(
              `which version of ${service} serves`,
              stable.unknown,
              `give its pods the label app.kubernetes.io/version, or set this check aside for one release`,
            ),
          ]
      : []),
  ].map((finding) => ({ ...finding, message: foreignText(finding.message, MOST_CHARACTERS) }));
}

/** Ranges and words come from a repository, or from an image. */
const MOST_CHARACTERS = 800;

function unknown(what: string, why: string, advice: string): Finding {
  const message = `it is not known ${what}: ${why}`;
  return { check: 'version-unknown', severity: 'refuse', message, advice };
}
