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
import { ask, confirmCluster, giveUp, run } from './kubectl.mjs';
import { listenerOf } from './listener.mjs';
import { patchesOf } from './others.mjs';
import { readPushes } from './pushes.mjs';

const ROOT = realpathSync(join(import.meta.dirname, '../..'));
const HOME = 'ghcr.io/zero-downtime-deployment';
const { NAMESPACE, REGISTRY, TAG, CAPACITY, TRIGGERS, PUSHES, TOKENS, PIPELINE_NAMESPACE } =
  process.env;
const { DATABASE_PORTS } = process.env;

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const [command] = process.argv.slice(2);
/** Of what etcd takes of one object (1.5 MiB) a part is who owns which of its fields. */
const MOST_LISTENER = 1_000_000;

switch (command) {
  case 'install':
    await confirmCluster(`install into the namespace ${named()}`);
    process.exitCode = await withOverlay(install);
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
async function withOverlay(
  use,
  patches = [...withoutSecrets(TOKENS), ...withPorts(DATABASE_PORTS)],
) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'zero-downtime-install-'));
  try {
    writeFileSync(join(folder, 'tekton.yaml'), read('manifests/kustomize/tekton.yaml'));
    if (TRIGGERS) writeFileSync(join(folder, 'listener.yaml'), listener());
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(overlay(folder, patches)));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The listener by itself: kubectl would keep it in an annotation once more, which is too small for it. */
async function install(folder) {
  const applied = await run(['apply', '-k', folder]);
  if (applied !== 0 || !TRIGGERS) return applied;
  const onServer = ['apply', '--server-side', '--force-conflicts', '-n', named()];
  return run([...onServer, '-f', join(folder, 'listener.yaml')]);
}

/** The folders with objects that are the cluster's, not a namespace's. */
function clusterWide() {
  const folders = ['manifests/rbac', ...(CAPACITY === 'no' ? [] : ['manifests/rbac/capacity'])];
  return [...folders, ...(TRIGGERS ? ['manifests/triggers/common'] : [])].flatMap(objectsIn);
}

/** Where all runs say `taskRunSpecs`, no stage needs a token that lasts. */
function withoutSecrets(tokens = '') {
  if (tokens === '' || tokens === 'long-lived') return [];
  if (tokens !== 'short-lived') giveUp(`TOKENS=${tokens} must be one of long-lived, short-lived`);
  const gone = { $patch: 'delete', apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any' } };
  const target = { version: 'v1', kind: 'Secret', name: 'zero-downtime-.*-token' };
  return [{ target, patch: stringify(gone) }];
}

/** A database that listens elsewhere than PostgreSQL does by itself, such as behind a pooler. */
function withPorts(given = '') {
  if (given === '') return [];
  const ports = given.split(',').map(Number);
  if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
    giveUp(`DATABASE_PORTS=${given} must be ports, such as 5432,6432`);
  }
  const value = ports.map((port) => ({ port, protocol: 'TCP' }));
  const target = { kind: 'NetworkPolicy', name: 'zero-downtime-database' };
  return [{ target, patch: stringify([{ op: 'replace', path: '/spec/egress/0/ports', value }]) }];
}

function overlay(folder, patches) {
  const bases = ['.', ...(CAPACITY === 'no' ? [] : ['manifests/rbac/capacity'])];
  if (TRIGGERS) bases.push('manifests/triggers/common');
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: named(),
    resources: [
      ...bases.map((base) => relative(folder, join(ROOT, base))),
      ...(TRIGGERS && command !== 'install' ? ['listener.yaml'] : []),
    ],
    configurations: ['tekton.yaml'],
    patches: [...patchesOf(named(), clusterWide(), command === 'uninstall'), ...patches],
    images: imagesOfSteps().map((name) => ({
      name,
      ...(REGISTRY ? { newName: name.replace(HOME, REGISTRY) } : {}),
      ...(TAG ? { newTag: TAG } : {}),
    })),
  };
}

/** Deleting needs no list: what is deleted goes by its name. */
function listener() {
  const base = parse(
    read(`manifests/triggers/${known(TRIGGERS, 'manifests/triggers')}/listener.yaml`),
  );
  if (command === 'uninstall') return stringify(base);
  if (!PUSHES)
    giveUp('say which repositories may release: PUSHES=file (docs/git-triggered-releases.md)');
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
  if (!there.includes(name)) giveUp(`${name} must be one of ${there.join(', ')}`);
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
  const containers = objectsIn('manifests/cronjobs').flatMap(
    ({ spec }) => spec.jobTemplate.spec.template.spec.containers,
  );
  const images = [...steps, ...containers].map(({ image }) => image.replace(/:[^:/]+$/, ''));
  return [...new Set(images)];
}

/**
 * What `namespace` gives to the accounts of the namespace that the project is installed in: by names
 * of that namespace, for another installation is granted beside it, and one of its own lies there too.
 */
function grants(namespace, installedIn) {
  return objectsIn('manifests/rbac')
    .filter((object) => object.kind === 'RoleBinding' && object.roleRef.kind === 'ClusterRole')
    .map(({ apiVersion, kind, metadata, roleRef, subjects }) =>
      stringify({
        apiVersion,
        kind,
        metadata: { name: `${metadata.name}.${installedIn}`, namespace },
        roleRef,
        subjects: subjects.map((subject) => ({ ...subject, namespace: installedIn })),
      }),
    )
    .join('---\n');
}
