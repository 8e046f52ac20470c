// Writes tasks/operate.yaml: a Task for each of an operator's commands, all of them the one program.
import { readFileSync, writeFileSync } from 'node:fs';
import { Document } from 'yaml';
import { exportsOf } from './docs/source.mjs';

const { COMMANDS, LOOKING } = await exportsOf('steps/operate/command.ts');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

const BY = { name: 'by', description: 'Who asks, for the record.', default: 'an operator' };
const LIMIT = {
  name: 'limit',
  description: 'Turn back if the release is not resumed within this time.',
  default: '15m',
};
const VERSION = { name: 'image-tag', description: 'The version to go back to.' };
const CREDENTIALS = {
  name: 'registry-credentials',
  description: 'A Docker config.json for asking the image registry for digests.',
  optional: true,
  readOnly: true,
};

const SECRETS = {
  name: 'secrets',
  description: 'The files that the release config names: urlFile, tokenFile, caFile.',
  optional: true,
  readOnly: true,
};

/** Those of a run that waits for its turn: it is a stage of that run. */
const OF_TURN = [
  { name: 'release-id', description: 'Names the release; the same for all stages of one run.' },
  { name: 'run', description: 'The PipelineRun, which says when it was asked for.', default: '' },
  {
    name: 'concurrency',
    description:
      'queue: waits until the release that is under way has ended. supersede: asks it to turn back first, where a run that waited for its turn began it. refuse is for runs without this Task.',
    default: 'queue',
  },
  { name: 'limit', description: 'How long it waits.', default: '50m' },
];
const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const LONG_LIVED = '/var/run/secrets/zero-downtime';
/** As in tasks/deploy.yaml, where it is explained. */
const IDENTITY = {
  name: 'identity',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 900 } },
      {
        configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

/** What the Task of each says, and takes beside the service. */
const TEXTS = {
  status: {
    summary: "Shows how a service's release stands.",
    more: 'Its phase, the pods that serve, who holds the Lease, the last actions, and the orders that wait.',
  },
  history: {
    summary: 'Shows the last releases of a service.',
    more: 'When each ended and how, from which version to which, how long it took, and why it went back.',
  },
  promote: {
    workspaces: [SECRETS],
    summary: 'Waits no longer.',
    more: 'Skips what is left of the time that a release watches its candidate. Readiness, smoke checks and the confirmation of traffic are never skipped.',
  },
  pause: {
    params: [LIMIT],
    summary: 'Keeps a release where it is.',
    more: 'No deadline of its phase passes meanwhile; the candidate is judged all the same, and the release turns back when it is bad or when the limit has passed.',
  },
  resume: {
    summary: 'Lets a paused release go on.',
    more: 'With as much of its time left as it had when it was paused.',
  },
  abort: {
    workspaces: [SECRETS],
    summary: 'Turns a release back.',
    more: 'Everything is put back as it was before the release, without losing a request.',
  },
  drain: {
    workspaces: [SECRETS],
    summary: 'Takes the traffic away from the candidate.',
    more: 'An abort for an emergency, whose record says so.',
  },
  rollback: {
    workspaces: [SECRETS],
    summary: 'Goes back to the version before.',
    more: 'Aborts a release that is under way. Otherwise releases what the last promoted release had replaced, with its pods as they were: started beside what serves, tried and judged like any release.',
  },
  'rollback-to-version': {
    params: [VERSION],
    workspaces: [SECRETS, CREDENTIALS],
    summary: 'Goes back to a version by its tag.',
    more: 'As the journal knows it from the last releases, with its pods as they were; one that it does not know is released from the registry.',
  },
  turn: {
    params: OF_TURN,
    summary: 'Waits until the service is free, and keeps it for the run that it is part of.',
    more: 'Of several runs that wait, the one that was created last gets it: the others release nothing, and say so.',
  },
};

const OPTION_OF = {
  by: '--by=$(params.by)',
  limit: '--limit=$(params.limit)',
  concurrency: '--concurrency=$(params.concurrency)',
  run: '--run=$(params.run)',
  'image-tag': '--image-tag=$(params.image-tag)',
  secrets: '--secrets-dir=$(workspaces.secrets.path)',
  'registry-credentials': '--registry-credentials-dir=$(workspaces.registry-credentials.path)',
};

function taskOf(command) {
  const { summary, more, params = [], workspaces } = TEXTS[command];
  const looks = LOOKING.includes(command);
  const account = looks ? 'view' : 'operate';
  const isStage = params.some(({ name }) => name === 'release-id');
  const all = looks || isStage ? params : [BY, ...params];
  const texts = all.map(({ name, ...param }) => ({ name, type: 'string', ...param }));
  const own = [...all, ...(workspaces ?? [])].flatMap(({ name }) => OPTION_OF[name] ?? []);
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'Task',
    metadata: {
      name: `zero-downtime-${command}`,
      labels: {
        'app.kubernetes.io/version': version,
        'app.kubernetes.io/part-of': 'zero-downtime-deployment',
      },
      annotations: annotationsOf(command),
    },
    spec: {
      description: `${summary}\n\n${more}\n`,
      params: [
        { name: 'service-name', type: 'string', description: 'The Service in question.' },
        {
          name: 'namespace',
          type: 'string',
          description: "The namespace of the service. Empty: the run's.",
          default: '',
        },
        ...texts,
      ],
      results: [{ name: 'answer', type: 'string', description: 'What became of it, in one line' }],
      ...(workspaces ? { workspaces } : {}),
      volumes: [
        IDENTITY,
        {
          name: 'long-lived-identity',
          secret: { secretName: `zero-downtime-${account}-token`, optional: true },
        },
      ],
      stepTemplate: { securityContext: RESTRICTED },
      steps: [stepOf(command, isStage, own)],
    },
  };
}

function annotationsOf(command) {
  return {
    'tekton.dev/pipelines.minVersion': '1.9.0',
    'tekton.dev/categories': 'Deployment',
    'tekton.dev/tags': 'deployment, operations',
    'tekton.dev/displayName': `Release: ${command}`,
    'tekton.dev/platforms': 'linux/amd64,linux/arm64',
  };
}

function stepOf(command, isStage, own) {
  return {
    name: command,
    image: `ghcr.io/zero-downtime-deployment/operate:v${version}`,
    command: ['/nodejs/bin/node', '/app/main.cjs'],
    args: [
      `--command=${command}`,
      // The same for a pod that is recreated: no command is sent twice, and a rollback is continued.
      isStage
        ? '--release-id=$(params.release-id)'
        : '--release-id=$(context.taskRun.name)-$(context.taskRun.uid)',
      '--service=$(params.service-name)',
      '--namespace=$(params.namespace)',
      '--run-namespace=$(context.taskRun.namespace)',
      `--token-dir=${LONG_LIVED}`,
      ...own,
      '--result-answer=$(results.answer.path)',
    ],
    computeResources: {
      requests: { cpu: '50m', memory: '96Mi' },
      limits: { memory: '256Mi' },
    },
    volumeMounts: [
      {
        name: 'identity',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        readOnly: true,
      },
      { name: 'long-lived-identity', mountPath: LONG_LIVED, readOnly: true },
    ],
  };
}

/** In YAML 1.1, as Kubernetes reads it; without anchors, which people do not read. */
const text = COMMANDS.map((command) =>
  new Document(taskOf(command), { version: '1.1', aliasDuplicateObjects: false }).toString({
    lineWidth: 100,
    directives: false,
  }),
).join('---\n');

writeFileSync(
  process.argv[2] ?? 'tasks/operate.yaml',
  `# Written by scripts/operator-tasks.mjs: a Task for each of an operator's commands.\n${text}`,
);
