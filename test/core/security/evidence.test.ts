// A report about another image, of another day or from the future says nothing about this one.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import {
  coverageFindings,
  registryFindings,
  reportFindings,
} from '../../../core/security/judging/evidence.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import type { ReportHead } from '../../../core/security/reports/report.ts';
import { DAY_MS, NOW, policy } from '../support/security.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const IMAGE = {
  platforms: [
    { platform: 'linux/amd64', manifest: digest('1'), config: digest('a') },
    { platform: 'linux/arm64', manifest: digest('2'), config: digest('b') },
  ],
};

function gates(written: NonNullable<SecurityConfig['gates']> = {}) {
  const { gates: resolved } = policy({ gates: written });
  if (!resolved) throw new Error('there are gates');
  return resolved;
}

function head(over: Partial<ReportHead> = {}): ReportHead {
  return {
    scanner: 'grype',
    createdAt: instant(NOW - 60_000),
    databaseBuiltAt: instant(NOW - DAY_MS),
    imageId: digest('a'),
    operatingSystem: 'debian 12',
    endOfLife: false,
    lookedAtPackages: true,
    ...over,
  };
}

describe('a report', () => {
  test.each<[string, Partial<ReportHead>, string[]]>([
    ['of this image and of today is relied on', {}, []],
    ['of the index alone is of another image', { imageId: digest('1') }, ['SCN004']],
    ['of no image is of another', { imageId: undefined }, ['SCN004']],
    ['a day and a bit old is stale', { createdAt: instant(NOW - DAY_MS - 1) }, ['SCN005']],
    ['a day old is not', { createdAt: instant(NOW - DAY_MS) }, []],
    ['from the future is not relied on', { createdAt: instant(NOW + DAY_MS) }, ['SCN005']],
    ['that does not say when is not relied on', { createdAt: undefined }, ['SCN005']],
    [
      'with a database of six days is not',
      { databaseBuiltAt: instant(NOW - 6 * DAY_MS) },
      ['SCN006'],
    ],
    [
      'with a database from the future is not',
      { databaseBuiltAt: instant(NOW + DAY_MS) },
      ['SCN006'],
    ],
    ['that does not tell its database is', { databaseBuiltAt: undefined }, []],
    ['of a system past its end says so', { endOfLife: true }, ['VUL002']],
    ['without a package says so', { lookedAtPackages: false }, ['VUL003']],
  ])('%s', (_what, over, ids) => {
    const { findings } = reportFindings('r.json', head(over), IMAGE, gates(), NOW);
    expect(findings.map(({ id }) => id)).toEqual(ids);
  });

  test('has to tell its database where the policy has a limit for it', () => {
    const limited = gates({ maxDatabaseAge: '48h' });
    const told = reportFindings('r', head({ databaseBuiltAt: undefined }), IMAGE, limited, NOW);
    expect(told.findings.map(({ id }) => id)).toEqual(['SCN006']);
  });
});

describe('an image of two platforms', () => {
  test('with one report has not been scanned', () => {
    const [finding] = coverageFindings(IMAGE, gates(), new Set(['linux/amd64']));
    expect(finding).toMatchObject({ id: 'VUL003', message: 'no report is about linux/arm64' });
  });

  test('of which one is asked for has', () => {
    const one = gates({ platforms: ['linux/amd64'] });
    expect(coverageFindings(IMAGE, one, new Set(['linux/amd64']))).toEqual([]);
  });

  test('has not, where a platform is asked for that it does not have', () => {
    const other = gates({ platforms: ['linux/s390x'] });
    expect(coverageFindings(IMAGE, other, new Set(['linux/amd64']))).toHaveLength(1);
  });

  test('of which none could run has not', () => {
    expect(coverageFindings({ platforms: [] }, gates(), new Set())).toHaveLength(1);
  });
});

describe('the registry of an image', () => {
  test.each([
    ['registry.example/team/app', ['registry.example/team'], true],
    ['registry.example/team/app', ['registry.example/team/app'], true],
    ['registry.example/team-b/app', ['registry.example/team'], false],
    ['registry.example.evil.example/team/app', ['registry.example'], false],
    ['library/node', ['registry-1.docker.io/library'], true],
    ['node', ['registry.example'], false],
  ])('%s under %j', (repository, list, isAllowed) => {
    expect(registryFindings(repository, [list]).length === 0).toBe(isAllowed);
  });
});
