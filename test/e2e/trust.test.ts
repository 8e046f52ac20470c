// What a repository, a pod, a server or a ConfigMap says can neither hurt a stage nor reveal anything:
// the hostile cases against the stages as they are built, their output, their memory, their time.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CONFIG_MAPS, PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { measureStage, type StageRun, type Used } from './support/stage.ts';
import { until } from './support/until.ts';
import { type E2eWorld, exampleService, ROOT, releaseConfig, startWorld } from './support/world.ts';

const SECRET = 's3cr3t-canary-0123456789';
const METRICS_PORT = 9464;
const MIB = 2 ** 20;

let world: E2eWorld;
let folder: string;
let pages: Server[] = [];
/** What whoever asks the pods' metrics page is answered. */
let page: RequestListener = (_, response) => response.end();
let asked = 0;
/** What a stage uses that is told nothing hostile. */
let usual: Used;

beforeAll(async () => {
  world = await startWorld();
  const objects = exampleService(world, { name: 'pay' });
  for (const object of objects) {
    if (object.kind !== 'Deployment') continue;
    const { template } = object.spec as { template: { metadata: { annotations?: object } } };
    template.metadata.annotations = { 'prometheus.io/port': `${METRICS_PORT}` };
  }
  world.apply(...objects);
  await until('pay is ready', () => {
    const status = world.get(DEPLOYMENTS, 'pay-blue')?.status as { readyReplicas?: number };
    return status?.readyReplicas === 2;
  });
  pages = await Promise.all(
    world.list(PODS).map(({ status }) => serving((status as { podIP: string }).podIP)),
  );
  folder = mkdtempSync(join(tmpdir(), 'trust-'));
  mkdirSync(join(folder, 'config'));
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'token'), SECRET);
  page = (_, response) => response.end('http_requests_total{status="200"} 1\n');
  usual = await preValidation({});
});
afterEach(() => {
  page = (_, response) => response.end('http_requests_total{status="200"} 1\n');
  configure('{}');
  rmSync(join(folder, 'config', 'release.yaml'), { force: true });
});
afterAll(async () => {
  for (const server of pages) server.close();
  rmSync(folder, { recursive: true, force: true });
  await world.stop();
});

async function serving(address: string): Promise<Server> {
  const server = createServer((request, response) => {
    asked += 1;
    page(request, response);
  });
  await new Promise<void>((listening) => server.listen(METRICS_PORT, address, listening));
  return server;
}

const REQUEST = {
  'release-id': 'run-1',
  service: 'pay',
  namespace: 'default',
  'image-tag': 'v1.2.0',
  strategy: 'blue-green',
};

function preValidation(options: Readonly<Record<string, string>>): Promise<StageRun & Used> {
  return measureStage(world, 'pre-validation', { ...REQUEST, ...options });
}

function configure(yaml: string): void {
  world.apply(releaseConfig('pay', yaml === '{}' ? '' : yaml));
}

/** Nothing that is secret, nothing that a terminal obeys, and no more than a stage has. */
function expectHarmless(run: StageRun & Used): void {
  const output = run.stdout + run.stderr;
  expect(output).not.toContain(SECRET);
  expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  expect(run.stderr).toBe('');
  expect(run.peakMiB).toBeLessThan(128);
  expect(run.cpuMs - usual.cpuMs).toBeLessThan(500);
}

describe('files', () => {
  test('a, nn: a release config that is a link to a token is refused', async () => {
    symlinkSync(join(folder, 'token'), join(folder, 'config', 'release.yaml'));
    const run = await preValidation({ 'config-dir': join(folder, 'config') });
    expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('release.yaml is a symbolic link that leads out of its workspace');
  });

  test.each(['../token', '../config/../token', '/etc/passwd'])(
    'v: a path that leads out of the workspace is refused: %s',
    async (path) => {
      const run = await preValidation({
        'config-dir': join(folder, 'config'),
        'config-path': path,
      });
      expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).not.toContain('root:');
    },
  );

  test.each(['../token', '../../var/run/secrets/kubernetes.io/serviceaccount/token'])(
    'b: a token from outside of the workspace is sent nowhere: %s',
    async (tokenFile) => {
      const heard: unknown[] = [];
      const server = createServer(({ headers }, response) => {
        heard.push(headers.authorization);
        response.end('{"a":1}');
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo; // of a TCP server
      configure(metric(`url: "http://127.0.0.1:${port}/m", path: $.a, tokenFile: ${tokenFile}`));
      const run = await preValidation({ 'secrets-dir': join(folder, 'secrets') });
      server.close();
      expectHarmless(run);
      expect(heard).toEqual([]);
      expect(run.stdout).toContain('must be a path inside its workspace');
    },
  );
});

const metric = (more: string): string =>
  `analysis: {metrics: [{name: m, provider: http-json, max: 5, ${more}}]}\n`;

describe('a metrics page of the candidate', () => {
  const bomb = gzipSync(Buffer.alloc(400 * MIB, 'a 1\n'));
  test.each<readonly [string, RequestListener, string]>([
    ['c: spaces', (_, to) => to.end(`a${' '.repeat(80_000)}x`), 'line 1 is not a sample'],
    ['c: blank lines', (_, to) => to.end(`${'\n'.repeat(MIB)}a 1\nx`), 'is not a sample'],
    [
      'c2: a line without an end behind one that is well',
      (_, to) => to.end(`http_requests_total{status="200"} 1\na${' '.repeat(80_000)}x\n`),
      'line 2 is not a sample: a text of 80002 characters',
    ],
    ['c: labels', (_, to) => to.end(`a{${'b="c",'.repeat(600_000)}} 1`), 'is not a sample'],
    [
      'c: a path of its own for every request',
      (_, to) =>
        to.end(
          Array.from(
            { length: 39_000 },
            (_each, at) => `http_requests_total{status="200",path="/${at}"} 1\n`,
          ).join(''),
        ),
      'outcome=passed',
    ],
    [
      'd: 400 MiB in 400 KiB',
      (_, to) => {
        to.setHeader('content-encoding', 'gzip');
        to.end(bomb);
      },
      'the answer is larger than 4194304 bytes',
    ],
    [
      'm: what a terminal obeys',
      (_, to) =>
        to.end(`\u001b]8;;https://evil.example\u0007${SECRET} <!channel>\r\noutcome=promoted`),
      'is not a sample: a text of',
    ],
    [
      'that leads elsewhere',
      (_, to) => to.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'answered 302',
    ],
    ['HTML', (_, to) => to.end(`<html>${SECRET}</html>`), 'is not a sample'],
  ])('%s', async (_name, answer, says) => {
    page = answer;
    const before = asked;
    const run = await preValidation({});
    expect(asked).toBeGreaterThan(before);
    expectHarmless(run);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain(says);
  });
});

describe('expressions of a config', () => {
  test.each([
    [
      'f: a regular expression',
      `successCondition: '"${'a'.repeat(28)}!".matches("^(a+)+$") || result > 1.0'`,
      'cannot use functions',
    ],
    ['f: lists in lists', "successCondition: '[1, 2].all(x, [1, 2].all(y, x > y))'", 'cannot use'],
  ])('%s is refused before it is evaluated', async (_name, condition, says) => {
    const source = 'provider: http-json, url: "http://pay/", path: $.a';
    configure(`analysis: {metrics: [{name: m, ${source}, ${condition}}]}\n`);
    const run = await preValidation({});
    expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain(says);
  });

  test.each([
    ["$[?match(@.a, '(a+)+b')]", 'must not use match() or search()'],
    [`$${'[*,*]'.repeat(60)}`, 'must not select several at once'],
    ['$.a[?count($.a[*]) > 1].b', 'must not use $ but at its beginning'],
    ['$..*..*', 'must not use .. more than once'],
  ])('f: the path %s is refused before anybody is asked', async (path, says) => {
    configure(metric(`url: "http://pay/", path: ${JSON.stringify(path)}`));
    const run = await preValidation({});
    expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain(says);
  });

  test('m: a key that a terminal would obey is written as a word', async () => {
    configure(`limits: { "\\e[2K\\e[1A outcome=promoted\\u2028": 1 }\n`);
    const run = await preValidation({});
    expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('is not a known key');
  });

  test('values of a config are not repeated by what is wrong with them', async () => {
    configure(`limits: ${SECRET}\nstrategy: {type: ${SECRET}}\nsmoke: [{path: ${SECRET}}]\n`);
    const run = await preValidation({});
    expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('/limits must be object, is a text of 24 characters');
  });
});

describe('answers of other servers', () => {
  async function answeredBy(answer: RequestListener, path: string): Promise<StageRun & Used> {
    const server = createServer(answer);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo; // of a TCP server
    configure(metric(`url: "http://127.0.0.1:${port}/latest/meta-data", path: ${path}`));
    const run = await preValidation({});
    server.closeAllConnections();
    server.close();
    return run;
  }

  test('w: credentials that are no number are told by their kind', async () => {
    const run = await answeredBy((_, response) => {
      response.end(JSON.stringify({ AccessKeyId: 'ASIAFAKE', SecretAccessKey: SECRET }));
    }, '$.SecretAccessKey');
    expectHarmless(run);
    expect(run.stdout).toContain('must be a number, is a text of 24 characters');
  });

  test.each(['http://169.254.169.254/latest/', 'https://kubernetes.default.svc/api'])(
    'w: %s is not asked at all',
    async (url) => {
      configure(metric(`url: "${url}", path: $.a`));
      const run = await preValidation({});
      expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).toContain('/analysis/metrics (m) url');
    },
  );

  test('lists in lists are no answer', async () => {
    const run = await answeredBy((_, response) => {
      response.end(`{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
    }, '$..a');
    expectHarmless(run);
    expect(run.stdout).toContain('the answer is not valid JSON');
  });

  test('more values than a number is chosen from are no answer', async () => {
    const run = await answeredBy((_, response) => {
      response.end(`[${'1,'.repeat(300_000)}1]`);
    }, '"$[0]"');
    expectHarmless(run);
    expect(run.stdout).toContain('the answer is not valid JSON, or too deep or too long');
  });

  test('more than a number needs is not read', async () => {
    const run = await answeredBy((_, response) => {
      response.end(JSON.stringify({ a: 'x'.repeat(3 * MIB) }));
    }, '$.a');
    expectHarmless(run);
    expect(run.stdout).toContain('the answer is larger than 1048576 bytes');
  });
});

describe('a registry that a config names', () => {
  test.each([
    ['169.254.169.254/app', 'its name leads to 169.254.169.254'],
    ['"[::ffff:a9fe:a9fe]/app"', 'its name leads to'],
  ])('is not asked at %s', async (repository, says) => {
    configure(`image: {repository: ${repository}}\n`);
    const run = await preValidation({});
    expectHarmless(run);
    expect(run.stdout).toContain('check=image-not-pinned');
    expect(run.stdout).toContain(says);
  });

  test.each(['r.example?x/app', 'r.example/a#b', 'me@r.example/a', 'r.example/../v2'])(
    'has a name that is no other part of a URL: %s',
    async (repository) => {
      configure(`image: {repository: "${repository}"}\n`);
      const run = await preValidation({});
      expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).toContain('/image/repository does not match');
      const param = await preValidation({ 'image-repository': repository });
      expect(param.exitCode).toBe(2);
      expect(param.stdout).toContain('is not the name of a repository');
    },
  );

  test.each([
    ['https://evil.example/token', 'gives tokens on another host'],
    ['http://localhost.evil.example/token', 'gives tokens by a protocol'],
    ['http://169.254.169.254/token', 'gives tokens by a protocol'],
  ])('is left where it sends its callers to %s', async (realm, says) => {
    const challenge = `Bearer realm="${realm}",service="${SECRET}"`;
    const server = createServer((_, response) => {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo; // of a TCP server
    configure(`image: {repository: "127.0.0.1:${port}/app"}\n`);
    const run = await preValidation({});
    server.close();
    expectHarmless(run);
    expect(run.stdout).toContain('check=image-not-pinned');
    expect(run.stdout).toContain(says);
  });
});

describe('a journal that somebody has edited', () => {
  afterEach(() => {
    world.cluster.world.objects.delete(CONFIG_MAPS, 'default', 'pay-release-journal');
  });

  const put = (journal: unknown): void => {
    const data = {
      'journal.json': typeof journal === 'string' ? journal : JSON.stringify(journal),
    };
    const labels = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
    const metadata = { name: 'pay-release-journal', labels };
    world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  };
  const recorded = (file: string, change: object) => {
    const path = join(ROOT, 'test/core/journal/recordings', file);
    const { plan, states } = JSON.parse(readFileSync(path, 'utf8'));
    const own = { service: 'pay', namespace: 'default', ...change };
    const [state] = states;
    return { version: 1, history: [], current: { plan: { ...plan, ...own }, state, actions: [] } };
  };
  const about = (change: object) => recorded('rolling-service-forward.json', change);
  const routed = (change: object) => recorded('canary-istio-forward.json', change);
  const { settings } = about({}).current.plan;

  test.each<readonly [string, unknown, string]>([
    ['q: of another namespace', about({ namespace: SECRET }), 'about another namespace'],
    ['q: of another service', about({ service: SECRET }), 'about another service'],
    ['of another shape', about({ workload: { name: `../${SECRET}` } }), 'workload/name is no name'],
    ['with more pods than a cluster has', about({ floor: 2e9 }), 'plan/floor is no count'],
    [
      'with a hole deep in it',
      about({ settings: { ...settings, analysis: { ...settings.analysis, traffic: undefined } } }),
      'analysis/traffic is not an object',
    ],
    [
      'of a router of its own',
      routed({ routing: { router: '__proto__' } }),
      'routing/router must be',
    ],
    [
      'without routes',
      routed({ routing: { router: 'istio' } }),
      'routing/destinationRule is not an object',
    ],
    ['no JSON', `{${SECRET}`, 'is not valid JSON'],
    ['lists in lists', `{"version":1,"history":${'['.repeat(99)}`, 'is not valid JSON'],
  ])('%s is not acted on', async (_name, journal, says) => {
    put(journal);
    const before = world.list(DEPLOYMENTS).map(({ metadata }) => metadata.resourceVersion);
    const run = await measureStage(world, 'recover', { namespace: 'default' });
    expectHarmless(run);
    expect(run.exitCode).toBe(3);
    expect(run.stdout).toContain(says);
    expect(world.list(DEPLOYMENTS).map(({ metadata }) => metadata.resourceVersion)).toEqual(before);
  });
});

describe('news of a release', () => {
  test('dd: a webhook that does not answer leaves nothing of its URL in the log', async () => {
    writeFileSync(join(folder, 'secrets', 'hook'), `http://LocalHost:9/services/../${SECRET}\n`);
    configure(
      `${READY}notifications: [{type: webhook, urlFile: hook, events: [started, failed, rollback]}]\n`,
    );
    const run = await measureStage(world, 'deploy', {
      ...REQUEST,
      'image-tag': 'v1.2.0-never-ready',
      'secrets-dir': join(folder, 'secrets'),
    });
    expect(run.stdout).toContain('notification=webhook about=started outcome=failed');
    expect(run.stdout + run.stderr).not.toContain(SECRET);
    expect(run.stdout).toContain('reason="ECONNREFUSED; told later"');
    expect(run.stdout).not.toMatch(/localhost|127\.0\.0\.1:9\b/i);
  });
});

const READY = 'limits: {readyTimeout: 5s}\npreflight: {drainProbe: off}\n';
