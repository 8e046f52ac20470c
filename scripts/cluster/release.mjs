// `make deploy` and its kin: a PipelineRun; `make rollback` and its kin: a TaskRun of the operator's
// Task of that name. Each is followed to its end.

import { exportsOf, pipeline, tasks } from '../docs/source.mjs';
import { follow } from './follow.mjs';
import { ask, confirmCluster, create, giveUp } from './kubectl.mjs';
import { namespace, pipelineNamespace as runsIn, serviceName } from './service.mjs';

/** A Task whose program has an account of another name. */
const ACCOUNTS = { 'zero-downtime-turn': 'zero-downtime-operate' };
const PIPELINE = 'waqiti-zero-downtime-deployment';
const STRATEGIES = { 'deploy-blue-green': 'blue-green', 'deploy-canary': 'canary' };
/** What other tools take as variables is said in the release config here, beside the service. */
const IN_THE_CONFIG = [
  'TRAFFIC_STRATEGY',
  'TRAFFIC_INCREMENT',
  'TRAFFIC_INTERVAL',
  'INITIAL_PERCENTAGE',
  'INCREMENT',
  'PHASE_DURATION',
  'CANARY_ERROR_RATE',
  'ERROR_RATE_THRESHOLD',
];

const { COMMANDS, LOOKING } = await exportsOf('steps/operate/command.ts');
const { env } = process;
const [command] = process.argv.slice(2);
for (const name of IN_THE_CONFIG) {
  if (env[name]) giveUp(`${name} is said in the release config: see docs/release-config.md`);
}
process.exitCode = COMMANDS.includes(command) ? await operate() : await deploy();

async function deploy() {
  const service = serviceName();
  if (!env.VERSION) giveUp('say which version: VERSION=tag');
  const dryRun = command === 'deploy-dry-run';
  const params = {
    'service-name': service,
    'image-tag': env.VERSION,
    namespace,
    'deployment-strategy': STRATEGIES[command] ?? env.DEPLOYMENT_STRATEGY ?? '',
    'image-repository': env.IMAGE_REPOSITORY ?? '',
    'dry-run': String(dryRun),
    concurrency: env.CONCURRENCY ?? '',
  };
  there('pipeline', PIPELINE);
  await confirmCluster(`${dryRun ? 'try' : 'release'} ${service} ${env.VERSION}`);
  return start('PipelineRun', `deploy-${service}-`, {
    pipelineRef: { name: PIPELINE },
    // A run that waits for its turn has as long again.
    timeouts: { pipeline: env.CONCURRENCY ? '2h' : '1h', finally: '9m' },
    taskRunSpecs: accountsOfStages(),
    params: given(params),
  });
}

async function operate() {
  const service = serviceName();
  const task = `zero-downtime-${command}`;
  if (command === 'rollback-to-version' && !env.VERSION) giveUp('say which version: VERSION=tag');
  there('task', task);
  if (!LOOKING.includes(command)) await confirmCluster(`${command} ${service}`);
  const version = command === 'rollback-to-version' ? env.VERSION : '';
  const params = {
    'service-name': service,
    namespace,
    'image-tag': version,
    ...(takes(task, 'by') ? { by: env.BY ?? '' } : {}),
    ...(takes(task, 'limit') ? { limit: env.LIMIT ?? '' } : {}),
  };
  return start('TaskRun', `${command}-${service}-`, {
    serviceAccountName: `zero-downtime-${LOOKING.includes(command) ? 'view' : 'operate'}`,
    taskRef: { name: task },
    params: given(params),
  });
}

function takes(task, param) {
  const { spec } = tasks().find(({ metadata }) => metadata.name === task);
  return spec.params.some(({ name }) => name === param);
}

function start(kind, generateName, spec) {
  const metadata = { generateName };
  const name = create(runsIn, { apiVersion: 'tekton.dev/v1', kind, metadata, spec });
  process.stdout.write(`${kind} ${name} in the namespace ${runsIn}\n`);
  return follow(kind.toLowerCase(), runsIn, name);
}

/** Each stage in a pod of its own account: so its token is good for minutes, and ends with the pod. */
function accountsOfStages() {
  const { spec } = pipeline();
  return [...spec.tasks, ...spec.finally].map(({ name, taskRef }) => ({
    pipelineTaskName: name,
    serviceAccountName: ACCOUNTS[taskRef.name] ?? taskRef.name,
  }));
}

function given(params) {
  return Object.entries(params)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value }));
}

function there(kind, name) {
  if (ask(['get', kind, name, '-n', runsIn, '-o', 'name', '--ignore-not-found'])) return;
  giveUp(
    `no ${kind} ${name} in the namespace ${runsIn}: run make install NAMESPACE=${runsIn}, or say where it is with PIPELINE_NAMESPACE=name`,
  );
}
