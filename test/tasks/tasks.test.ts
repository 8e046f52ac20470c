// Task YAML and the program it runs are two texts about one thing: here they are held together.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

interface Named {
  name: string;
}
interface Param extends Named {
  default?: string;
  value?: string;
}
interface TaskSpec {
  params: Param[];
  results: Named[];
  workspaces?: (Named & { optional?: boolean })[];
  volumes: { secret?: { secretName: string } }[];
  steps: { image: string; command: string[]; args: string[]; securityContext?: unknown }[];
  stepTemplate: { securityContext: Record<string, unknown> };
}
interface PipelineTask extends Named {
  taskRef: Named;
  params: Param[];
  timeout: string;
  workspaces?: Named[];
}

const load = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'), { version: '1.1' });

const STAGES = readdirSync(join(ROOT, 'steps'));
const taskOf = (stage: string) =>
  load(`tasks/${stage}.yaml`) as { metadata: Named; spec: TaskSpec };
const pipeline = load('pipelines/zero-downtime-deployment.yaml') as {
  spec: { params: Param[]; tasks: PipelineTask[]; finally: PipelineTask[]; results: Param[] };
};
const { version } = load('package.json') as { version: string };

function helpOf(stage: string): string {
  const program = join(ROOT, `dist/steps/${stage}/main.cjs`);
  return execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
}

describe.each(STAGES)('the Task of %s', (stage) => {
  const { spec, metadata } = taskOf(stage);
  const args = spec.steps.flatMap((step) => step.args);
  const passed = args.map((arg) => /^--([\w-]+)=/.exec(arg)?.[1] ?? arg);

  test('passes options that the program knows, and all that it insists on', () => {
    const help = helpOf(stage);
    const known = [...help.matchAll(/^ {2}--([\w-]+)/gm)].map(([, name]) => name);
    const required = help
      .split(/\n(?= {2}--)/)
      .filter((entry) => entry.includes('[required]'))
      .map((entry) => /--([\w-]+)/.exec(entry)?.[1]);
    expect(passed.filter((name) => !known.includes(name))).toEqual([]);
    expect(required.filter((name) => name && !passed.includes(name))).toEqual([]);
  });

  test('uses every param, workspace and result that it declares, and no other', () => {
    const used = (kind: string): string[] =>
      [...args.join('\n').matchAll(new RegExp(`\\$\\(${kind}\\.([\\w-]+)`, 'g'))].map(
        ([, name = '']) => name,
      );
    const names = (list: Named[] = []): string[] => list.map(({ name }) => name).sort();
    expect([...new Set(used('params'))].sort()).toEqual(names(spec.params));
    expect([...new Set(used('workspaces'))].sort()).toEqual(names(spec.workspaces));
    expect([...new Set(used('results'))].sort()).toEqual(names(spec.results));
  });

  test('runs the image of this version, as its own service account, without any privilege', () => {
    expect(metadata.name).toBe(`zero-downtime-${stage}`);
    expect(spec.steps.map(({ image }) => image)).toEqual([
      `ghcr.io/zero-downtime-deployment/${stage}:v${version}`,
    ]);
    expect(spec.volumes.map(({ secret }) => secret?.secretName)).toEqual([
      `zero-downtime-${stage}-token`,
    ]);
    expect(spec.stepTemplate.securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('has an account, a token, and rights that are named one by one', () => {
    const documents = parseAllDocuments(readFileSync(join(ROOT, `rbac/${stage}.yaml`), 'utf8')).map(
      (document) => document.toJS() as { kind: string; metadata: Named; rules?: unknown[] },
    );
    const kinds = documents.filter(({ metadata: { name } }) =>
      name.startsWith(`zero-downtime-${stage}`),
    );
    expect(kinds.map(({ kind }) => kind).sort()).toEqual([
      'ClusterRole',
      'RoleBinding',
      'Secret',
      'ServiceAccount',
    ]);
    expect(JSON.stringify(documents)).not.toContain('*');
  });
});

describe('the Pipeline', () => {
  const tasks = [...pipeline.spec.tasks, ...pipeline.spec.finally];

  test('gives every Task what it needs, and nothing that it does not know', () => {
    for (const task of tasks) {
      const { spec } = taskOf(task.name);
      const given = task.params.map(({ name }) => name);
      const known = spec.params.map(({ name }) => name);
      const needed = spec.params.filter((param) => param.default === undefined);
      expect(given.filter((name) => !known.includes(name))).toEqual([]);
      expect(needed.map(({ name }) => name).filter((name) => !given.includes(name))).toEqual([]);
    }
  });

  test('needs two params of its user, and has a safe default for all others', () => {
    const needed = pipeline.spec.params.filter((param) => param.default === undefined);
    expect(needed.map(({ name }) => name)).toEqual(['service-name', 'image-tag']);
  });

  test('ends within the hour that Tekton gives it', () => {
    const minutes = tasks.map(({ timeout }) => Number(/^(\d+)m$/.exec(timeout)?.[1]));
    expect(minutes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60);
  });

  test('takes its results from conclude, so that there are some on failure too', () => {
    for (const { value } of pipeline.spec.results) {
      expect(value).toMatch(/^\$\(finally\.conclude\.results\./);
    }
  });
});
