// `make health-check`: is everything there that a release needs? One line each; 1 where something is
// missing.

import { tasks } from '../docs/source.mjs';
import { ask, askJson } from './kubectl.mjs';
import { pipelineNamespace as namespace } from './service.mjs';

const QUIET = { orElse: 'nothing' };
let missing = 0;

function report(what, ok, advice) {
  process.stdout.write(`${ok ? 'ok     ' : 'missing'}  ${what}${ok ? '' : `: ${advice}`}\n`);
  if (!ok) missing += 1;
}

// Where the API does not answer, nothing else can be told.
const { serverVersion: version } = askJson(['version']);
report(
  `Kubernetes ${version.gitVersion}`,
  Number.parseInt(version.minor, 10) >= 28,
  '1.28 or newer is needed',
);
const served = ask(['api-versions'], QUIET) ?? '';
report(
  'Tekton Pipelines',
  served.includes('tekton.dev/v1\n'),
  'install Tekton Pipelines 1.9 or newer',
);
const objects = [
  ['pipeline', 'waqiti-zero-downtime-deployment'],
  ...tasks().map(({ metadata }) => ['task', metadata.name]),
];
const install = `run make install NAMESPACE=${namespace}`;
for (const [kind, name] of objects) {
  const found = ask(['get', kind, name, '-n', namespace, '-o', 'name'], QUIET);
  report(`${kind} ${name}`, Boolean(found), install);
}
const tokens = tasks().flatMap(({ spec }) =>
  (spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []),
);
for (const name of new Set(tokens)) {
  const account = name.replace(/-token$/, '');
  const there = ask(['get', 'serviceaccount', account, '-n', namespace, '-o', 'name'], QUIET);
  report(`account ${account}`, Boolean(there), install);
}
const installed = [...new Set(tokens)].filter((name) =>
  ask(['get', 'secret', name, '-n', namespace, '-o', 'name'], QUIET),
);
if (installed.length === 0) {
  process.stdout.write('ok       no long-lived tokens: every run has to say taskRunSpecs\n');
}
for (const name of installed.length > 0 ? new Set(tokens) : []) {
  const path = 'jsonpath={.metadata.annotations.kubernetes\\.io/service-account\\.uid}';
  const uid = ask(['get', 'secret', name, '-n', namespace, '-o', path], QUIET);
  report(`token ${name}`, Boolean(uid), `${install}; the control plane fills it in`);
}
process.exitCode = missing === 0 ? 0 : 1;
