// Every recorded scenario once more, on the embedded cluster: the same states in the same order.
// Times are left out, and so are names that chance gave; which pod of a ReplicaSet is which is not
// asked. Everything else a watch told must be the same, but for the races below.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { replay, SCENARIOS, type Scenario } from './support/replay.ts';
import type { Tracks } from './support/tracks.ts';

/** States that one controller passes or skips as another is quicker: not compared, on either side. */
const RACES: Partial<Readonly<Record<Scenario, readonly RegExp[]>>> = {
  // Whether the Deployment's status is written before the new ReplicaSet has counted its pod, and so
  // whether that counts as progress.
  unschedulable: [/^g9 r9 .* observedGeneration=9 .*NewReplicaSetCreated/, /ReplicaSetUpdated/],
  // The same: resumed, the embedded Deployment controller tells of the pod that is missing first.
  paused: [/observedGeneration=15 .*DeploymentResumed/],
  // Deleted by force, a pod is in the API no more: who reads a cache sees it terminate for a moment.
  'pod-killed': [
    /observedGeneration=15 terminatingReplicas=[01] unavailableReplicas=1/,
    /observedGeneration=1 replicas=0 terminatingReplicas=[01]/,
    /^serving terminating$/,
  ],
};

let told: Readonly<Record<Scenario, Tracks>>;

beforeAll(async () => {
  told = await replay();
});

function recorded(scenario: Scenario): Tracks {
  const path = join(import.meta.dirname, 'recordings', `${scenario}.json`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe.each(SCENARIOS)('%s', (scenario) => {
  const withoutRaces = (track: readonly string[]): string[] =>
    track.filter((state) => !RACES[scenario]?.some((race) => race.test(state)));
  const each = <T, U>(groups: Readonly<Record<string, T>>, change: (group: T) => U) =>
    Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, change(group)]));

  test('every object goes through the recorded states', () => {
    const objects = (tracks: Tracks) => each(tracks.objects, withoutRaces);
    expect(objects(told[scenario])).toEqual(objects(recorded(scenario)));
  });

  test('every pod goes through the recorded states', () => {
    expect(told[scenario].pods).toEqual(recorded(scenario).pods);
  });

  test('every endpoint is ready, serving and terminating when it was', () => {
    const endpoints = (tracks: Tracks) => each(tracks.endpoints, (all) => all.map(withoutRaces));
    expect(endpoints(told[scenario])).toEqual(endpoints(recorded(scenario)));
  });

  test('the same things are told in events', () => {
    expect(told[scenario].events).toEqual(recorded(scenario).events);
  });
});
