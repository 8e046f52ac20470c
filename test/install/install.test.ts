// Installed as a person would, with the kubectls of this machine, into namespaces that enforce Pod
// Security: applied twice, changed by nothing, and then a release through what was installed.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { collectionOf } from '../../local/api/kind.ts';
import { exampleImages, stageImages } from '../../local/cluster/images.ts';
import { apply, parseManifests } from '../../local/cluster/manifests.ts';
import { type Cluster, startCluster } from '../../local/cluster.ts';
import { PODS } from '../../local/kinds/core.ts';
import { PIPELINE_RUNS } from '../../local/kinds/tekton.ts';
import { QUICK } from '../e2e/support/service.ts';
import { exampleService, ROOT } from '../e2e/support/world.ts';
import { findKubectls, type Kubectl } from '../local/kubectl/support.ts';

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const kubectls = findKubectls();

let cluster: Cluster;
let home: string;

beforeAll(async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  cluster = await startCluster({
    images: [...stageImages(ROOT, version), ...exampleImages(ROOT)],
    entrypoint: join(ROOT, 'dist/local/tekton/entrypoint.mjs'),
  });
  home = mkdtempSync(join(tmpdir(), 'install-'));
  addContextToNowhere();
});

afterAll(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Beside the cluster's own context, `gone`: nobody listens there. */
function addContextToNowhere(): void {
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  config.clusters.push({ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } });
  config.contexts.push({ name: 'gone', context: { cluster: 'gone', user: config.users[0].name } });
  writeFileSync(cluster.kubeconfig, stringify(config));
}

const yamlOf = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the kustomization', () => {
  const { resources } = yamlOf('kustomization.yaml') as { resources: string[] };

  test.each(['cronjobs', 'network', 'pipelines', 'rbac', 'tasks'])(
    'names every manifest of %s/',
    (folder) => {
      const there = readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${folder}/${name}`);
      expect(resources.filter((path) => path.startsWith(`${folder}/`)).sort()).toEqual(there);
    },
  );

  test('leaves the namespace to whoever installs it', () => {
    const texts = resources.map((path) => readFileSync(join(ROOT, path), 'utf8'));
    expect(texts.filter((text) => /^\s+namespace: /m.test(text))).toEqual([]);
  });
});

if (kubectls.length === 0) test.skip('no kubectl was found to try', () => undefined);

describe.each(kubectls)('kubectl $version', (kubectl) => {
  const namespace = `apply-${kubectl.minor}`;

  test('applies twice into a namespace of choice, and a third time would change nothing', async () => {
    await run(kubectl, ['create', 'namespace', namespace]);
    const first = await run(kubectl, ['apply', '-n', namespace, '-k', ROOT]);
    expect(first).toMatch(/task\.tekton\.dev\/zero-downtime-deploy created/);
    for (const more of [[], ['--dry-run=server'], ['--dry-run=server']]) {
      const again = (await run(kubectl, ['apply', '-n', namespace, '-k', ROOT, ...more])).trim();
      expect(again.split('\n').filter((line) => !/ unchanged( |$)/.test(line))).toEqual([]);
    }
  });
});

describe('make install, in a namespace that enforces restricted', () => {
  const kubectl = kubectls.find(({ minor }) => minor >= 25);
  const modern = kubectl ? test : test.skip;
  const environment = (): Record<string, string> => ({
    NAMESPACE: 'shop',
    REGISTRY: `${cluster.registry}/zero-downtime-deployment`,
    KUBECTL: kubectl?.path ?? '',
    CONTEXT: 'embedded',
  });
  /** What a make target runs. */
  const program = (name: string, command: string, more: Readonly<Record<string, string>> = {}) =>
    execute(process.execPath, [join(ROOT, `scripts/cluster/${name}.mjs`), command], {
      ...environment(),
      ...more,
    });
  const script = (command: string, more: Readonly<Record<string, string>> = {}) =>
    program('install', command, more);

  modern(
    'installs with images from a registry of choice, and releases the example',
    async () => {
      const metadata = { name: 'shop', labels: RESTRICTED };
      apply(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata });
      const installed = await script('install');
      expect(installed).toContain(
        'clusterrolebinding.rbac.authorization.k8s.io/zero-downtime-capacity',
      );
      const { registry } = cluster;
      const manifests = await script('manifests');
      const images = [...manifests.matchAll(/image: (\S+)/g)].map(([, image = '']) => image);
      expect(images.length).toBeGreaterThan(3);
      expect(images.filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);

      for (const object of exampleService({ cluster }, { name: 'till', config: QUICK })) {
        apply(cluster, object, 'shop');
      }
      const shop = (args: string) => run(kubectl as Kubectl, [...args.split(' '), '-n', 'shop']); // skipped without one
      await shop('rollout status deployment/till-blue --timeout=30s');
      expect(await program('health', '')).not.toContain('missing');
      const dry = await program('release', 'deploy-dry-run', TILL);
      expect(dry).toContain('outcome: unchanged');
      const said = await program('release', 'deploy-blue-green', TILL);
      expect(said).toContain('[deploy : release] phase=monitoring');
      expect(said).toContain('outcome: promoted');
    },
    120_000,
  );

  modern('tells how the service stands, and what its release said', async () => {
    const seconds = { MONITORING_DURATION: '1', CHECK_INTERVAL: '1' };
    expect(await program('look', 'monitor', { ...TILL, ...seconds })).toContain(
      'service=till phase=done last=promoted serving=payment-service:v1.2.0 ready=2/2',
    );
    const logs = await program('look', 'logs', TILL);
    expect(logs).toContain('[conclude : conclude] outcome=promoted');
    const told = [...logs.matchAll(/^\[([\w-]+) : /gm)].map(([, stage]) => stage);
    expect([...new Set(told)]).toEqual(['pre-validation', 'deploy', 'post-validation', 'conclude']);
    expect(await program('look', 'metrics', TILL)).toMatch(
      /^(pod=till-green-\S+ image=payment-service:v1\.2\.0 requests=\d+ errors=\d+\n){2}$/,
    );
    expect(await program('release', 'status', TILL)).toContain('outcome=promoted service=till');
  });

  modern('goes back, and tells of that as of the last release', async () => {
    const back = await program('release', 'rollback', TILL);
    expect(back).toContain('answer: promoted');
    const logs = await program('look', 'logs', TILL);
    expect(logs).toContain('[zero-downtime-rollback : rollback] outcome=promoted service=till');
    const there = await program('release', 'rollback-to-version', TILL);
    expect(there).toContain('answer: promoted');
    await expect(
      program('release', 'rollback-to-version', { ...TILL, VERSION: 'v9' }),
    ).rejects.toThrow(/error="param image-tag: image \S+:v9 does not exist in registry /);
    const history = await program('release', 'history', TILL);
    expect(history.match(/ promoted /g)).toHaveLength(3);
    expect(history).not.toContain('answer: ');
  });

  modern.each([
    [
      'a service that is none',
      'look',
      'metrics',
      { SERVICE: 'shop' },
      /^no Service shop in .* till\)$/,
    ],
    ['a service never released', 'look', 'logs', { SERVICE: 'shop' }, /^shop was never released/],
    ['a context that is none', 'release', 'status', { CONTEXT: 'nope' }, /context "nope" does not/],
    ['a context that is none', 'health', '', { CONTEXT: 'nope' }, /context "nope" does not/],
    ['no cluster behind it', 'health', '', { CONTEXT: 'gone' }, /connection .* refused/],
  ])('says in one line that there is %s: %s %s', async (_what, name, command, more, message) => {
    const failed = program(name, command, { ...TILL, ...more }).then(
      () => 'it went well',
      (error: Error) => error.message.replace(/^[^:]*: /, '').trim(),
    );
    const [line, ...rest] = (await failed).split('\n');
    expect(line).toMatch(message);
    expect(rest).toEqual([]);
  });

  modern('releases in the namespace of the run, where the run names none', async () => {
    const shop = (...args: string[]) => run(kubectl as Kubectl, ['-n', 'shop', ...args]); // skipped without one
    const pipelineRun = {
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name: 'nowhere' },
      spec: {
        pipelineRef: { name: 'waqiti-zero-downtime-deployment' },
        params: [
          { name: 'service-name', value: 'till' },
          { name: 'image-tag', value: 'v1.1.0' },
        ],
      },
    };
    await run(kubectl as Kubectl, ['create', '-n', 'shop', '-f', '-'], JSON.stringify(pipelineRun));
    await shop('wait', 'pipelinerun/nowhere', '--for=condition=Succeeded', '--timeout=60s');
    const result = '{.status.results[?(@.name=="outcome")].value}';
    expect(await shop('get', 'pipelinerun', 'nowhere', '-o', `jsonpath=${result}`)).toBe(
      'promoted',
    );
  });

  modern.each([
    ['a cluster that nobody has named', { CONTEXT: '' }, /name the cluster with CONTEXT=embedded/],
    ['no version', { VERSION: '' }, /VERSION=tag/],
    ['a service that nobody has named', { SERVICE: '' }, /SERVICE=name \(there are till\)/],
    [
      'a namespace that it is not installed in',
      { NAMESPACE: 'default' },
      /PIPELINE_NAMESPACE=name/,
    ],
    ['what belongs into the release config', { PHASE_DURATION: '120' }, /release config/],
  ])('releases nothing with %s', async (_what, more, message) => {
    const before = cluster.world.store.list(collectionOf(PIPELINE_RUNS), 'shop').length;
    await expect(program('release', 'deploy', { ...TILL, ...more })).rejects.toThrow(message);
    expect(cluster.world.store.list(collectionOf(PIPELINE_RUNS), 'shop')).toHaveLength(before);
  });

  modern.each(['github', 'gitlab', 'bitbucket'])(
    'brings the triggers of %s along',
    async (host) => {
      const triggers = parseManifests(await script('manifests', { TRIGGERS: host }));
      const [listener, ...others] = triggers.filter(({ kind }) => kind === 'EventListener');
      expect(others).toEqual([]);
      expect(listener?.metadata).toMatchObject({
        name: `zero-downtime-${host}`,
        namespace: 'shop',
      });
      const subjects = triggers.flatMap((object) => (object.subjects ?? []) as object[]);
      expect(subjects.length).toBeGreaterThan(5);
      for (const subject of subjects) expect(subject).toMatchObject({ namespace: 'shop' });
    },
  );

  modern('ran steps that the network policy is about', () => {
    const { podSelector } = yamlOf('network/steps.yaml').spec;
    const steps = cluster.world.store
      .list(collectionOf(PODS), 'shop')
      .map(({ metadata }) => metadata.labels ?? {})
      .filter((labels) => labels['tekton.dev/pipelineRun'] !== undefined);
    expect(steps.length).toBeGreaterThan(4);
    for (const labels of steps) expect(labels).toMatchObject(podSelector.matchLabels);
  });

  modern('goes without a trace', async () => {
    await script('uninstall');
    const left = await run(kubectl as Kubectl, [
      'get',
      'tasks,pipelines,networkpolicies,rolebindings,serviceaccounts',
      '-n',
      'shop',
      '-o',
      'name',
    ]);
    expect(left).not.toContain('zero-downtime');
  });
});

const TILL = { SERVICE: 'till', VERSION: 'v1.2.0' };

function run(kubectl: Kubectl, args: readonly string[], input = ''): Promise<string> {
  return execute(kubectl.path, args, {}, input);
}

/** Fails where the program does, with what it said. */
function execute(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = '',
): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    KUBECONFIG: cluster.kubeconfig,
    ...environment,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, timeout: 90_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(' ')}: ${stderr || stdout || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
