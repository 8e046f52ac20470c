// Every file that a config names is one of its workspace, and what is wrong with it tells nothing of it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BadInput } from '../../../effects/base/failure.ts';
import { readFileWithin } from '../../../effects/base/workspace-file.ts';
import { loadSettings } from '../../../effects/config/load.ts';
import type { Ask } from '../../../effects/http/http.ts';
import { resolveImage } from '../../../effects/inputs/image-registry.ts';
import type { Kube } from '../../../effects/kube/client.ts';
import { askSource } from '../../../effects/measure/metrics/source.ts';
import { cpuMs } from '../../support/cpu.ts';
import { measuring } from '../measure/metrics/support/outside.ts';

const SECRET = 'eyJhbGciOiJSUzI1NiJ9.not-to-be-seen';
let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'trust-'));
  folder = join(root, 'workspace');
  mkdirSync(join(folder, '..2026', 'deep'), { recursive: true });
  mkdirSync(join(root, 'workspace-of-others'));
  writeFileSync(join(root, 'token'), SECRET);
  writeFileSync(join(root, 'workspace-of-others', 'token'), SECRET);
  writeFileSync(join(folder, '..2026', 'mounted'), 'as the kubelet mounts it');
  symlinkSync('..2026', join(folder, '..data'));
  symlinkSync('..data/mounted', join(folder, 'mounted'));
  symlinkSync('../token', join(folder, 'out'));
  symlinkSync(join(root, 'token'), join(folder, 'release.yaml'));
  symlinkSync('../workspace-of-others', join(folder, 'beside'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('/dev/zero', join(folder, 'endless'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'large'), 'x'.repeat(2_000_000));
});

describe('a file that a config names', () => {
  test('is read by the links with which the kubelet mounts it', async () => {
    expect(await readFileWithin(folder, 'mounted')).toBe('as the kubelet mounts it');
  });

  test.each([
    ['../token', 'must be a path inside its workspace, without ".."'],
    ['a/../../token', 'must be a path inside its workspace, without ".."'],
    ['/etc/passwd', 'must be a path inside its workspace, without ".."'],
    ['out', 'is a symbolic link that leads out of its workspace'],
    ['release.yaml', 'is a symbolic link that leads out of its workspace'],
    ['beside/token', 'is a symbolic link that leads out of its workspace'],
    ['endless', 'is a symbolic link that leads out of its workspace'],
    ['.', 'must be a path inside its workspace, without ".."'],
    ['', 'must be a path inside its workspace, without ".."'],
    ['a\\..\\..\\token', 'must be a path inside its workspace, without ".."'],
    ['loop', 'is a symbolic link that leads to itself'],
    ['pipe', 'is not a regular file'],
    ['..2026', 'must be a path'],
    ['lost', 'is not there'],
    ['large', 'is larger than 1048576 bytes'],
  ])('%s is refused: %s', async (file, why) => {
    const read = readFileWithin(folder, file === '..2026' ? '..2026/../../token' : file);
    await expect(read).rejects.toThrow(why);
  });

  test('as a token leads no token out of another folder', async () => {
    const asked: unknown[] = [];
    const context = {
      ...measuring(folder),
      askConfigured: async (request: unknown) => {
        asked.push(request);
        return { kind: 'answered', status: 200, body: '1', headers: new Map() } as const;
      },
    };
    for (const tokenFile of ['../token', 'out', 'beside/token']) {
      const access = { tokenFile, caFile: undefined };
      const reply = await askSource(context, { to: 'http', url: 'http://127.0.0.1:1/' }, access);
      expect(reply).toMatchObject({ kind: 'failed', why: expect.stringContaining('workspace') });
    }
    expect(asked).toEqual([]);
  });
});

const nobody = {} as Kube; // a file wins over the ConfigMap: nobody is asked
const GIVEN = {
  ...{ service: 'pay', namespace: 'default', imageTag: 'v2', imageRepository: '' },
  ...{ strategy: '', dryRun: 'false', configMap: '' },
};

async function faultsOf(configDir: string, configPath: string): Promise<readonly string[]> {
  return loadSettings(nobody, {
    ...GIVEN,
    configDir,
    configFile: join(configDir, configPath),
  }).then(
    () => [],
    (thrown: unknown) => {
      if (thrown instanceof BadInput) return thrown.faults;
      throw thrown;
    },
  );
}

async function faultsIn(text: string): Promise<readonly string[]> {
  const own = mkdtempSync(join(tmpdir(), 'config-'));
  writeFileSync(join(own, 'release.yaml'), text);
  return faultsOf(own, 'release.yaml');
}

const HEAD = 'apiVersion: release.zero-downtime.dev/v1\nkind: ReleaseConfig\n';

describe('what is wrong with a release config', () => {
  test.each(['release.yaml', '../token', 'out'])('%s tells nothing of the secret', async (path) => {
    const faults = await faultsOf(folder, path);
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('not-to-be-seen');
  });

  test.each([
    ['a token', SECRET],
    ['a token as a key', `${SECRET}: x`],
    ['a Secret', `apiVersion: v1\nkind: Secret\ndata: {password: ${SECRET}}`],
    ['a list', `- ${SECRET}`],
    ['a value of another type', `${HEAD}limits: ${SECRET}`],
    ['a word that is none', `${HEAD}strategy: {type: "${SECRET}"}`],
    ['a duration that is none', `${HEAD}limits: {maxDuration: "${SECRET}"}`],
    ['an unknown check', `${HEAD}preflight: {ignore: [{check: "${SECRET}", reason: x}]}`],
    ['an unknown metric', `${HEAD}rollback: {triggers: [{metric: "${SECRET}", value: 1}]}`],
    [
      'a limit that is none',
      `${HEAD}rollback: {triggers: [{metric: error_rate, value: "${SECRET}"}]}`,
    ],
    ['broken YAML', `a: [${SECRET}`],
    ['an unknown alias', `${HEAD}limits: *${SECRET.replaceAll('.', '')}`],
  ])('is told without its text: %s', async (_name, text) => {
    const faults = await faultsIn(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).not.toMatch(/not-to-be-seen|eyJhbGci/);
  });

  test.each([
    [`${HEAD}limits: {}\nlimits: {}`, 'line 4: a key stands there twice'],
    [`${HEAD}---\n${HEAD}`, 'a second document begins'],
    [`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'is nested deeper than 64'],
    [
      `a:\n${Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}- b:`).join('\n')}`,
      'is nested deeper than 64',
    ],
    [`${'- '.repeat(5_000)}x`, 'is nested deeper than 64'],
    [`# ${'x'.repeat(300_000)}`, 'is larger than 65536 characters'],
    [bomb(), 'aliases'],
    // Each map in a key doubles the text that the package makes of it.
    [
      `${HEAD}limits: ${'{'.repeat(49)}? [b] : c${'}'.repeat(49)}`,
      'a key is a list, a map or an alias',
    ],
    [`${HEAD}limits: {maxDuration: {{pods}}}`, 'a key is a list, a map or an alias'],
    [`${HEAD}a: ${'!!x '.repeat(5_000)}`, 'has more than 20 tags'],
    [
      `${HEAD}${Array.from({ length: 9_000 }, (_, at) => `k${at}:`).join('\n')}`,
      'more than 6000 lines',
    ],
    [`${HEAD}smoke: [${'{a: 1}, '.repeat(8_000)}]`, 'more than 6000 lines'],
    // Each that closes nothing is an error with a stack.
    ...['}', ']', '[[]]', '"', '&a '].map((text): [string, string] => [
      text.repeat(60_000 / text.length),
      'more than 6000 lines',
    ]),
    [`${HEAD}${Array.from({ length: 2_900 }, (_, at) => `k${at}:`).join('\n')}`, 'more faults'],
  ])('is bounded before it is understood %#', async (text, why) => {
    const took = await cpuMs(async () => {
      expect((await faultsIn(text)).join()).toContain(why);
    });
    expect(took).toBeLessThan(1_000);
  });
});

/** Each line repeats the one before ten times. */
function bomb(): string {
  const lines = Array.from({ length: 8 }, (_, at) => {
    const one = at === 0 ? 'x' : `*a${at - 1}`;
    return `a${at}: &a${at} [${Array(10).fill(one).join(',')}]`;
  });
  return `${HEAD}${lines.join('\n')}\n`;
}

describe('registry credentials', () => {
  const through = (ask: Ask) => ({
    ask,
    destinations: async () => ({ namespaces: [], hosts: [], networks: [] }),
  });
  const answered = async () =>
    ({ kind: 'answered', status: 404, body: '', headers: new Map() }) as const;

  test.each([
    ['no file', undefined, 'config.json is not there, .dockerconfigjson is not there'],
    ['no JSON', SECRET, 'is not a Docker config'],
    ['no logins', `{"auths": "${SECRET}"}`, 'is not a Docker config'],
  ])('that cannot be read are told without them: %s', async (_name, text, why) => {
    const own = mkdtempSync(join(tmpdir(), 'login-'));
    if (text !== undefined) writeFileSync(join(own, 'config.json'), text);
    const resolving = resolveImage(through(answered), 'r.example/a', 'v1', own);
    await expect(resolving).rejects.toThrow(why);
    await expect(resolving).rejects.not.toThrow(SECRET);
  });

  test.each([
    ['acme/app', { 'https://index.docker.io/v1/': { auth: 'dTpw' } }],
    ['r.example/app', { 'r.example': { username: 'u', password: 'p' } }],
    ['r.example/app', { 'https://r.example': { auth: 'dTpw' } }],
  ])('of %s are found however they are written %#', async (repository, auths) => {
    const own = mkdtempSync(join(tmpdir(), 'login-'));
    writeFileSync(join(own, 'config.json'), JSON.stringify({ auths }));
    let sent: string | undefined;
    await resolveImage(
      through(async ({ headers }) => {
        sent = headers?.authorization;
        return answered();
      }),
      ...([repository, 'v1', own] as const),
    );
    expect(sent).toBe('Basic dTpw');
  });

  test.each([
    ['a realm that is no URL', 'Bearer realm="/token",service="x"', ''],
    ['a token that is HTML', 'Bearer realm="https://r.example/token"', '<html>login</html>'],
    ['a token that is a number', 'Bearer realm="https://r.example/token"', '{"token": 7}'],
  ])(
    'are asked for in vain, and the image is taken by its tag: %s',
    async (_name, challenge, body) => {
      const headers = new Map([['www-authenticate', challenge]]);
      const ask = async ({ method }: { method: string }) =>
        ({ kind: 'answered', status: method === 'HEAD' ? 401 : 200, body, headers }) as const;
      const resolved = await resolveImage(through(ask), 'r.example/a', 'v1', '');
      expect(resolved).toMatchObject({ kind: 'unpinned' });
    },
  );
});
