// What grype found is read match by match, in the forms of several of its versions.
import { describe, expect, test } from '@jest/globals';
import { GRYPE } from '../../../../core/security/reports/grype.ts';
import { zonedTimeOf } from '../../../../core/security/time.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const BUILT = '2026-11-29T00:00:00Z';
const IMAGE = {
  matches: [],
  source: { type: 'image', target: { imageID: DIGEST } },
  distro: { name: 'debian', version: '12' },
  descriptor: {
    name: 'grype',
    timestamp: '2026-11-30T14:00:00+02:00',
    db: { status: { built: BUILT } },
  },
};

function headOf(over: object = {}, matches = 0) {
  return GRYPE.headOf({ ...IMAGE, ...over }, new Map([['matches', matches]]));
}

describe('the head of a report', () => {
  test('says which image was scanned, when, and by what', () => {
    expect(headOf()).toEqual({
      kind: 'head',
      head: {
        scanner: 'grype',
        createdAt: zonedTimeOf('2026-11-30T12:00:00Z'),
        databaseBuiltAt: zonedTimeOf(BUILT),
        imageId: DIGEST,
        operatingSystem: 'debian 12',
        endOfLife: false,
        lookedAtPackages: true,
      },
    });
  });

  test.each<[string, object, object]>([
    [
      'of a version before 0.88 has the age of its database elsewhere',
      { descriptor: { name: 'grype', db: { built: BUILT } } },
      { databaseBuiltAt: zonedTimeOf(BUILT) },
    ],
    [
      'of a folder has no image',
      { source: { type: 'directory', target: { imageID: DIGEST } } },
      { imageId: undefined },
    ],
    [
      'of a system without a version names what is there',
      { distro: { name: 'wolfi' } },
      { operatingSystem: 'wolfi' },
    ],
    [
      'of no system has looked at nothing that it tells',
      { distro: undefined },
      { operatingSystem: undefined, lookedAtPackages: false },
    ],
    [
      'with an alert that the system has ended says so',
      { alertsByPackage: [{ alerts: [{ type: 'other' }] }, { alerts: [{ type: 'distro-eol' }] }] },
      { endOfLife: true },
    ],
    [
      'with another alert does not',
      { alertsByPackage: [{ alerts: [{ type: 'other' }] }] },
      { endOfLife: false },
    ],
  ])('%s', (_what, over, expected) => {
    expect(headOf(over)).toMatchObject({ kind: 'head', head: expected });
  });

  test('of no system, with a match, has looked at something', () => {
    expect(headOf({ distro: undefined }, 1)).toMatchObject({ head: { lookedAtPackages: true } });
    expect(GRYPE.headOf({ matches: [] }, new Map())).toMatchObject({
      head: { lookedAtPackages: false },
    });
  });

  test.each<[string, object, string]>([
    ['without matches', { matches: undefined }, 'it has no list of matches'],
    [
      'with ignored matches that are a map',
      { ignoredMatches: {} },
      'its ignoredMatches are no list',
    ],
  ])('%s is malformed', (_what, over, why) => {
    expect(headOf(over)).toEqual({ kind: 'malformed', why });
  });

  test.each<[string, object, boolean]>([
    ['of grype, with a source, is its own', IMAGE, true],
    ['without a source is not', { ...IMAGE, source: undefined }, false],
    ['of syft is not', { ...IMAGE, descriptor: { name: 'syft' } }, false],
  ])('%s', (_what, skeleton, expected) => {
    expect(GRYPE.isIt(skeleton)).toBe(expected);
  });
});

const MATCH = {
  vulnerability: {
    id: 'GHSA-1',
    severity: 'Negligible',
    fix: { versions: ['2.0.0'], state: 'fixed' },
    knownExploited: [{ cve: 'CVE-2026-1' }],
    epss: [{ epss: 0.1 }, { epss: 0.4 }],
  },
  relatedVulnerabilities: [{ id: 'CVE-2026-1' }, { id: 'GHSA-1' }, {}],
  artifact: {
    name: 'lodash',
    version: '1.0.0',
    purl: 'pkg:npm/lodash@1.0.0',
    locations: [{ path: '/app/package.json' }, { path: '/other' }],
  },
};

function entryOf(entry: unknown, list = 'matches') {
  return GRYPE.entryOf(list, [], entry, {});
}

function changed(vulnerability: object, artifact: object = {}) {
  return {
    vulnerability: { ...MATCH.vulnerability, ...vulnerability },
    artifact: { ...MATCH.artifact, ...artifact },
  };
}

describe('a match', () => {
  test('is read with all that decides on it', () => {
    expect(entryOf(MATCH)).toEqual({
      kind: 'finding',
      finding: {
        id: 'VUL001',
        severity: 'low',
        message: 'lodash 1.0.0',
        place: { purl: 'pkg:npm/lodash@1.0.0', path: '/app/package.json' },
        names: ['GHSA-1', 'CVE-2026-1'],
        fixedIn: ['2.0.0'],
        knownExploited: true,
        epss: 0.4,
      },
    });
  });

  test('that says little is a finding all the same', () => {
    const entry = { vulnerability: { id: 'CVE-1' }, artifact: { name: 'x' } };
    expect(entryOf(entry)).toEqual({
      kind: 'finding',
      finding: {
        id: 'VUL001',
        severity: 'unknown',
        message: 'x',
        place: { purl: 'pkg:generic/x@', path: undefined },
        names: ['CVE-1'],
        fixedIn: [],
      },
    });
  });

  test('with versions that are not out is not mended by them', () => {
    const entry = changed({ fix: { versions: ['2.0.0'], state: 'wont-fix' } });
    expect(entryOf(entry)).toMatchObject({ finding: { fixedIn: [] } });
  });

  test.each<[string, object]>([
    ['the id of a vulnerability', changed({ id: undefined })],
    ['the name of an artifact', changed({}, { name: undefined })],
  ])('without %s is malformed', (_what, entry) => {
    expect(entryOf(entry)).toEqual({
      kind: 'malformed',
      why: 'a match without the id of a vulnerability or the name of an artifact',
    });
  });
});

describe('a match that was ignored', () => {
  test.each<[string, unknown, string]>([
    ['its reason', [{ reason: 'not used', 'vex-status': 'fixed' }], 'not used'],
    ['a VEX status', [{ 'vex-status': 'fixed' }], 'fixed'],
    ['a namespace', [{ namespace: 'ours' }], 'ours'],
    ['several rules', [{ reason: 'a' }, {}, { reason: 'b' }], 'a, b'],
    ['nothing', undefined, 'without a reason'],
  ])('is told by %s', (_what, appliedIgnoreRules, setAside) => {
    expect(entryOf({ ...MATCH, appliedIgnoreRules }, 'ignoredMatches')).toMatchObject({
      kind: 'finding',
      finding: { names: ['GHSA-1', 'CVE-2026-1'], setAside },
    });
  });

  test('and cannot be read is malformed', () => {
    expect(entryOf({}, 'ignoredMatches').kind).toBe('malformed');
  });

  test('in the other list is not set aside, whatever rules it names', () => {
    const read = entryOf({ ...MATCH, appliedIgnoreRules: [{ reason: 'x' }] });
    expect(read).not.toHaveProperty('finding.setAside');
  });
});

test.each<[string, object]>([
  ['a chance that is a text', { epss: [{ epss: '0.97' }] }],
  ['a chance in percent', { epss: [{ epss: 97 }] }],
  ['a chance that is no list', { epss: { epss: 0.97 } }],
  ['known exploits that are no list', { knownExploited: true }],
])('%s could be a line of the policy: it is malformed, and not left out', (_what, more) => {
  const vulnerability = { id: 'CVE-2026-1', severity: 'Low', ...more };
  const entry = { vulnerability, artifact: { name: 'openssl', version: '3.0.1' } };
  expect(GRYPE.entryOf('matches', [], entry, IMAGE).kind).toBe('malformed');
});
