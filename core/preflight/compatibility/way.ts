/** Whether one version may be followed by another: the way from the stable to the candidate. */
import type { VersionBook } from '../../config/sections/before/compatibility.ts';
import type { Finding } from '../finding.ts';
import { crosses, type Version, type Versions } from './versions.ts';

export interface Way {
  readonly service: string;
  readonly from: Version;
  readonly to: Version;
}

/** Whether anything is written that depends on where a version comes from. */
export function hasWays({ rules, stops, majorsAtOnce, minorsAtOnce }: VersionBook): boolean {
  const isBound = rules.some(
    ({ upgradeFrom, downgradeTo, breaking, before, after }) =>
      upgradeFrom !== undefined ||
      downgradeTo !== undefined ||
      breaking.length + before.length + after.length > 0,
  );
  return isBound || stops.length > 0 || majorsAtOnce !== undefined || minorsAtOnce !== undefined;
}

export function checkWay(versions: Versions, way: Way, book: VersionBook): Finding[] {
  const order = versions.compare(way.from, way.to);
  if (order === 0) return [];
  const refused =
    order < 0
      ? [
          ...stopsPassed(versions, way, book),
          ...leaps(versions, way, book),
          ...tooOld(versions, way, book),
        ]
      : noWayBack(versions, way, book);
  return [...refused, ...changes(versions, way, book, order < 0)];
}

function refusal({ service, from, to }: Way, why: string, advice: string): Finding {
  const message = `${service} may not go from ${from} to ${to}: ${why}`;
  return { check: 'upgrade-path', severity: 'refuse', message, advice };
}

/** In their order: the first is what to release next. */
function stopsPassed(versions: Versions, way: Way, { stops }: VersionBook): Finding[] {
  return stops
    .filter((stop) => versions.below(way.from, stop) && versions.above(way.to, stop))
    .map((stop) =>
      refusal(way, `no upgrade passes by ${stop} (stops)`, `release ${stop} first, then ${way.to}`),
    );
}

function leaps(
  versions: Versions,
  way: Way,
  { majorsAtOnce, minorsAtOnce }: VersionBook,
): Finding[] {
  const [from, to] = [versions.parts(way.from), versions.parts(way.to)];
  const majors = to.major - from.major;
  if (majorsAtOnce !== undefined && majors > majorsAtOnce) {
    const next = from.major + majorsAtOnce;
    const why = `it goes up ${majors} major versions, and ${majorsAtOnce} may be at once`;
    const advice =
      majorsAtOnce === 0 ? 'raise majorsAtOnce for this one' : `release a version ${next}.x first`;
    return [refusal(way, why, advice)];
  }
  const minors = majors === 0 ? to.minor - from.minor : 0;
  if (minorsAtOnce !== undefined && minors > minorsAtOnce) {
    const next = `${from.major}.${from.minor + minorsAtOnce}`;
    const why = `it goes up ${minors} minor versions, and ${minorsAtOnce} may be at once`;
    const advice =
      minorsAtOnce === 0 ? 'raise minorsAtOnce for this one' : `release a version ${next}.x first`;
    return [refusal(way, why, advice)];
  }
  return [];
}

/** What lies in the range already was let in before. */
function tooOld(versions: Versions, way: Way, { rules }: VersionBook): Finding[] {
  return rules.flatMap(({ match, upgradeFrom, from }) => {
    if (upgradeFrom === undefined || versions.within(way.from, upgradeFrom)) return [];
    if (versions.within(way.from, match) || !crosses(versions, way.from, way.to, match)) return [];
    const why = `${match} is reached from ${upgradeFrom} (${from})`;
    return [refusal(way, why, `release a version within ${upgradeFrom} first`)];
  });
}

function noWayBack(versions: Versions, way: Way, { rules }: VersionBook): Finding[] {
  return rules.flatMap(({ match, downgradeTo, from }) => {
    if (downgradeTo === undefined || versions.within(way.to, downgradeTo)) return [];
    if (versions.within(way.to, match) || !crosses(versions, way.from, way.to, match)) return [];
    const why = `from ${match} there is a way back to ${downgradeTo} alone (${from})`;
    return [refusal(way, why, `release a version within ${downgradeTo}`)];
  });
}

/** What others have to know, and what people have to do. Going back takes back what was broken. */
function changes(versions: Versions, way: Way, book: VersionBook, isUp: boolean): Finding[] {
  const crossed = book.rules.filter(({ match }) => crosses(versions, way.from, way.to, match));
  const { service, from, to } = way;
  const direction = isUp ? `${service} ${to} after ${from}` : `${service} ${to}, back from ${from}`;
  const broken = crossed.flatMap(({ breaking, match }): Finding[] =>
    breaking.map((what) => ({
      check: 'breaking-change',
      severity: book.breakingChanges,
      message: isUp
        ? `${direction} breaks what others may rely on (${match}): ${what}`
        : `${direction} takes back a change that others may rely on by now (${match}): ${what}`,
      advice: 'see that who calls it is ready for both: while it is released, both versions answer',
    })),
  );
  if (!isUp) return broken;
  const steps = crossed.flatMap(({ before, after }) => [
    ...before.map((step) => toDo(direction, 'before it is released', step)),
    ...after.map((step) => toDo(direction, 'once it is released', step)),
  ]);
  return [...broken, ...steps];
}

function toDo(direction: string, when: string, step: string): Finding {
  return {
    check: 'upgrade-steps',
    severity: 'warn',
    message: `${direction}, ${when}: ${step}`,
    advice: 'people do this: no stage does it by itself',
  };
}
