// The make targets as a person would call them, in a namespace that enforces Pod Security: installed,
// released, looked at, gone back, and what they say where something is wrong.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DESTINATIONS } from '../../embedded-cluster/cluster/install.ts';
import { apply, parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { PIPELINE_RUNS, TASK_RUNS } from '../../embedded-cluster/tekton/kinds.ts';
import { findKubectls } from '../../embedded-cluster/test/kubectl/support.ts';
import { QUICK } from '../e2e/support/service.ts';
import { exampleService, ROOT } from '../e2e/support/world.ts';
import { openPrompt, type Prompt, yamlOf } from './support.ts';

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const TILL = { SERVICE: 'till', VERSION: 'v1.2.0' };

let prompt: Prompt;

beforeAll(async () => {
  prompt = await openPrompt();
});

afterAll(() => prompt.end());

describe('make install, in a namespace that enforces restricted', () => {
  const kubectl = findKubectls().find(({ minor }) => minor >= 25);
  const modern = kubectl ? test : test.skip;
  const path = kubectl?.path ?? '';
  const environment = (): Record<string, string> => ({
    NAMESPACE: 'shop',
    REGISTRY: `${prompt.cluster.registry}/zero-downtime-deployment`,
    KUBECTL: path,
    CONTEXT: 'embedded',
  });
  /** What a make target runs. */
  const program = (name: string, command: string, more: Readonly<Record<string, string>> = {}) =>
    prompt.run(process.execPath, [join(ROOT, `scripts/cluster/${name}.mjs`), command], {
      ...environment(),
      ...more,
    });
  const script = (command: string, more: Readonly<Record<string, string>> = {}) =>
    program('install', command, more);

  modern(
    'installs with images from a registry of choice, and releases the example',
    async () => {
      const metadata = { name: 'shop', labels: RESTRICTED };
      apply(prompt.cluster, { apiVersion: 'v1', kind: 'Namespace', metadata });
      // Registries and pods of this cluster are on loopback, where nothing else may be asked.
      apply(prompt.cluster, DESTINATIONS, 'shop');
      const installed = await script('install', { TOKENS: 'short-lived' });
      expect(await script('manifests')).toContain('name: zero-downtime-deploy-token');
      expect(await script('manifests', { DATABASE_PORTS: '5432,6432' })).toContain('port: 6432');
      expect(prompt.cluster.world.store.list('secrets', 'shop')).toEqual([]);
      expect(installed).toContain(
        'clusterrolebinding.rbac.authorization.k8s.io/zero-downtime-capacity',
      );
      const { registry } = prompt.cluster;
      const manifests = await script('manifests');
      const images = [...manifests.matchAll(/image: (\S+)/g)].map(([, image = '']) => image);
      expect(images.length).toBeGreaterThan(3);
      // A scanner is the user's own: its image is said in the run.
      const ours = images.filter((image) => image !== '$(params.scanner-image)');
      expect(ours.filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);

      for (const object of exampleService(prompt, { name: 'till', config: QUICK })) {
        apply(prompt.cluster, object, 'shop');
      }
      const shop = (args: string) => prompt.run(path, [...args.split(' '), '-n', 'shop']);
      await shop('rollout status deployment/till-blue --timeout=30s');
      const health = await program('health', '');
      expect(health).not.toContain('missing');
      expect(health).toContain('no long-lived tokens: every run has to say taskRunSpecs');
      const dry = await program('release', 'deploy-dry-run', TILL);
      expect(dry).toContain('outcome: unchanged');
      const said = await program('release', 'deploy-blue-green', { ...TILL, CONCURRENCY: 'queue' });
      expect(said).toContain('[deploy : release] phase=monitoring');
      expect(said).toContain('outcome: promoted');
      expect(said).toContain('turn: at once: no release was under way');
    },
    120_000,
  );

  modern('tells how the service stands, and what its release said', async () => {
    const seconds = { MONITORING_DURATION: '1', CHECK_INTERVAL: '1' };
    expect(await program('look', 'monitor', { ...TILL, ...seconds })).toContain(
      'service=till phase=done last=promoted serving=payment-service:v1.2.0 ready=2/2',
    );
    const logs = await program('look', 'logs', TILL);
    expect(logs).toContain('[conclude : conclude] stage=conclude outcome=promoted');
    const told = [...logs.matchAll(/^\[([\w-]+) : /gm)].map(([, stage]) => stage);
    expect([...new Set(told)]).toEqual([
      'turn',
      'pre-validation',
      'deploy',
      'post-validation',
      'conclude',
    ]);
    expect(await program('look', 'metrics', TILL)).toMatch(
      /^(pod=till-green-\S+ image=payment-service:v1\.2\.0 requests=\d+ errors=\d+\n){2}$/,
    );
    expect(await program('release', 'status', TILL)).toContain('outcome=promoted service=till');
  });

  modern('a service of the same name in another namespace has a log of its own', async () => {
    const elsewhere = { ...TILL, NAMESPACE: 'default', PIPELINE_NAMESPACE: 'shop' };
    await expect(program('look', 'logs', elsewhere)).rejects.toThrow(
      'till was never released in default',
    );
  });

  modern('who asks, and for how long it may pause, is in the run as it was said', async () => {
    const asked = { ...TILL, BY: 'ada', LIMIT: '2m' };
    await expect(program('release', 'pause', asked)).rejects.toThrow(/no release/);
    const runs = prompt.cluster.world.store.list(collectionOf(TASK_RUNS), 'shop');
    const params = runs.flatMap(({ spec }) => Object(spec).params ?? []);
    expect(params).toContainEqual({ name: 'by', value: 'ada' });
    expect(params).toContainEqual({ name: 'limit', value: '2m' });
  });

  modern('goes back, and tells of that as of the last release', async () => {
    const back = await program('release', 'rollback', TILL);
    expect(back).toContain('answer: promoted');
    const logs = await program('look', 'logs', TILL);
    expect(logs).toContain(
      '[zero-downtime-rollback : rollback] stage=operate outcome=promoted service=till',
    );
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

  modern(
    'releases in the namespace of the run, where the run names neither it nor an account',
    async () => {
      expect(await script('install')).toContain('secret/zero-downtime-deploy-token created');
      expect(await program('health', '')).not.toContain('missing');
      const shop = (...args: string[]) => prompt.run(path, ['-n', 'shop', ...args]);
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
      await prompt.run(path, ['create', '-n', 'shop', '-f', '-'], {}, JSON.stringify(pipelineRun));
      await shop('wait', 'pipelinerun/nowhere', '--for=condition=Succeeded', '--timeout=60s');
      const result = '{.status.results[?(@.name=="outcome")].value}';
      expect(await shop('get', 'pipelinerun', 'nowhere', '-o', `jsonpath=${result}`)).toBe(
        'promoted',
      );
    },
  );

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
    const before = prompt.cluster.world.store.list(collectionOf(PIPELINE_RUNS), 'shop').length;
    await expect(program('release', 'deploy', { ...TILL, ...more })).rejects.toThrow(message);
    expect(prompt.cluster.world.store.list(collectionOf(PIPELINE_RUNS), 'shop')).toHaveLength(
      before,
    );
  });

  modern('a namespace that two installations are granted is granted to both', async () => {
    const from = (PIPELINE_NAMESPACE: string) => script('grant', { PIPELINE_NAMESPACE });
    const kubectlOn = async (verb: string, namespace: string) =>
      prompt.run(path, [verb, '-f', '-'], {}, await from(namespace));
    const may = async (namespace: string): Promise<string> => {
      const user = `system:serviceaccount:${namespace}:zero-downtime-deploy`;
      const update = ['auth', 'can-i', 'update', 'configmaps', '-n', 'shop', `--as=${user}`];
      return prompt.run(path, update).catch(() => 'no');
    };
    for (const namespace of ['ci', 'cd']) await kubectlOn('apply', namespace);
    for (const namespace of ['ci', 'cd', 'shop']) expect(await may(namespace)).toMatch(/^yes/);
    expect(await may('elsewhere')).toBe('no');
    for (const namespace of ['ci', 'cd']) await kubectlOn('delete', namespace);
    expect(await may('ci')).toBe('no');
    expect(await may('shop')).toMatch(/^yes/);
  });

  const pushes = (list: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'pushes-')), 'pushes.yaml');
    writeFileSync(file, list);
    return file;
  };

  modern.each(['github', 'gitlab', 'bitbucket', 'gitea'])(
    'brings the triggers of %s along, for the repositories that the list names',
    async (host) => {
      const PUSHES = pushes('repositories: { acme/till: {} }');
      const triggers = parseManifests(await script('manifests', { TRIGGERS: host, PUSHES }));
      const [listener, ...others] = triggers.filter(({ kind }) => kind === 'EventListener');
      expect(others).toEqual([]);
      expect(listener?.metadata).toMatchObject({
        name: `zero-downtime-${host}`,
        namespace: 'shop',
      });
      expect(JSON.stringify(listener?.spec)).toContain("== 'acme/till'");
      const subjects = triggers.flatMap((object) => (object.subjects ?? []) as object[]);
      expect(subjects.length).toBeGreaterThan(5);
      for (const subject of subjects) expect(subject).toMatchObject({ namespace: 'shop' });
    },
  );

  modern('brings no triggers without a list, nor with one that is wrong', async () => {
    const list = pushes('repositories: { till: {} }');
    await expect(script('manifests', { TRIGGERS: 'github' })).rejects.toThrow(/PUSHES=file/);
    await expect(script('manifests', { TRIGGERS: 'github', PUSHES: list })).rejects.toThrow(
      /pushes\.yaml: repositories\.till: must be a full name/,
    );
    await expect(
      script('manifests', { TRIGGERS: 'github', PUSHES: '/nowhere.yaml' }),
    ).rejects.toThrow(/\/nowhere\.yaml: ENOENT/);
  });

  modern(
    'leaves another installation its rights, when it comes and when it goes',
    async () => {
      const PUSHES = pushes('repositories: { acme/till: {} }');
      const ofCluster = async (namespace: string) =>
        parseManifests(
          await script('manifests', { NAMESPACE: namespace, TRIGGERS: 'github', PUSHES }),
        ).filter(({ kind }) => kind.startsWith('Cluster'));
      for (const namespace of ['shop', 'other']) {
        for (const object of await ofCluster(namespace)) apply(prompt.cluster, object);
      }
      const may = async (account: string, resourceAttributes: object) => {
        const review = {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user: `system:serviceaccount:${account}`, resourceAttributes },
        };
        const args = ['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'];
        return prompt.run(path, args, {}, JSON.stringify(review));
      };
      const listens = {
        verb: 'list',
        group: 'triggers.tekton.dev',
        resource: 'clusterinterceptors',
      };
      const looks = { verb: 'list', resource: 'nodes' };
      const releases = { verb: 'update', resource: 'configmaps', namespace: 'shop' };
      for (const namespace of ['shop', 'other']) {
        expect(await may(`${namespace}:zero-downtime-trigger`, listens)).toBe('true');
        expect(await may(`${namespace}:zero-downtime-pre-validation`, looks)).toBe('true');
      }
      await script('uninstall', { NAMESPACE: 'other' });
      expect(await may('other:zero-downtime-pre-validation', looks)).not.toBe('true');
      expect(await may('shop:zero-downtime-trigger', listens)).toBe('true');
      expect(await may('shop:zero-downtime-pre-validation', looks)).toBe('true');
      expect(await may('shop:zero-downtime-deploy', releases)).toBe('true');
    },
    120_000,
  );

  modern('shows why a push released nothing, as the docs say it is asked for', async () => {
    const page = readFileSync(join(ROOT, 'docs/git-triggered-releases.md'), 'utf8');
    const [, command = ''] = /^kubectl (-n ci get events .*)$/m.exec(page) ?? [];
    const [, template] = parseManifests(
      readFileSync(join(ROOT, 'manifests/triggers/common/not-released.yaml'), 'utf8'),
    );
    const { resourcetemplates } = (template?.spec ?? {}) as { resourcetemplates?: object[] };
    const event = JSON.stringify(resourcetemplates?.[0])
      .replaceAll('$(tt.params.namespace)', 'shop')
      .replaceAll('$(tt.params.listener)', 'zero-downtime-github')
      .replaceAll('$(tt.params.message)', 'push to acme/shop: releases nothing, because');
    await prompt.run(path, ['create', '-n', 'shop', '-f', '-'], {}, event);
    const told = await prompt.run(path, command.replace('-n ci', '-n shop').split(' '));
    expect(told).toMatch(/^AT +WHY\n\S+Z +push to acme\/shop: releases nothing, because\n$/);
  });

  modern('ran steps that the network policy is about', () => {
    const { podSelector } = yamlOf('manifests/network/steps.yaml').spec;
    const steps = prompt.cluster.world.store
      .list(collectionOf(PODS), 'shop')
      .map(({ metadata }) => metadata.labels ?? {})
      .filter((labels) => labels['tekton.dev/pipelineRun'] !== undefined);
    expect(steps.length).toBeGreaterThan(4);
    for (const labels of steps) expect(labels).toMatchObject(podSelector.matchLabels);
  });

  modern('goes without a trace', async () => {
    await script('uninstall');
    const left = await prompt.run(path, [
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
