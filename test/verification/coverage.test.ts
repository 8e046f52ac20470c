// What a release says of requests that nobody answered, against what its clients lost: whatever they are
// like, and however their requests were lost. The prober and the accounts are the real ones.
import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../../embedded-cluster/base/random.ts';
import { LOADS, NO_OUTAGE, OUTAGES, RELEASE_MS } from './support/loads.ts';
import { lossyRelease, type Seen } from './support/lossy-release.ts';

const SEEDS = Array.from({ length: 8 }, (_, nth) => nth + 1);
const LEAST_COVERED = 0.95;
/** As few say something. */
const LEAST_RELEASES = 40;

const isCovered = ({ truth, least, most }: Seen): boolean => least <= truth && truth <= most;
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe('the interval holds what clients lost, in 95 of 100 releases, and 0 is never said of more than 1%', () => {
  test.each(Object.entries(OUTAGES))('%s', async (_name, outage) => {
    const seen: Seen[] = [];
    for (const load of Object.values(LOADS)) {
      for (const seed of SEEDS) {
        seen.push(await lossyRelease(outage(createRandom(seed * 7_919)), load, RELEASE_MS, seed));
      }
    }
    const lossy = seen.filter(({ truth }) => truth > 0);
    expect(lossy.length).toBeGreaterThanOrEqual(LEAST_RELEASES);
    const covered = lossy.filter(isCovered);
    expect(covered.length).toBeGreaterThanOrEqual(LEAST_COVERED * lossy.length);
    const hidden = lossy.filter(
      ({ truth, requests, failed }) => failed === 0 && truth > 0.01 * requests,
    );
    expect(hidden).toEqual([]);
  });
});

describe('the interval is no wider than what is not known', () => {
  test.each(Object.entries(LOADS))('nothing is lost, and clients come %s', async (_name, load) => {
    for (const seed of SEEDS) {
      const { requests, most, failed } = await lossyRelease(NO_OUTAGE, load, RELEASE_MS, seed);
      expect(failed).toBe(0);
      expect(most).toBeLessThan(requests / 3);
    }
  });

  test('two seconds of an even load are told to a factor of four', async () => {
    const outage = OUTAGES['the Service leads nowhere for 2 s'];
    const load = LOADS['evenly, half keep connections'];
    if (!outage || !load) throw new Error('both are there');
    const seen = [];
    for (const seed of SEEDS) {
      seen.push(await lossyRelease(outage(createRandom(seed)), load, RELEASE_MS, seed));
    }
    const truth = mean(seen.map((each) => each.truth));
    expect(mean(seen.map(({ least }) => least))).toBeGreaterThan(truth / 4);
    expect(mean(seen.map(({ most }) => most))).toBeLessThan(truth * 4);
  });
});
