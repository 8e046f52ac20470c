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
import { parse, parseAllDocuments, stringify } from 'yaml';
import { ask, askJson, confirmCluster, giveUp, run } from './kubectl.mjs';
import { listenerOf } from './listener.mjs';
import { readPushes } from './pushes.mjs';

const ROOT = realpathSync(join(import.meta.dirname, '../..'));
const HOME = 'ghcr.io/zero-downtime-deployment';
const { NAMESPACE, REGISTRY, TAG, CAPACITY, TRIGGERS, PUSHES, PIPELINE_NAMESPACE } = process.env;

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const [command] = process.argv.slice(2);
/** kubectl keeps what it applied in an annotation, and Kubernetes takes none above 256 KiB. */
const MOST_LISTENER = 250_000;

switch (command) {
  case 'install':
    await confirmCluster(`install into the namespace ${named()}`);
    process.exitCode = await withOverlay((folder) => run(['apply', '-k', folder]));
    break;
  case 'uninstall':
    await confirmCluster(`delete this project from the namespace ${named()}`);
    process.exitCode = await withOverlay((folder) =>
      run(['delete', '--ignore-not-found', '-k', folder]),
    );
    break;
  case 'grant':
    process.stdout.write(grants(named(), PIPELINE_NAMESPACE || 'default'));
    break;
  case 'listener':
    process.stdout.write(listener());
    break;
  case 'manifests':
    process.stdout.write(await withOverlay((folder) => ask(['kustomize', folder])));
    break;
  default:
    giveUp('usage: install.mjs install|uninstall|grant|listener|manifests');
}

function named() {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(NAMESPACE ?? '')) {
    giveUp('say where: NAMESPACE=name');
  }
  return NAMESPACE;
}

/** An overlay outside of the project, for kustomize takes none that lies within its base. */
async function withOverlay(use) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'zero-downtime-install-'));
  try {
    writeFileSync(join(folder, 'tekton.yaml'), read('kustomize/tekton.yaml'));
    if (TRIGGERS) writeFileSync(join(folder, 'listener.yaml'), listener());
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(overlay(folder)));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function overlay(folder) {
  const bases = ['.', ...(CAPACITY === 'no' ? [] : ['rbac/capacity'])];
  if (TRIGGERS) bases.push('triggers/common');
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: named(),
    resources: [
      ...bases.map((base) => relative(folder, join(ROOT, base))),
      ...(TRIGGERS ? ['listener.yaml'] : []),
    ],
    configurations: ['tekton.yaml'],
    patches: [
      ...(CAPACITY === 'no' ? [] : ['zero-downtime-capacity']),
      ...(TRIGGERS ? ['zero-downtime-trigger'] : []),
    ]
      .map(ownBinding)
      .concat(command === 'uninstall' ? rolesOfOthers().map(kept) : []),
    images: imagesOfSteps().map((name) => ({
      name,
      ...(REGISTRY ? { newName: name.replace(HOME, REGISTRY) } : {}),
      ...(TAG ? { newTag: TAG } : {}),
    })),
  };
}

/** What is bound to a ClusterRole is of the cluster: each installation has its own. */
function ownBinding(name) {
  return {
    target: { kind: 'ClusterRoleBinding', name },
    patch: stringify([{ op: 'replace', path: '/metadata/name', value: `${name}-${named()}` }]),
    options: { allowNameChange: true },
  };
}

/** ClusterRoles are of the cluster, too: what another installation acts by is not taken from it. */
function rolesOfOthers() {
  const { items } = askJson(['get', 'rolebindings,clusterrolebindings', '--all-namespaces']);
  const ofOthers = items.filter(
    ({ roleRef, subjects = [] }) =>
      roleRef.kind === 'ClusterRole' &&
      subjects.some(({ namespace = named() }) => namespace !== named()),
  );
  const names = ofOthers.map(({ roleRef }) => roleRef.name);
  return clusterRoles().filter((name) => names.includes(name));
}

function clusterRoles() {
  const folders = ['rbac', ...(CAPACITY === 'no' ? [] : ['rbac/capacity'])];
  if (TRIGGERS) folders.push('triggers/common');
  return folders
    .flatMap((folder) => objectsIn(folder))
    .filter(({ kind }) => kind === 'ClusterRole')
    .map(({ metadata }) => metadata.name);
}

function kept(name) {
  const kind = 'ClusterRole';
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return {
    target: { kind, name },
    patch: stringify({ $patch: 'delete', apiVersion, kind, metadata: { name } }),
  };
}

/** Deleting needs no list: what is deleted goes by its name. */
function listener() {
  const base = parse(read(`triggers/${known(TRIGGERS, 'triggers')}/listener.yaml`));
  if (command === 'uninstall') return stringify(base);
  if (!PUSHES) giveUp('say which repositories may release: PUSHES=file (docs/git-push.md)');
  const made = listenerOf(base, pushes(), named());
  const size = JSON.stringify(made).length;
  if (size > MOST_LISTENER) {
    giveUp(`${PUSHES}: too many services for one listener (${size} of ${MOST_LISTENER} letters)`);
  }
  return stringify(made, { version: '1.1', aliasDuplicateObjects: false });
}

function pushes() {
  try {
    return readPushes(readFileSync(PUSHES, 'utf8'));
  } catch (fault) {
    return giveUp(fault.message.replaceAll(/^/gm, `${PUSHES}: `));
  }
}

function known(name, folder) {
  const there = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'common')
    .map((entry) => entry.name);
  if (!there.includes(name)) giveUp(`${name} is none of ${there.join(', ')}`);
  return name;
}

function objectsIn(folder) {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .flatMap((file) => parseAllDocuments(read(`${folder}/${file}`)))
    .map((document) => document.toJS());
}

/** What the Tasks and the CronJobs run; without their tags. */
function imagesOfSteps() {
  const steps = objectsIn('tasks').flatMap(({ spec }) => spec.steps);
  const containers = objectsIn('cronjobs').flatMap(
    ({ spec }) => spec.jobTemplate.spec.template.spec.containers,
  );
  const images = [...steps, ...containers].map(({ image }) => image.replace(/:[^:/]+$/, ''));
  return [...new Set(images)];
}

/** What `namespace` gives to the accounts of the namespace that the project is installed in. */
function grants(namespace, installedIn) {
  return objectsIn('rbac')
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
