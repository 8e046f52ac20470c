/** Who needs this service, and would break by the candidate: each is named, with what would satisfy it. */
import type { VersionBook } from '../../config/sections/before/compatibility.ts';
import type { Finding } from '../finding.ts';
import type { Known } from './known.ts';
import type { Version, Versions } from './versions.ts';

export function checkConsumers(versions: Versions, candidate: Version, known: Known): Finding[] {
  return [...known.others].flatMap(([consumer, book]) => {
    const needing = book.rules.filter(({ requires }) => Object.hasOwn(requires, known.service));
    if (needing.length === 0) return [];
    const running = known.running(consumer);
    switch (running.kind) {
      case 'absent':
        return [];
      case 'unknown':
        return [unsure(consumer, known.service, running.why)];
      case 'runs':
        return running.versions.flatMap((version) =>
          broken(versions, candidate, known.service, { consumer, version, book }),
        );
    }
  });
}

interface Consumer {
  readonly consumer: string;
  readonly version: Version;
  readonly book: VersionBook;
}

function broken(
  versions: Versions,
  candidate: Version,
  service: string,
  { consumer, version, book }: Consumer,
): Finding[] {
  return book.rules
    .filter(({ match }) => versions.within(version, match))
    .flatMap(({ requires, from }) => {
      const range = Object.hasOwn(requires, service) ? requires[service] : undefined;
      if (range === undefined || versions.within(candidate, range)) return [];
      return [
        {
          check: 'breaks-consumer',
          severity: 'refuse',
          message: `${consumer} ${version} needs ${service} ${range} (${from}), and ${candidate} is to be released`,
          advice: `${helping(versions, candidate, service, book, consumer)}, or release a version of ${service} within ${range}`,
        },
      ];
    });
}

/** Which versions of the consumer are known to take the candidate. */
function helping(
  versions: Versions,
  candidate: Version,
  service: string,
  { rules }: VersionBook,
  consumer: string,
): string {
  const taking = rules.filter(({ requires }) => {
    const range = Object.hasOwn(requires, service) ? requires[service] : undefined;
    return range !== undefined && versions.within(candidate, range);
  });
  return taking.length === 0
    ? `release ${consumer} first, in a version that takes ${service} ${candidate}`
    : `release ${consumer} ${taking.map(({ match }) => match).join(' or ')} first`;
}

function unsure(consumer: string, service: string, why: string): Finding {
  return {
    check: 'version-unknown',
    severity: 'refuse',
    message: `${consumer} needs ${service} in versions that depend on its own, which is not known: ${why}`,
    advice: `release ${consumer} by a tag that is a version`,
  };
}
