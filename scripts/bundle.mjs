// `make bundle`: the Tasks and the Pipeline as catalogs have them, a folder for each in this version:
// the manifest, a README, a sample, the accounts it acts as, and what Artifact Hub wants to know.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { manifestsIn, pipeline, ROOT, read, tasks } from './docs/source.mjs';
import { sectionOf } from './docs/task-page.mjs';

const OUT = join(process.env.DIST || join(ROOT, 'dist'), 'bundle');
const { version, license } = JSON.parse(read('package.json'));

rmSync(OUT, { recursive: true, force: true });
for (const task of tasks()) layOut('task', task, sampleOf(task));
layOut('pipeline', pipeline(), 'examples/payment-service.pipelinerun.v1.yaml');
process.stdout.write(`dist/bundle holds ${tasks().length} Tasks and 1 Pipeline, ${version}\n`);

function layOut(kind, { file: _file, ...object }, sample) {
  const { name } = object.metadata;
  const folder = join(OUT, kind, name, version);
  mkdirSync(join(folder, 'samples'), { recursive: true });
  const write = (path, text) => writeFileSync(join(folder, path), text);
  write(`${name}.yaml`, stringify(object));
  cpSync(join(ROOT, sample), join(folder, 'samples/run.yaml'));
  const accounts = accountsOf(object);
  if (accounts.length > 0) write('accounts.yaml', accounts.map(read).join('---\n'));
  write(
    'README.md',
    [sectionOf(object, '#'), needs(accounts), sampleSection(sample)].filter(Boolean).join('\n\n'),
  );
  write('artifacthub-pkg.yml', stringify(packageOf(kind, object)));
}

/** The files in manifests/rbac/ with the tokens that the Task mounts. */
function accountsOf({ spec }) {
  const mounted = (spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
  return manifestsIn('manifests/rbac')
    .filter(({ documents }) =>
      documents.some((document) => mounted.includes(document.getIn(['metadata', 'name']))),
    )
    .map(({ path }) => path);
}

function needs(accounts) {
  if (accounts.length === 0) return '';
  return '## Account\n\nThe Task acts as its own ServiceAccount, whatever the run uses: `kubectl apply -f accounts.yaml`.';
}

function sampleSection(sample) {
  return `## Sample\n\n\`\`\`yaml\n${read(sample).trim()}\n\`\`\`\n`;
}

function sampleOf({ metadata }) {
  return `examples/tasks/${metadata.name.replace('zero-downtime-', '')}.yaml`;
}

function packageOf(kind, { metadata, spec }) {
  const { annotations } = metadata;
  const [summary] = spec.description.split('\n');
  return {
    version,
    name: metadata.name,
    displayName: annotations['tekton.dev/displayName'],
    createdAt: changedAt(),
    description: summary,
    license,
    keywords: annotations['tekton.dev/tags'].split(', '),
    annotations: { 'artifacthub.io/category': 'integration-delivery' },
    install: `kubectl apply -f ${metadata.name}.yaml${kind === 'task' ? ' -f accounts.yaml' : ''}`,
  };
}

/** Of the commit, so that the same sources give the same bundle. */
function changedAt() {
  const { SOURCE_DATE_EPOCH } = process.env;
  const seconds =
    SOURCE_DATE_EPOCH || execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT });
  return new Date(Number(seconds) * 1000).toISOString();
}
