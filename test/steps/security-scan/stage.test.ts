// Every way in which security-scan can end: it touches nothing but its own section of the journal, says no in
// words that a person understands, and what it cannot decide it does not pass.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ConfigMap, KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import type { Ask } from '../../../effects/http/http.ts';
import type { StageEnd } from '../../../effects/stage/run-stage.ts';
import { stage } from '../../../steps/security-scan/stage.ts';
import {
  type Content,
  emptyContent,
  keyBundle,
  putBundle,
  putImage,
  putLegacy,
  SIGN,
  signedLayer,
  simpleSigning,
  statement,
} from '../../effects/security/support/content.ts';
import { keyPair } from '../../effects/security/support/looking.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { type Ended, staged } from '../support.ts';

const KEY = keyPair();
const SIGNED: SecurityConfig = { signatures: { keys: [KEY.pem] } };
const ANSI = '\u001b[31mbad\u001b[0m | <img src=x>';

let content: Content;
let image: ReturnType<typeof putImage>;
let folder: string;
beforeEach(() => {
  content = emptyContent();
  image = putImage(content, 'v2', ['linux/amd64']);
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
});

/** A registry that has the content and does nothing else. */
const asks =
  (fault?: number): Ask =>
  async ({ url }) => {
    const [, kind, reference = ''] = /\/(manifests|blobs|referrers)\/(.+)$/.exec(url) ?? [];
    const body =
      kind === 'manifests'
        ? content.manifests.get(reference)?.text
        : content.blobs.get(reference)?.toString();
    const status = fault ?? (body === undefined ? 404 : 200);
    return { kind: 'answered', status, body: body ?? '', headers: new Map() };
  };

function configMap(name: string, data: Record<string, string>): ConfigMap & KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

const installed = (policy: object): KubernetesObject =>
  configMap('zero-downtime-security-policy', { 'policy.yaml': JSON.stringify(policy) });

async function scanned(
  security: SecurityConfig | undefined,
  given: Readonly<Record<string, string>> = {},
  { ask = asks(), objects = [] as KubernetesObject[] } = {},
) {
  const config = security === undefined ? QUICK : { ...QUICK, security };
  const { start, world, writes } = await staged(stage, { config, objects });
  const at = world.stage('clock').clock;
  const clock = { ...at, now: () => NOW };
  const options = { 'run-namespace': 'default', 'scan-dir': folder, ...given };
  const ended = await settled(start(options, { ask, clock }), () => world.passes(1));
  // In every test of this file.
  expect(writes().filter((write) => !write.includes('configmaps'))).toEqual([]);
  const sections = world.api.writes.flatMap(
    ({ body }) => Object(Object(body).data)['stage.security-scan'] ?? [],
  );
  const [section] = sections.map((each) => JSON.parse(String(each)));
  return { ...ended, world, section };
}

/** Files are read in real time, and the API is asked in the world's. */
async function settled(
  stageEnd: Promise<StageEnd>,
  passes: () => Promise<unknown>,
): Promise<Ended> {
  let ended: Ended | undefined;
  stageEnd.then(
    ({ summary, ...end }) => {
      ended = { ...end, summary: summary ? textOf(summary) : '' };
    },
    (thrown: unknown) => {
      const { exitCode, message } = Object(thrown);
      ended = { exitCode, message };
    },
  );
  while (!ended) {
    await passes();
    await sleep(1);
  }
  return ended;
}

function sign(): void {
  putLegacy(content, image.digest, [signedLayer(simpleSigning(image.digest), KEY.privateKey)]);
}

interface Report {
  readonly id?: string | undefined;
  readonly at?: number;
  readonly vulnerabilities?: readonly object[];
}

/** As trivy writes it, about the image unless told. */
function writeReport(
  now: number,
  { id, at = now, vulnerabilities = [] }: Report = {},
  file = 'report.json',
): void {
  const report = {
    SchemaVersion: 2,
    CreatedAt: new Date(at).toISOString(),
    ArtifactType: 'container_image',
    Metadata: { ImageID: id ?? image.configs.get('linux/amd64') },
    Results: [{ Target: 'debian', Class: 'os-pkgs', Vulnerabilities: vulnerabilities }],
  };
  writeFileSync(join(folder, file), JSON.stringify(report));
}

const BAD = {
  VulnerabilityID: 'CVE-2026-1',
  PkgName: 'openssl',
  InstalledVersion: '3.0.1',
  FixedVersion: '3.0.2',
  Severity: 'CRITICAL',
  Title: ANSI,
};
/** The clock of the world that tests run in. */
const NOW = instant(Date.parse('2026-01-01T00:00:00Z'));

describe('passes', () => {
  test('where no one asks for anything, and says so', async () => {
    expect(await scanned(undefined)).toMatchObject({
      exitCode: 0,
      results: { verdict: 'not-asked' },
    });
  });

  test('an image that is signed, and leaves the digest that it has looked at', async () => {
    sign();
    const { section, ...ended } = await scanned(SIGNED);
    expect(ended).toMatchObject({
      exitCode: 0,
      results: { verdict: 'passed', 'image-digest': image.digest },
    });
    expect(section).toMatchObject({
      run: 'run-1',
      state: 'done',
      facts: {
        verdict: 'passed',
        digest: image.digest,
        told: expect.stringMatching(/^passed: \S+:v2@sha256:\S+; vulnerabilities 0 critical/),
      },
    });
  });

  test('what would block, where the policy only warns, and says what that is', async () => {
    expect(await scanned({ ...SIGNED, enforce: 'warn' })).toMatchObject({
      exitCode: 0,
      results: { verdict: 'warned' },
      summary: expect.stringContaining('SIG001'),
    });
  });
});

describe('refuses with 1', () => {
  test('an image that no one has signed, in one line that says what helps', async () => {
    const { section, ...ended } = await scanned(SIGNED);
    expect(ended).toMatchObject({
      exitCode: 1,
      results: { verdict: 'refused' },
      summary: expect.stringContaining('is not signed'),
    });
    expect(section).toMatchObject({ state: 'failed' });
    expect(ended.world.lines.join('\n')).toContain('cosign sign --key');
  });

  test("an image that the installer's policy wants signed, whatever the release config says", async () => {
    const objects = [installed(SIGNED)];
    for (const own of [
      undefined,
      { enforce: 'warn' } as const,
      { registries: ['registry.example'] },
    ]) {
      expect(await scanned(own, {}, { objects })).toMatchObject({ exitCode: 1 });
    }
  });

  test('a pod that may do what a node may', async () => {
    expect(await scanned({ podSecurity: {} })).toMatchObject({
      exitCode: 1,
      summary: expect.stringContaining('PSS-'),
    });
  });

  test('an image from a registry that is not allowed', async () => {
    expect(await scanned({ registries: ['registry.example/other'] })).toMatchObject({
      exitCode: 1,
      summary: expect.stringContaining('IMG004'),
    });
  });
});

describe('cannot decide, and says so with 3', () => {
  test.each([401, 403, 429, 500, 503])('where the registry answers %d', async (status) => {
    expect(await scanned(SIGNED, {}, { ask: asks(status) })).toMatchObject({
      exitCode: 3,
      results: { verdict: 'undecided' },
      summary: expect.stringContaining(`answered ${status}`),
    });
  });

  test('where there is no report', async () => {
    const { exitCode, world } = await scanned({ gates: {} });
    expect([1, 3]).toContain(exitCode);
    expect(world.lines.join('\n')).toContain('SCN001');
  });
});

describe('a report', () => {
  const gated: SecurityConfig = { gates: { maxReportAge: '24h' } };
  const idsOf = (world: { lines: readonly string[] }): string[] =>
    world.lines.flatMap((line) => /check=((?:SCN|VUL|SEC|IMG)\d+)/.exec(line)?.[1] ?? []);

  test.each<[string, (now: number) => void, readonly string[]]>([
    ['that has nothing', (now) => writeReport(now), []],
    ['with a vulnerability', (now) => writeReport(now, { vulnerabilities: [BAD] }), ['VUL001']],
    [
      'of another image',
      (now) => writeReport(now, { id: `sha256:${'c'.repeat(64)}` }),
      ['SCN004', 'VUL003'],
    ],
    ['that is too old', (now) => writeReport(now, { at: now - 25 * 3_600_000 }), ['SCN005']],
    ['from the future', (now) => writeReport(now, { at: now + 3_600_000 }), ['SCN005']],
    [
      'that is cut off',
      () => writeFileSync(join(folder, 'report.json'), '{"SchemaVersion": 2, "Res'),
      ['SCN002', 'VUL003'],
    ],
    ['that is empty', () => writeFileSync(join(folder, 'report.json'), ''), ['SCN002', 'VUL003']],
  ])('%s comes to what it is', async (_what, write, ids) => {
    write(NOW);
    const { exitCode, world } = await scanned(gated);
    expect(idsOf(world).toSorted()).toEqual([...ids].toSorted());
    expect(exitCode === 0).toBe(ids.length === 0);
  });

  test('is shown without anything that a terminal or a page would act on', async () => {
    writeReport(NOW, { vulnerabilities: [BAD] });
    const out = join(folder, 'out');
    const { world } = await scanned(gated, { 'report-dir': out });
    const files = ['json', 'sarif', 'md'].map((ending) =>
      readFileSync(join(out, `security-scan.${ending}`), 'utf8'),
    );
    for (const text of [...world.lines, ...files]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\\u001b');
    }
    expect(files[2]).not.toContain('<img');
    expect(JSON.parse(files[0] ?? '')).toMatchObject({
      verdict: 'refused',
      vulnerabilities: { critical: 1 },
    });
  });

  test('that came as an attestation counts where a key of the policy has signed it', async () => {
    sign();
    const report = {
      SchemaVersion: 2,
      ArtifactType: 'container_image',
      Metadata: { ImageID: image.configs.get('linux/amd64') },
      Results: [{ Class: 'os-pkgs', Vulnerabilities: [] }],
    };
    const predicate = {
      scanner: { result: report },
      metadata: { scanFinishedOn: new Date(NOW).toISOString() },
    };
    const vuln = 'https://cosign.sigstore.dev/attestation/vuln/v1';
    putBundle(
      content,
      image.digest,
      keyBundle(statement(image.digest, vuln, predicate), keyPair().privateKey),
    );
    expect((await scanned({ ...SIGNED, ...gated })).exitCode).not.toBe(0);
    putBundle(
      content,
      image.digest,
      keyBundle(statement(image.digest, vuln, predicate), KEY.privateKey),
    );
    expect(await scanned({ ...SIGNED, ...gated })).toMatchObject({ exitCode: 0 });
    expect(SIGN).toContain('sign');
  });
});

describe('wrong input is one clear error each, with 2, and nothing is written', () => {
  test.each<[string, object, RegExp]>([
    [
      'an unknown key',
      { signature: {} },
      /security\/signature is not a known key; did you mean signatures\?/,
    ],
    [
      'signatures without a key',
      { signatures: {} },
      /security\/signatures needs keys or identities/,
    ],
    [
      'a key that is none',
      { signatures: { keys: ['-----BEGIN PUBLIC KEY-----\nx'] } },
      /keys\[0\] is no public key/,
    ],
    [
      'a key of a kind that is not checked',
      { signatures: { keys: [keyPair('P-384').pem] } },
      /keys\[0\] is no public key/,
    ],
    [
      'identities without a root',
      { signatures: { identities: [{ issuer: 'a', subject: 'b' }] } },
      /identities need trustRoot/,
    ],
    [
      'a root that is not there',
      { signatures: { identities: [{ issuer: 'a', subject: 'b' }], trustRoot: 'root.json' } },
      /trustRoot: root.json needs the workspace evidence/,
    ],
    [
      'an exception for ever',
      {
        exceptions: [
          { id: 'CVE-1', scope: { path: 'a' }, owner: 'me', reason: 'r', expires: '2026-12-31' },
        ],
      },
      /expires must be a time of RFC 3339/,
    ],
    [
      'an exception for what cannot be excepted',
      {
        exceptions: [
          {
            id: 'SIG001',
            scope: { path: 'a' },
            owner: 'me',
            reason: 'r',
            expires: '2026-12-31T00:00:00Z',
          },
        ],
      },
      /cannot be excepted/,
    ],
    [
      'a wildcard',
      {
        exceptions: [
          {
            id: 'CVE-*',
            scope: { path: 'a' },
            owner: 'me',
            reason: 'r',
            expires: '2026-12-31T00:00:00Z',
          },
        ],
      },
      /exceptions\/0\/id/,
    ],
    [
      'a duration that is none',
      { gates: { maxReportAge: '1 day' } },
      /maxReportAge is not a duration/,
    ],
    [
      'a VEX document that is not there',
      { vex: ['vex.json'] },
      /vex.json needs the workspace evidence/,
    ],
  ])('%s', async (_what, security, message) => {
    const { exitCode, message: told, section } = await scanned(security as SecurityConfig);
    expect([exitCode, section]).toEqual([2, undefined]);
    expect(told).toMatch(message);
  });

  test("an installer's policy that cannot be understood stops with 3, and says whose it is", async () => {
    const objects = [installed({ gate: {} })];
    expect(await scanned(undefined, {}, { objects })).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('zero-downtime-security-policy'),
    });
  });
});
