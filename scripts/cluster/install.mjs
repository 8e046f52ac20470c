// `make install`, `make uninstall`, `make grant`: this project in a namespace of a cluster, with images
// from a registry of the user's choice, and what another namespace has to grant it.
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { ask, confirmCluster, giveUp, run } from './kubectl.mjs';

const ROOT = realpathSync(join(import.meta.dirname, '../..'));
const HOME = 'ghcr.io/zero-downtime-deployment';
const { NAMESPACE, REGISTRY, TAG, CAPACITY, TRIGGERS, TOKENS, PIPELINE_NAMESPACE } = process.env;

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const [command] = process.argv.slice(2);

switch (command) {
  case 'install':
    await confirmCluster(`install into the namespace ${named()}`);
    process.exitCode = await withOverlay((folder) => run(['apply', '-k', folder]));
    break;
  case 'uninstall':
    await confirmCluster(`delete this project from the namespace ${named()}`);
    // Also the tokens that an installation before this one may have had.
    process.exitCode = await withOverlay(
      (folder) => run(['delete', '--ignore-not-found', '-k', folder]),
      [],
    );
    break;
  case 'grant':
    process.stdout.write(grants(named(), PIPELINE_NAMESPACE || 'default'));
    break;
  case 'manifests':
    process.stdout.write(await withOverlay((folder) => ask(['kustomize', folder])));
    break;
  default:
    giveUp('usage: install.mjs install|uninstall|grant|manifests');
}

function named() {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(NAMESPACE ?? '')) {
    giveUp('say where: NAMESPACE=name');
  }
  return NAMESPACE;
}

/** An overlay outside of the project, for kustomize takes none that lies within its base. */
async function withOverlay(use, patches = patchesOf(TOKENS)) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'zero-downtime-install-'));
  try {
    writeFileSync(join(folder, 'tekton.yaml'), read('kustomize/tekton.yaml'));
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(overlay(folder, patches)));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where all runs say `taskRunSpecs`, no stage needs a token that lasts. */
function patchesOf(tokens = '') {
  if (tokens === '' || tokens === 'long-lived') return [];
  if (tokens !== 'short-lived') giveUp(`TOKENS=${tokens} is none of long-lived, short-lived`);
  const gone = { $patch: 'delete', apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any' } };
  const target = { version: 'v1', kind: 'Secret', name: 'zero-downtime-.*-token' };
  return [{ target, patch: stringify(gone) }];
}

function overlay(folder, patches) {
  const bases = ['.', ...(CAPACITY === 'no' ? [] : ['rbac/capacity'])];
  if (TRIGGERS) bases.push(`triggers/${known(TRIGGERS, 'triggers')}`);
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: named(),
    resources: bases.map((base) => relative(folder, join(ROOT, base))),
    configurations: ['tekton.yaml'],
    ...(patches.length > 0 ? { patches } : {}),
    images: imagesOfSteps().map((name) => ({
      name,
      ...(REGISTRY ? { newName: name.replace(HOME, REGISTRY) } : {}),
      ...(TAG ? { newTag: TAG } : {}),
    })),
  };
}

function known(name, folder) {
  const there = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'common')
    .map((entry) => entry.name);
  if (!there.includes(name)) giveUp(`${name} is none of ${there.join(', ')}`);
  return name;
}

/** What the Tasks and the CronJobs run; without their tags. */
function imagesOfSteps() {
  const manifests = (folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => parseAllDocuments(read(`${folder}/${file}`)))
      .map((document) => document.toJS());
  const steps = manifests('tasks').flatMap(({ spec }) => spec.steps);
  const containers = manifests('cronjobs').flatMap(
    ({ spec }) => spec.jobTemplate.spec.template.spec.containers,
  );
  const images = [...steps, ...containers].map(({ image }) => image.replace(/:[^:/]+$/, ''));
  return [...new Set(images)];
}

/** What `namespace` gives to the accounts of the namespace that the project is installed in. */
function grants(namespace, installedIn) {
  return readdirSync(join(ROOT, 'rbac'))
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(read(`rbac/${file}`)).map((document) => document.toJS()))
    .filter((object) => object.kind === 'RoleBinding' && object.roleRef.kind === 'ClusterRole')
    .map(({ apiVersion, kind, metadata, roleRef, subjects }) =>
      stringify({
        apiVersion,
        kind,
        metadata: { name: metadata.name, namespace },
        roleRef,
        subjects: subjects.map((subject) => ({ ...subject, namespace: installedIn })),
      }),
    )
    .join('---\n');
}
