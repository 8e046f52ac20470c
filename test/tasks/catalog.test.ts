// What a catalog asks of Tasks and Pipelines, held against the manifests and against the bundle.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseManifests } from '../../embedded-cluster/cluster/manifests.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly description: string;
    readonly params: readonly { readonly name: string; readonly default?: unknown }[];
    readonly steps?: readonly { readonly image: string; readonly script?: string }[];
  };
}

const manifests = ['tasks', 'pipelines'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).flatMap(
    (name) => parseManifests(read(`${folder}/${name}`)) as object[] as Manifest[], // ours
  ),
);
const tasks = manifests.filter(({ kind }) => kind === 'Task');
const { version } = JSON.parse(read('package.json')) as { version: string };

/** https://github.com/tektoncd/hub/blob/main/config.yaml */
const CATEGORIES = ['Deployment', 'Security', 'Messaging', 'Kubernetes', 'Monitoring', 'Testing'];

describe.each(manifests.map((manifest) => [manifest.metadata.name, manifest] as const))(
  '%s',
  (_name, { metadata, spec, kind }) => {
    test('says what a catalog shows', () => {
      expect(metadata.labels['app.kubernetes.io/version']).toBe(version);
      expect(metadata.annotations['tekton.dev/pipelines.minVersion']).toMatch(/^1\.\d+\.\d+$/);
      expect(metadata.annotations['tekton.dev/platforms']).toBe('linux/amd64,linux/arm64');
      expect(metadata.annotations['tekton.dev/displayName']).toBeTruthy();
      expect(metadata.annotations['tekton.dev/tags']).toMatch(/^[a-z-]+(, [a-z-]+)*$/);
      const categories = metadata.annotations['tekton.dev/categories']?.split(', ') ?? [];
      expect(categories.filter((category) => !CATEGORIES.includes(category))).toEqual([]);
    });

    test('has a description whose first line stands alone', () => {
      const [first = '', ...others] = spec.description.trim().split('\n');
      expect(first).toMatch(/^[A-Z].*\.$/);
      expect(first.length).toBeLessThanOrEqual(120);
      expect(others.join('')).not.toBe('');
    });

    test('names images by tag, and runs no script', () => {
      const { steps = [] } = spec;
      // A scanner is the user's own, and a step before ours: by default it is an image of ours.
      const chosen = /^\$\(params\.(.+)\)$/;
      const byDefault = (image: string): unknown => {
        const [, param] = chosen.exec(image) ?? [];
        return param ? spec.params.find(({ name }) => name === param)?.default : image;
      };
      for (const { image, script } of steps) {
        expect(byDefault(image)).toMatch(/^[a-z0-9.]+\/[^:]+:v\d+\.\d+\.\d+$/);
        expect(script).toBeUndefined();
      }
      const own = steps.filter(({ image }) => !chosen.test(image));
      expect(own).toHaveLength(kind === 'Pipeline' ? 0 : 1);
      expect(steps.at(-1)).toEqual(own.at(-1));
    });
  },
);

describe.each(tasks.map((task) => [task.metadata.name, task] as const))(
  'the sample of %s',
  (name, { spec }) => {
    test('gives all that is needed, and nothing that is not known', () => {
      const [run] = parseManifests(
        read(`examples/tasks/${name.replace('zero-downtime-', '')}.yaml`),
      );
      expect(run?.spec).toMatchObject({ taskRef: { name }, params: expect.anything() });
      const { params = [] } = (run?.spec ?? {}) as { params?: { name: string }[] };
      const given = params.map((param) => param.name);
      const known = spec.params.map((param) => param.name);
      const needed = spec.params.filter((param) => param.default === undefined);
      expect(given.filter((param) => !known.includes(param))).toEqual([]);
      expect(needed.map((param) => param.name).filter((param) => !given.includes(param))).toEqual(
        [],
      );
    });
  },
);

test('the sample that tests the channels gives what is known, and asks for the test', () => {
  const [run] = parseManifests(read('examples/notification-test.yaml'));
  const spec = (run?.spec ?? {}) as {
    taskRef?: { name: string };
    params?: { name: string; value: string }[];
  };
  const { taskRef, params = [] } = spec;
  const task = tasks.find(({ metadata }) => metadata.name === taskRef?.name);
  const known = task?.spec.params.map((param) => param.name);
  expect(known).toEqual(expect.arrayContaining(params.map(({ name }) => name)));
  expect(params).toContainEqual({ name: 'test', value: 'true' });
});

describe('the bundle', () => {
  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/bundle.mjs'], { cwd: ROOT });
  });

  test.each(manifests.map(({ kind, metadata }) => [kind.toLowerCase(), metadata.name]))(
    'has the %s %s as catalogs do',
    (kind, name) => {
      const folder = `dist/bundle/${kind}/${name}/${version}`;
      const [manifest] = parseManifests(read(`${folder}/${name}.yaml`));
      const written = manifests.find(({ metadata }) => metadata.name === name);
      expect(manifest).toEqual(written);
      expect(read(`${folder}/README.md`)).toContain('## Sample');
      expect(parseManifests(read(`${folder}/samples/run.yaml`))).toHaveLength(1);
      const about = parseManifests(read(`${folder}/artifacthub-pkg.yml`))[0];
      expect(about).toMatchObject({ version, name, license: 'Apache-2.0' });
      expect(existsSync(join(ROOT, folder, 'accounts.yaml'))).toBe(kind === 'task');
    },
  );
});
