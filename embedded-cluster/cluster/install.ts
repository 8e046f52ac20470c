/** Installs this project, and its example application, into a cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { DraftObject } from '../kubernetes/store/object.ts';
import { type Applier, apply, parseManifests } from './manifests.ts';

/** What `make install` installs; `kubectl apply -k .` leaves out the rights beyond a namespace. */
const KUSTOMIZATIONS = ['.', 'manifests/rbac/capacity'];
/** The registry that the example's manifests name. */
const EXAMPLE_REGISTRY = 'localhost:5000';

/** Pods, metrics systems and webhooks of this cluster all live on this machine, which stages may not ask by default. */
export const DESTINATIONS: DraftObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'zero-downtime-destinations' },
  data: { 'destinations.yaml': 'hosts: [localhost]\nnetworks: [127.0.0.0/8, "::1/128"]\n' },
};

/** Returns what was applied, as `kind/name`. */
export function installProject(applier: Applier, root: string, namespace = 'default'): string[] {
  const shipped = KUSTOMIZATIONS.flatMap((folder) => resourcesOf(join(root, folder)));
  return [...shipped, DESTINATIONS].map((object) => {
    apply(applier, placed(object, namespace), namespace);
    return `${object.kind.toLowerCase()}/${object.metadata.name}`;
  });
}

function resourcesOf(folder: string): DraftObject[] {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
    resources: string[]; // files, in the kustomizations of this project
  };
  return resources.flatMap((file) => parseManifests(readFileSync(join(folder, file), 'utf8')));
}

/** As kustomize does it: whoever is bound in the whole cluster is somewhere. */
function placed(object: DraftObject, namespace: string): DraftObject {
  if (object.kind !== 'ClusterRoleBinding') return object;
  const subjects = object.subjects as object[]; // every binding of this project has some
  return { ...object, subjects: subjects.map((subject) => ({ namespace, ...subject })) };
}

/** payment-service v1.1.0, its images from the cluster's own registry wherever that listens; perhaps changed. */
export function installExample(
  applier: Applier,
  root: string,
  registry: string,
  changed: (object: DraftObject) => DraftObject = (object) => object,
): string[] {
  const text = readFileSync(join(root, 'examples/payment-service.yaml'), 'utf8');
  return parseManifests(text.replaceAll(EXAMPLE_REGISTRY, registry)).map((object) => {
    apply(applier, changed(object));
    return `${object.kind.toLowerCase()}/${object.metadata.name}`;
  });
}
