// Installed as a person would, with the kubectls of this machine: applied twice, changed by nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findKubectls } from '../../embedded-cluster/test/kubectl/support.ts';
import { ROOT } from '../e2e/support/world.ts';
import { openPrompt, type Prompt, yamlOf } from './support.ts';

const kubectls = findKubectls();

let prompt: Prompt;

beforeAll(async () => {
  prompt = await openPrompt();
});

afterAll(() => prompt.end());

describe('the kustomization', () => {
  const { resources } = yamlOf('kustomization.yaml') as { resources: string[] };

  test.each(['manifests/cronjobs', 'manifests/network', 'manifests/rbac', 'pipelines', 'tasks'])(
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

  test('puts the policies in force, and a second time changes nothing', async () => {
    const apply = () => prompt.run(kubectl.path, ['apply', '-k', join(ROOT, 'manifests/policies')]);
    expect(await apply()).toMatch(/zero-downtime-dry-run-only (created|unchanged)/);
    expect((await apply()).split('\n').filter((line) => !/ unchanged$|^$/.test(line))).toEqual([]);
  });

  test('applies twice into a namespace of choice, and a third time would change nothing', async () => {
    await prompt.run(kubectl.path, ['create', 'namespace', namespace]);
    const first = await prompt.run(kubectl.path, ['apply', '-n', namespace, '-k', ROOT]);
    expect(first).toMatch(/task\.tekton\.dev\/zero-downtime-deploy created/);
    for (const more of [[], ['--dry-run=server'], ['--dry-run=server']]) {
      const again = (
        await prompt.run(kubectl.path, ['apply', '-n', namespace, '-k', ROOT, ...more])
      ).trim();
      expect(again.split('\n').filter((line) => !/ unchanged( |$)/.test(line))).toEqual([]);
    }
  });
});
