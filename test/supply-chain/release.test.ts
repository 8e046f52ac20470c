// What the release workflow runs, as far as it goes without a registry: docker and cosign are programs
// that write down what they are asked.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../e2e/support/world.ts';

const { repository, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const STAGES = readdirSync(join(ROOT, 'steps'));
const DIGEST = `sha256:${'a'.repeat(64)}`;
const [, name] = /github\.com\/(.+)$/.exec(repository.url) ?? [];
const IN_WORKFLOW = {
  GITHUB_REF: `refs/tags/v${version}`,
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '42',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: name ?? '',
  GITHUB_SHA: 'b'.repeat(40),
  GITHUB_WORKFLOW_REF: `${name}/.github/workflows/release.yaml@refs/tags/v${version}`,
};

let dist: string;
let folder: string;

beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), 'dist-'));
  const env = { ...process.env, DIST: dist };
  execFileSync(process.execPath, ['scripts/bundle.mjs'], { cwd: ROOT, env });
}, 60_000);

afterAll(() => rmSync(dist, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
  for (const [program, says] of [
    ['docker', DIGEST],
    ['cosign', ''],
  ] as const) {
    const path = join(folder, program);
    writeFileSync(path, `#!/bin/sh\necho ${program} "$@" >> ${folder}/asked\necho '${says}'\n`);
    chmodSync(path, 0o755);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

function release(command: string, env: Readonly<Record<string, string>> = IN_WORKFLOW) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/supply-chain/release.mjs', command],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}`, DIST: dist, ...env },
    },
  );
  const path = join(folder, 'asked');
  const asked = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  return { status, stderr, asked };
}

describe('signing a release', () => {
  test('signs every image by its digest, with what it is made of and how', () => {
    const { status, asked } = release('sign');
    expect(status).toBe(0);
    for (const stage of STAGES) {
      const image = `ghcr.io/zero-downtime-deployment/${stage}@${DIGEST}`;
      const about = asked.filter((line) => line.endsWith(image));
      expect(about).toEqual([
        `cosign sign --yes ${image}`,
        expect.stringMatching(
          new RegExp(`--type cyclonedx --predicate \\S+/sbom/${stage}\\.cdx\\.json `),
        ),
        expect.stringMatching(/--type slsaprovenance1 --predicate \S+\/provenance\.json /),
      ]);
    }
    const { buildDefinition, runDetails } = JSON.parse(
      readFileSync(join(dist, 'release/provenance.json'), 'utf8'),
    );
    expect(buildDefinition.externalParameters.workflow).toEqual({
      ref: `refs/tags/v${version}`,
      repository: repository.url,
      path: '.github/workflows/release.yaml',
    });
    expect(buildDefinition.resolvedDependencies).toEqual([
      { uri: `git+${repository.url}@refs/tags/v${version}`, digest: { gitCommit: 'b'.repeat(40) } },
      {
        uri: 'pkg:docker/gcr.io/distroless/nodejs24-debian12',
        digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
    expect(runDetails.builder.id).toBe(`https://github.com/${IN_WORKFLOW.GITHUB_WORKFLOW_REF}`);
  });

  test('signs the bundle, which is the same each time it is packed', () => {
    const path = join(dist, `release/zero-downtime-deployment-${version}.tar.gz`);
    expect(release('sign').asked.at(-1)).toBe(
      `cosign sign-blob --yes --bundle ${path}.sigstore.json ${path}`,
    );
    const before = readFileSync(path);
    release('sign');
    expect(readFileSync(path).equals(before)).toBe(true);
    const inside = execFileSync('tar', ['-tzf', path], { encoding: 'utf8' });
    expect(inside).toContain(
      `bundle/task/zero-downtime-deploy/${version}/zero-downtime-deploy.yaml`,
    );
  });

  test.each([
    ['outside of a workflow', {}, /not in a workflow: GITHUB_REF, /],
    [
      'in that of another repository',
      { ...IN_WORKFLOW, GITHUB_REPOSITORY: 'somebody/fork' },
      /built from https:\/\/github\.com\/somebody\/fork, package\.json says /,
    ],
  ])('signs nothing %s', (_what, env, message) => {
    const { status, stderr, asked } = release('sign', env);
    expect([status, asked.filter((line) => line.startsWith('cosign'))]).toEqual([1, []]);
    expect(stderr).toMatch(message);
  });

  test('signs nothing that the registry does not know', () => {
    writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho nothing\n');
    const { status, stderr, asked } = release('sign');
    expect([status, asked]).toEqual([1, []]);
    expect(stderr).toMatch(/conclude:v\S+ has no digest/);
  });

  test('is checked as whoever installs it would: by the workflow that has signed', () => {
    const { status, asked } = release('verify');
    expect(status).toBe(0);
    const checks = asked.filter((line) => line.startsWith('cosign'));
    expect(checks).toHaveLength(3 * STAGES.length);
    for (const line of checks) {
      expect(line).toContain('/\\.github/workflows/release\\.yaml@refs/tags/v');
      expect(line).toContain(
        '--certificate-oidc-issuer https://token.actions.githubusercontent.com',
      );
    }
  });
});

describe('the workflows', () => {
  const names = readdirSync(join(ROOT, '.github/workflows'));
  const workflows = names.map((file) => {
    const text = readFileSync(join(ROOT, '.github/workflows', file), 'utf8');
    return { file, text, jobs: Object.values(parse(text).jobs) as { steps: Step[] }[] };
  });

  test.each(names)('%s uses actions by their commits, and runs scripts that there are', (file) => {
    const steps = workflows
      .filter((one) => one.file === file)
      .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps));
    for (const { uses, run = '' } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
      const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
      for (const [, script = ''] of run.matchAll(/npm run ([\w:]+)/g))
        expect(scripts).toHaveProperty(script);
      const targets = readFileSync(join(ROOT, 'Makefile'), 'utf8');
      for (const [, target] of run.matchAll(/make ([\w-]+)/g))
        expect(targets).toMatch(new RegExp(`^${target}[ :]`, 'm'));
      // What an event says is never part of a command.
      expect(run).not.toContain('${{');
    }
  });

  test('insist on the signatures of all packages', () => {
    for (const { text } of workflows) expect(text).toContain('SIGNATURES: required');
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
