// Real reports come to what the scanners' own tables say; what is none, or half of one, is never "nothing found".
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { timestampOf } from '../../../../core/kubernetes/time.ts';
import type { Finding } from '../../../../core/security/finding.ts';
import { openReport, readFindings } from '../../../../effects/security/reports/read-report.ts';

function recording(name: string): string {
  return readFileSync(new URL(`./recordings/${name}`, import.meta.url), 'utf8');
}

function sourceOf(text: string) {
  const bytes = Buffer.from(text);
  return {
    name: 'report.json',
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
}

async function read(text: string): Promise<{ head?: object; findings: Finding[] }> {
  const opened = await openReport(sourceOf(text));
  if (opened.kind === 'unreadable') return { findings: [opened.finding] };
  const findings: Finding[] = [];
  const fault = await readFindings(opened, (finding) => findings.push(finding));
  return { head: opened.head, findings: fault ? [...findings, fault] : findings };
}

/** Of the findings of a kind how many there are of each severity. */
function counts(findings: readonly Finding[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { id, severity, setAside } of findings) {
    const key = `${id} ${severity}${setAside === undefined ? '' : ' set aside'}`;
    counted[key] = (counted[key] ?? 0) + 1;
  }
  return counted;
}

describe('a report that a scanner has written', () => {
  test.each<[string, Record<string, number>]>([
    ['trivy/alpine-310.json', { 'VUL001 medium': 4 }],
    ['trivy/debian-buster.json', { 'VUL001 critical': 1, 'VUL001 low': 1 }],
    ['trivy/distroless-base.json', { 'VUL001 medium': 2, 'VUL001 low': 2 }],
    ['trivy/dockerfile.json', { 'MIS001 high': 1 }],
    ['trivy/gomod-vex.json', { 'VUL001 unknown': 4 }],
    ['trivy/npm.json', { 'VUL001 medium': 1 }],
    ['trivy/npm-with-suppressed.json', { 'VUL001 high': 1, 'VUL001 low set aside': 1 }],
    ['grype/chainguard-ruby-test.json', { 'VUL001 high': 3 }],
    ['grype/ghsa-test.json', { 'VUL001 medium': 2 }],
  ])('%s has what its own table has', async (name, expected) => {
    const { findings } = await read(recording(name));
    expect(counts(findings)).toEqual(expected);
  });

  test('says what it is about, when it was made and by which database', async () => {
    const trivy = await read(recording('trivy/alpine-310.json'));
    expect(trivy.head).toMatchObject({
      imageId: 'sha256:961769676411f082461f9ef46626dd7a2d1e2b2a38e6a44364bcbecf51e66dd4',
      operatingSystem: 'alpine 3.10.2',
      endOfLife: true,
      lookedAtPackages: true,
      databaseBuiltAt: undefined,
    });
    const { head } = await read(recording('grype/ghsa-test.json'));
    const { createdAt, databaseBuiltAt } = Object(head);
    // Written with the zone -04:00.
    expect(timestampOf(createdAt)).toBe('2023-08-31T19:13:32Z');
    expect(timestampOf(databaseBuiltAt)).toBe('2023-08-31T01:24:19Z');
  });

  test('names the package, where it lies, and what mends it', async () => {
    const { findings } = await read(recording('grype/ghsa-test.json'));
    expect(findings[0]).toMatchObject({
      names: expect.arrayContaining([
        expect.stringMatching(/^GHSA-/),
        expect.stringMatching(/^CVE-/),
      ]),
      place: { purl: expect.stringMatching(/^pkg:/), path: expect.any(String) },
      fixedIn: [expect.any(String)],
    });
  });
});

const HEAD = '"SchemaVersion": 2, "ArtifactType": "container_image"';
const VULNERABILITY = '{"VulnerabilityID": "CVE-1", "PkgName": "a", "Severity": "HIGH"}';

describe('what is no whole report', () => {
  const whole = recording('trivy/debian-buster.json');

  test.each<[string, string]>([
    ['is cut off', whole.slice(0, whole.length - 200)],
    [
      'is cut off where a list could end',
      `{${HEAD}, "Results": [{"Vulnerabilities": [${VULNERABILITY}`,
    ],
    ['has log text ahead of it', `INFO Vulnerability scanning is enabled\n${whole}`],
    ['has another document behind it', `${whole}${whole}`],
    ['is empty', ''],
    ['is of no known scanner', '{"bomFormat": "CycloneDX", "components": []}'],
    ['is of another version', whole.replace('"SchemaVersion": 2', '"SchemaVersion": 3')],
    ['has Results that are a map', `{${HEAD}, "Results": {"Vulnerabilities": [${VULNERABILITY}]}}`],
    [
      'has vulnerabilities that are a map',
      `{${HEAD}, "Results": [{"Vulnerabilities": {"0": ${VULNERABILITY}}}]}`,
    ],
    [
      'has a result that is a list',
      `{${HEAD}, "Results": [[{"Vulnerabilities": [${VULNERABILITY}]}]]}`,
    ],
    [
      'has vulnerabilities twice',
      `{${HEAD}, "Results": [{"Vulnerabilities": [${VULNERABILITY}], "Vulnerabilities": []}]}`,
    ],
    [
      'has a vulnerability without a name',
      `{${HEAD}, "Results": [{"Vulnerabilities": [{"Severity": "HIGH"}]}]}`,
    ],
    ['has a vulnerability that is null', `{${HEAD}, "Results": [{"Vulnerabilities": [null]}]}`],
    ['nests without end', `{${HEAD}, "Results": ${'['.repeat(1000)}`],
    ['has no matches', '{"source": {"type": "image"}, "descriptor": {"name": "grype"}}'],
    [
      'has ignored matches that are a map',
      '{"matches": [], "ignoredMatches": {}, "source": {}, "descriptor": {"name": "grype"}}',
    ],
  ])('is malformed where it %s', async (_what, text) => {
    const { findings } = await read(text);
    expect(findings.map(({ id }) => id)).toContain('SCN002');
  });

  test.each([`{${HEAD}}`, `{${HEAD}, "Results": null}`, `{${HEAD}, "Results": []}`])(
    'has looked at nothing where it lists no packages: %s',
    async (text) => {
      expect(await read(text)).toMatchObject({ head: { lookedAtPackages: false }, findings: [] });
    },
  );
});

test('a secret that a report shows is told by its rule and place alone', async () => {
  const secret = 'AKIAIOSFODNN7EXAMPLE';
  const found = `{"RuleID": "aws-access-key-id", "Severity": "CRITICAL", "StartLine": 3, "Title": "AWS", "Match": "${secret}", "Code": {"Lines": [{"Content": "${secret}"}]}}`;
  const { findings } = await read(
    `{${HEAD}, "Results": [{"Target": "app/.env", "Secrets": [${found}]}]}`,
  );
  expect(findings).toMatchObject([
    { id: 'SEC001', severity: 'critical', message: 'aws-access-key-id in app/.env line 3' },
  ]);
  expect(JSON.stringify(findings)).not.toContain(secret);
  const malformed = await read(`{"${secret}": ${secret}`);
  expect(JSON.stringify(malformed)).not.toContain(secret);
});

test('what a million findings take is time, and not memory', async () => {
  const entry = `${JSON.stringify({ ...JSON.parse(VULNERABILITY), Description: 'x'.repeat(400) })},`;
  const block = Buffer.from(entry.repeat(1000));
  const source = {
    name: 'report.json',
    async *chunks() {
      yield Buffer.from(`{${HEAD}, "Results": [{"Class": "os-pkgs", "Vulnerabilities": [`);
      for (let at = 0; at < 100; at += 1) yield block;
      yield Buffer.from(`${VULNERABILITY}]}]}`);
    },
  };
  const opened = await openReport(source);
  if (opened.kind === 'unreadable') throw new Error(opened.finding.message);
  const before = process.memoryUsage().heapUsed;
  let [count, most] = [0, 0];
  await readFindings(opened, () => {
    count += 1;
    if (count % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
  });
  expect(count).toBe(100_001);
  expect(most).toBeLessThan(150 * 1_048_576);
});
