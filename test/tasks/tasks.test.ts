// Task YAML and the program it runs are two texts about one thing: here they are held together.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { DEPLOY_TIMEOUT } from '../../core/config/deadline.ts';
import { STAGES, stagesBeforeConclude } from '../../core/journal/stages.ts';
import { COMMANDS, isCommand, LOOKING } from '../../steps/operate/command.ts';

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
  when?: unknown;
}

const load = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'), { version: '1.1' });

interface Task {
  metadata: Named;
  spec: TaskSpec;
}

const documents = (path: string) =>
  parseAllDocuments(readFileSync(join(ROOT, path), 'utf8'), { version: '1.1' }).map((each) =>
    each.toJS(),
  );
const tasks = readdirSync(join(ROOT, 'tasks')).flatMap(
  (file) => documents(`tasks/${file}`) as Task[],
);
const taskOf = (stage: string): Task => {
  const found = tasks.find(({ metadata }) => metadata.name === `zero-downtime-${stage}`);
  if (!found) throw new Error(`no Task for ${stage}`);
  return found;
};
const pipeline = load('pipelines/zero-downtime-deployment.yaml') as {
  spec: { params: Param[]; tasks: PipelineTask[]; finally: PipelineTask[]; results: Param[] };
};
const CHECKS: readonly string[] = STAGES.filter(({ role }) => role === 'checks').map(
  ({ name }) => name,
);
const { version } = load('package.json') as { version: string };

/** An operator's commands are Tasks of one program; everything else is named after its own. */
const programOf = (name: string): string => (isCommand(name) ? 'operate' : name);
const accountOf = (name: string): string =>
  LOOKING.some((command) => command === name) ? 'view' : programOf(name);

/** What a container's security context says at the least. */
const WITHOUT_PRIVILEGE = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A token that is good for a quarter of an hour, and for the API server only. */
const OWN_ACCOUNT = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 900 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] },
  },
];

const helps = new Map<string, string>();

function helpOf(stage: string): string {
  const program = join(ROOT, `dist/steps/${stage}/main.cjs`);
  const help =
    helps.get(stage) ?? execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
  helps.set(stage, help);
  return help;
}

test('every program has its Task, or its CronJob', () => {
  const run = [...tasks.map(({ metadata }) => programOf(metadata.name.slice(14))), 'recover'];
  expect([...new Set(run)].sort()).toEqual(readdirSync(join(ROOT, 'steps')).sort());
});

test("the operator's Tasks are what their script writes", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
  const written = join(folder, 'operate.yaml');
  execFileSync(process.execPath, ['scripts/operator-tasks.mjs', written], { cwd: ROOT });
  expect(readFileSync(join(ROOT, 'tasks/operate.yaml'), 'utf8')).toBe(
    readFileSync(written, 'utf8'),
  );
  rmSync(folder, { recursive: true });
  expect(documents('tasks/operate.yaml').map(({ metadata }) => metadata.name)).toEqual(
    COMMANDS.map((command) => `zero-downtime-${command}`),
  );
});

describe.each(tasks.map(({ metadata }) => metadata.name.replace('zero-downtime-', '')))(
  'the Task %s',
  (stage) => {
    const { spec, metadata } = taskOf(stage);
    // A scanner is the user's own, in a step of its own.
    const steps = spec.steps.filter(({ image }) => !image.startsWith('$('));
    const args = steps.flatMap((step) => step.args);
    const passed = args.map((arg) => /^--([\w-]+)=/.exec(arg)?.[1] ?? arg);

    test('passes options that the program knows, and all that it insists on', () => {
      const help = helpOf(programOf(stage));
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
        [...JSON.stringify(spec.steps).matchAll(new RegExp(`\\$\\(${kind}\\.([\\w-]+)`, 'g'))].map(
          ([, name = '']) => name,
        );
      const names = (list: Named[] = []): string[] => list.map(({ name }) => name).sort();
      expect([...new Set(used('params'))].sort()).toEqual(names(spec.params));
      expect([...new Set(used('workspaces'))].sort()).toEqual(names(spec.workspaces));
      expect([...new Set(used('results'))].sort()).toEqual(names(spec.results));
    });

    test('runs the image of this version, as its own service account, without any privilege', () => {
      expect(metadata.name).toBe(`zero-downtime-${stage}`);
      expect(steps.map(({ image }) => image)).toEqual([
        `ghcr.io/zero-downtime-deployment/${programOf(stage)}:v${version}`,
      ]);
      expect(spec.volumes.filter((volume) => !('emptyDir' in volume))).toEqual([
        { name: 'identity', projected: { sources: OWN_ACCOUNT } },
        {
          name: 'long-lived-identity',
          secret: { secretName: `zero-downtime-${accountOf(stage)}-token`, optional: true },
        },
      ]);
      expect(spec.stepTemplate.securityContext).toMatchObject(WITHOUT_PRIVILEGE);
    });
  },
);

const ACCOUNTS = new Set([
  ...tasks.map((task) => accountOf(task.metadata.name.slice(14))),
  'recover',
]);

test.each([...ACCOUNTS])('%s has an account, and rights that are named one by one', (account) => {
  const granted = documents(`manifests/rbac/${account}.yaml`) as {
    kind: string;
    metadata: Named;
  }[];
  const kinds = granted.filter(({ metadata: { name } }) =>
    name.startsWith(`zero-downtime-${account}`),
  );
  expect(kinds.map(({ kind }) => kind).sort()).toEqual([
    'ClusterRole',
    'RoleBinding',
    // Its pod is always of its own account.
    ...(account === 'recover' ? [] : ['Secret']),
    'ServiceAccount',
  ]);
  expect(JSON.stringify(granted)).not.toContain('*');
});

test("who only looks may change nothing, not even an operator's own journal", () => {
  const [role] = documents('manifests/rbac/view.yaml').filter(({ kind }) => kind === 'ClusterRole');
  const verbs = role.rules.flatMap((rule: { verbs: string[] }) => rule.verbs);
  expect([...new Set(verbs)].sort()).toEqual(['get', 'list']);
});

describe('the CronJob that recovers', () => {
  const [cronJob] = documents('manifests/cronjobs/recover.yaml');
  const { spec } = cronJob.spec.jobTemplate.spec.template;
  const [container] = spec.containers;

  test('runs the image of this version as its own account, without any privilege', () => {
    expect(container.image).toBe(`ghcr.io/zero-downtime-deployment/recover:v${version}`);
    expect(spec.serviceAccountName).toBe('zero-downtime-recover');
    expect(spec.volumes[0].projected.sources).toMatchObject(OWN_ACCOUNT);
    expect({ ...spec.securityContext, ...container.securityContext }).toMatchObject(
      WITHOUT_PRIVILEGE,
    );
  });

  test('passes options that the program knows, and never runs beside itself', () => {
    const options = ['--namespace', '--secrets-dir'];
    for (const option of options) expect(helpOf('recover')).toContain(option);
    expect(container.args?.map((arg: string) => arg.split('=')[0])).toEqual(options);
    expect(cronJob.spec.concurrencyPolicy).toBe('Forbid');
  });
});

describe.each(
  documents('manifests/cronjobs/database.yaml').map((each) => [each.metadata.name, each]),
)('the CronJob %s', (name, { spec: { suspend, jobTemplate } }) => {
  const { spec, metadata } = jobTemplate.spec.template;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];

  test('runs when a person says so, once, with this version, no account and no privilege', () => {
    expect({ suspend, ...jobTemplate.spec }).toMatchObject({ suspend: true, backoffLimit: 0 });
    expect(spec).toMatchObject({ restartPolicy: 'Never', automountServiceAccountToken: false });
    for (const container of containers) {
      expect(container.image).toMatch(`/database-migration:v${version}`);
      expect({ ...spec.securityContext, ...container.securityContext }).toMatchObject(
        WITHOUT_PRIVILEGE,
      );
    }
  });

  test('does what the engine knows, and may connect to a database', () => {
    const said = containers.map(({ args }: { args: string[] }) => args[0]);
    expect(said).toEqual(
      name === 'database-rollback' ? ['--rollback-to=previous'] : ['expand', 'backfill', 'verify'],
    );
    const [policy] = documents('manifests/network/database.yaml');
    expect(metadata.labels).toMatchObject(policy.spec.podSelector.matchLabels);
  });
});

describe('the Pipeline', () => {
  const stages = [...pipeline.spec.tasks, ...pipeline.spec.finally];

  test('gives every Task what it needs, and nothing that it does not know', () => {
    for (const task of stages) {
      const { spec } = taskOf(task.name);
      const given = task.params.map(({ name }) => name);
      const known = spec.params.map(({ name }) => name);
      const needed = spec.params.filter((param) => param.default === undefined);
      expect(given.filter((name) => !known.includes(name))).toEqual([]);
      expect(needed.map(({ name }) => name).filter((name) => !given.includes(name))).toEqual([]);
    }
  });

  test('has the stages of the list, in its order, and conclude is told how each of them ended', () => {
    expect(stages.map(({ name }) => name)).toEqual(STAGES.map(({ name }) => name));
    const conclude = stages.find(({ name }) => name === 'conclude');
    const told = conclude?.params.map(({ name }) => name) ?? [];
    expect(told).toEqual(
      expect.arrayContaining(stagesBeforeConclude().map(({ name }) => `${name}-status`)),
    );
  });

  test('skips by `when` what need not run, and nothing else', () => {
    const optional = stages.filter(({ when }) => when !== undefined).map(({ name }) => name);
    expect(optional).toEqual(STAGES.filter(({ runs }) => runs === 'when').map(({ name }) => name));
  });

  test('needs two params of its user, and has a safe default for all others', () => {
    const needed = pipeline.spec.params.filter((param) => param.default === undefined);
    expect(needed.map(({ name }) => name)).toEqual(['service-name', 'image-tag']);
  });

  // Checks run side by side: one of them counts.
  const [, ...besides] = stages.filter(({ name }) => CHECKS.includes(name));
  const minutesOf = ({ timeout }: PipelineTask): number => {
    const [, hours = 0, minutes] = /^(?:(\d+)h)?(\d+)m0s$/.exec(timeout) ?? [];
    return Number(hours) * 60 + Number(minutes);
  };
  // What is in finally runs side by side.
  const sumOf = (tasks: readonly PipelineTask[]) =>
    pipeline.spec.tasks
      .filter((task) => tasks.includes(task) && !besides.includes(task))
      .reduce(
        (sum, task) => sum + minutesOf(task),
        Math.max(...pipeline.spec.finally.map(minutesOf)),
      );

  test('ends within the hour that Tekton gives it, where it waits for no turn and migrates nothing', () => {
    const longer = ['turn', 'database-migration'];
    expect(sumOf(stages.filter(({ name }) => !longer.includes(name)))).toBeLessThan(60);
  });

  test('ends within the two hours that a run should have, where it migrates', () => {
    expect(sumOf(stages.filter(({ name }) => name !== 'turn'))).toBeLessThan(120);
  });

  test('ends within the three hours that the run of a push has, where it does both', () => {
    expect(sumOf(stages)).toBeLessThan(180);
    const [template] = documents('manifests/triggers/common/push.yaml').slice(-1);
    expect(JSON.stringify(template)).toContain('"timeouts":{"pipeline":"3h0m0s","finally":"9m0s"}');
  });

  test('tells the stages how long the deploy Task may take', () => {
    const deploy = pipeline.spec.tasks.find(({ name }) => name === 'deploy');
    const told = [pipeline.spec, taskOf('deploy').spec, taskOf('pre-validation').spec].map(
      ({ params }) => params.find(({ name }) => name === 'deploy-timeout')?.default,
    );
    expect(told).toEqual([DEPLOY_TIMEOUT, DEPLOY_TIMEOUT, DEPLOY_TIMEOUT]);
    expect(deploy?.timeout).toBe(`${DEPLOY_TIMEOUT}0s`);
  });

  test('lets no scanner have the token of the stage, nor any secret', () => {
    const scan = taskOf('security-scan').spec.steps.find(({ image }) => image.startsWith('$('));
    const mounted = Object(scan).volumeMounts.map(({ name }: Named) => name);
    expect(mounted).toEqual(['scan', 'scanner-home']);
  });

  test('takes its results from conclude, so that there are some on failure too', () => {
    for (const { value } of pipeline.spec.results) {
      expect(value).toMatch(/^\$\(finally\.conclude\.results\./);
    }
  });
});
