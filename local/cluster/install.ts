/** Installs this project, and its example application, into a cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Applier, apply, applyPath, parseManifests } from './manifests.ts';

const PROJECT = ['rbac', 'tasks', 'pipelines'];
/** The registry that the example's manifests name. */
const EXAMPLE_REGISTRY = 'localhost:5000';

/** Returns what was applied, as `kind/name`. */
export function installProject(applier: Applier, root: string): string[] {
  return PROJECT.flatMap((path) => applyPath(applier, join(root, path)));
}

/** payment-service v1.1.0, its images from the cluster's own registry wherever that listens. */
export function installExample(applier: Applier, root: string, registry: string): string[] {
  const text = readFileSync(join(root, 'examples/payment-service.yaml'), 'utf8');
  return parseManifests(text.replaceAll(EXAMPLE_REGISTRY, registry)).map((object) => {
    apply(applier, object);
    return `${object.kind.toLowerCase()}/${object.metadata.name}`;
  });
}
