// What trivy found is read entry by entry: nothing is lost, and what cannot be read is never nothing.
import { describe, expect, test } from '@jest/globals';
import { TRIVY } from '../../../../core/security/reports/trivy.ts';
import { zonedTimeOf } from '../../../../core/security/time.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = {
  SchemaVersion: 2,
  ArtifactType: 'container_image',
  CreatedAt: '2026-11-30T12:00:00Z',
  Metadata: { ImageID: DIGEST, OS: { Family: 'debian', Name: '12.5' } },
  Results: [{ Target: 'app (debian 12.5)', Class: 'os-pkgs' }],
};

function headOf(over: object = {}) {
  return TRIVY.headOf({ ...IMAGE, ...over }, new Map());
}

/** An entry of a list of the second result. */
function entryOf(list: string, entry: unknown, result: object = { Target: 'app.jar' }) {
  return TRIVY.entryOf(`Results.*.${list}`, [1], entry, { Results: [{ Target: 'first' }, result] });
}

describe('the head of a report', () => {
  test('says which image was scanned, when, and what it runs on', () => {
    expect(headOf()).toEqual({
      kind: 'head',
      head: {
        scanner: 'trivy',
        createdAt: zonedTimeOf('2026-11-30T12:00:00Z'),
        databaseBuiltAt: undefined,
        imageId: DIGEST,
        operatingSystem: 'debian 12.5',
        endOfLife: false,
        lookedAtPackages: true,
      },
    });
  });

  test.each<[string, object, object]>([
    ['of a folder has no image', { ArtifactType: 'filesystem' }, { imageId: undefined }],
    [
      'of an odd digest has no image',
      { Metadata: { ImageID: `${DIGEST}0` } },
      { imageId: undefined },
    ],
    ['without a system names none', { Metadata: {} }, { operatingSystem: undefined }],
    [
      'of a system without a version names what is there',
      { Metadata: { OS: { Family: 'alpine' } } },
      { operatingSystem: 'alpine' },
    ],
    [
      'of a system that has ended says so',
      { Metadata: { OS: { EOSL: true } } },
      { endOfLife: true },
    ],
    ['without results has looked at nothing', { Results: undefined }, { lookedAtPackages: false }],
    ['with null for results has looked at nothing', { Results: null }, { lookedAtPackages: false }],
    [
      'that looked for secrets alone has looked at no packages',
      { Results: [{ Class: 'secret' }] },
      { lookedAtPackages: false },
    ],
    [
      'that looked at what a language brings has looked at packages',
      { Results: [{ Class: 'secret' }, { Class: 'lang-pkgs' }] },
      { lookedAtPackages: true },
    ],
  ])('%s', (_what, over, expected) => {
    expect(headOf(over)).toMatchObject({ kind: 'head', head: expected });
  });

  test.each<[string, object, string]>([
    ['another version', { SchemaVersion: 1 }, 'its SchemaVersion is not 2'],
    ['a map of results', { Results: {} }, 'its Results are no list'],
    ['a result that is a text', { Results: ['x'] }, 'one of its Results is no map'],
    ['a result that is null', { Results: [null] }, 'one of its Results is no map'],
    ['a result that is a list', { Results: [[]] }, 'one of its Results is no map'],
    [
      'secrets that are a map',
      { Results: [{}, { Secrets: {} }] },
      'the Secrets of one of its Results are no list',
    ],
  ])('with %s is malformed', (_what, over, why) => {
    expect(headOf(over)).toEqual({ kind: 'malformed', why });
  });

  test('is told from the reports of others by its version', () => {
    expect(TRIVY.isIt({ SchemaVersion: 2 })).toBe(true);
    expect(TRIVY.isIt({ descriptor: { name: 'grype' } })).toBe(false);
  });
});

describe('a vulnerability', () => {
  const written = {
    VulnerabilityID: 'CVE-2026-1',
    VendorIDs: ['DSA-1'],
    PkgName: 'openssl',
    InstalledVersion: '3.0.1',
    FixedVersion: '3.0.2, 3.1.0',
    PkgPath: 'lib/openssl.jar',
    PkgIdentifier: { PURL: 'pkg:deb/debian/openssl@3.0.1' },
    Severity: 'CRITICAL',
    Title: 'something bad',
  };

  test('is read with all that decides on it', () => {
    expect(entryOf('Vulnerabilities', written)).toEqual({
      kind: 'finding',
      finding: {
        id: 'VUL001',
        severity: 'critical',
        message: 'openssl 3.0.1: something bad',
        place: { purl: 'pkg:deb/debian/openssl@3.0.1', path: 'lib/openssl.jar' },
        names: ['CVE-2026-1', 'DSA-1'],
        fixedIn: ['3.0.2', '3.1.0'],
      },
    });
  });

  test('of an older report is known by the package and its version, in what was looked at', () => {
    const { VulnerabilityID, PkgName } = written;
    expect(entryOf('Vulnerabilities', { VulnerabilityID, PkgName })).toMatchObject({
      finding: {
        severity: 'unknown',
        message: 'openssl ',
        place: { purl: 'pkg:generic/openssl@', path: 'app.jar' },
        names: ['CVE-2026-1'],
        fixedIn: [],
      },
    });
  });

  test.each(['VulnerabilityID', 'PkgName'])('without %s is malformed', (key) => {
    expect(entryOf('Vulnerabilities', { ...written, [key]: undefined })).toEqual({
      kind: 'malformed',
      why: 'a vulnerability without VulnerabilityID or PkgName',
    });
  });
});

describe('a secret', () => {
  test('is told by its rule and its line, never by what it is', () => {
    const entry = {
      RuleID: 'aws-key',
      StartLine: 7,
      Severity: 'HIGH',
      Match: 'AKIA',
      Code: 'AKIA',
    };
    expect(entryOf('Secrets', entry)).toEqual({
      kind: 'finding',
      finding: {
        id: 'SEC001',
        severity: 'high',
        message: 'aws-key in app.jar line 7',
        place: { path: 'app.jar' },
        names: ['aws-key'],
      },
    });
  });

  test('of no rule, line and file is told all the same', () => {
    expect(entryOf('Secrets', {}, {})).toMatchObject({
      finding: { message: 'unnamed rule in a file', names: ['unnamed rule'] },
    });
  });
});

describe('a licence', () => {
  test.each<[string, object, object, string, string | undefined]>([
    ['of a package', { PkgName: 'zlib', FilePath: 'x' }, { Target: 't' }, 'zlib', 'x'],
    ['of a file', { FilePath: 'x' }, { Target: 't' }, 'x', 'x'],
    ['of what was looked at', {}, { Target: 't' }, 't', 't'],
    ['of nothing that has a name', {}, {}, 'a file', undefined],
  ])('%s says whose it is', (_what, entry, result, owner, path) => {
    expect(entryOf('Licenses', { Name: 'GPL-3.0', Severity: 'LOW', ...entry }, result)).toEqual({
      kind: 'finding',
      finding: {
        id: 'LIC001',
        severity: 'low',
        message: `GPL-3.0 of ${owner}`,
        place: { path },
        names: ['GPL-3.0'],
      },
    });
  });

  test('without a name is malformed', () => {
    expect(entryOf('Licenses', {})).toEqual({ kind: 'malformed', why: 'a licence without Name' });
  });
});

describe('a misconfiguration', () => {
  test.each(['FAIL', undefined])('that is %s is found', (Status) => {
    const entry = { ID: 'DS002', Title: 'root user', Severity: 'HIGH', Status };
    expect(entryOf('Misconfigurations', entry)).toEqual({
      kind: 'finding',
      finding: {
        id: 'MIS001',
        severity: 'high',
        message: 'root user',
        place: { path: 'app.jar' },
        names: ['DS002'],
      },
    });
  });

  test.each(['PASS', 'EXCEPTION'])('that is %s is none', (Status) => {
    expect(entryOf('Misconfigurations', { ID: 'DS002', Status })).toEqual({ kind: 'nothing' });
  });

  test('without a title is told by its ID', () => {
    expect(entryOf('Misconfigurations', { ID: 'DS002' })).toMatchObject({
      finding: { message: 'DS002' },
    });
  });

  test('without an ID is malformed, whether it passed or not', () => {
    expect(entryOf('Misconfigurations', { Status: 'PASS' })).toEqual({
      kind: 'malformed',
      why: 'a misconfiguration without ID',
    });
  });
});

describe('what was set aside', () => {
  const aside = (Type: string, Finding: object, why: object = { Status: 'ignored' }) =>
    entryOf('ExperimentalModifiedFindings', { Type, Finding, ...why });

  test.each<[string, object, string]>([
    ['vulnerability', { VulnerabilityID: 'CVE-1', PkgName: 'x' }, 'VUL001'],
    ['secret', { RuleID: 'r' }, 'SEC001'],
    ['license', { Name: 'MIT' }, 'LIC001'],
    ['misconfiguration', { ID: 'DS1' }, 'MIS001'],
  ])('a %s is a finding still, that says why', (type, finding, id) => {
    expect(aside(type, finding)).toMatchObject({
      kind: 'finding',
      finding: { id, setAside: 'ignored' },
    });
  });

  test.each([
    [{ Status: 'not_affected', Statement: 'not reached' }, 'not_affected: not reached'],
    [{ Statement: 'not reached' }, 'not reached'],
    [{}, 'without a reason'],
  ])('by %j is told as that', (why, setAside) => {
    expect(aside('secret', {}, why)).toMatchObject({ finding: { setAside } });
  });

  test('of a kind that is not known is malformed', () => {
    expect(aside('poem', {})).toEqual({
      kind: 'malformed',
      why: 'a finding that was set aside, of no known type',
    });
  });

  test('what passed counts for nothing there either', () => {
    expect(aside('misconfiguration', { ID: 'DS1', Status: 'PASS' })).toEqual({ kind: 'nothing' });
  });
});
