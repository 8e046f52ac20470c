/** Which versions were held against each other, for who wants to see more than what is wrong. */
import { isKnown, type Known, type Running } from './known.ts';
import type { Versions } from './versions.ts';

export interface Need {
  readonly service: string;
  readonly needs: string;
  readonly range: string;
  /** What runs of what is needed; none where that is not known, or nothing runs. */
  readonly runs: readonly string[];
}

/** Versions that are not known are empty. */
export interface VersionsSeen {
  readonly stable: string;
  readonly candidate: string;
  readonly needs: readonly Need[];
  readonly neededBy: readonly Need[];
}

export function versionsSeen(versions: Versions, known: Known): VersionsSeen {
  const { service, stable, candidate, own, others, running } = known;
  const to = isKnown(candidate) ? candidate : undefined;
  const needs = own.rules
    .filter(({ match }) => to !== undefined && versions.within(to, match))
    .flatMap(({ requires }) =>
      Object.entries(requires).map(([needed, range]) => ({
        service,
        needs: needed,
        range,
        runs: runningOf(running(needed)),
      })),
    );
  const neededBy = [...others].flatMap(([consumer, { rules }]) => {
    const run = running(consumer);
    if (run.kind !== 'runs') return [];
    return rules
      .filter(({ match }) => run.versions.some((each) => versions.within(each, match)))
      .flatMap(({ requires }) => {
        const range = Object.hasOwn(requires, service) ? requires[service] : undefined;
        const runs = to === undefined ? [] : [to];
        return range === undefined ? [] : [{ service: consumer, needs: service, range, runs }];
      });
  });
  return { stable: isKnown(stable) ? stable : '', candidate: to ?? '', needs, neededBy };
}

function runningOf(running: Running): readonly string[] {
  return running.kind === 'runs' ? running.versions : [];
}
