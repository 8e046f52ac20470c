/**
 * Who wrote a field of an object last, by its `metadata.managedFields`, and who keeps the object, by
 * the labels and annotations of tools that deploy from elsewhere. Only for messages: no writer is
 * refused because of a name that every writer may choose.
 */
import type { KubernetesObject } from './objects.ts';

/** Under this name a release writes. */
export const OWN_MANAGER = 'zero-downtime-deployment';

/** Under this one a stage writes its section of a journal: that is all it owns. */
export function managerOfStage(stage: string): string {
  return `${OWN_MANAGER}/${stage}`;
}

/** Writers that send no name at all: an older version of this product among them. */
const NAMELESS = ['unknown', 'node'];

/** As in `/spec/selector`: the names from the object's top down to the field. */
export type FieldPath = readonly string[];

/** Who else keeps an object as it is somewhere else, and how to make it leave a field alone. */
export interface Keeper {
  readonly name: string;
  readonly advice: (field: string) => string;
}

/** The last writer of the field or a part of it other than a release; undefined where it is not told. */
function lastWriter({ metadata }: KubernetesObject, path: FieldPath): string | undefined {
  const writers = (metadata.managedFields ?? [])
    .filter(({ manager, subresource }) => manager !== undefined && subresource !== 'status')
    .filter(({ manager = '' }) => manager !== OWN_MANAGER && !NAMELESS.includes(manager))
    .filter(({ fieldsV1 }) => owns(fieldsV1, path))
    .sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
  return writers.at(-1)?.manager;
}

/** `kubectl-patch`, `argocd-controller (which keeps it for Argo CD application shop)`, `somebody` */
export function writerText(object: KubernetesObject | undefined, path: FieldPath): string {
  if (!object) return 'somebody';
  const writer = lastWriter(object, path) ?? 'somebody';
  const keeper = keeperOf(object);
  return keeper ? `${writer} (the object is kept by ${keeper.name})` : writer;
}

/** Where a group of tools keeps objects as they are in Git or in a chart, they mark them. */
export function keeperOf({ metadata }: KubernetesObject): Keeper | undefined {
  const { annotations = {}, labels = {} } = metadata;
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  if (tracking !== undefined) {
    return {
      name: `Argo CD application ${tracking.split(':')[0]}`,
      advice: (field) =>
        `let the application ignore ${field} (ignoreDifferences, with the sync option RespectIgnoreDifferences=true)`,
    };
  }
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined) {
    return {
      name: `Flux Kustomization ${kustomization}`,
      advice: (field) =>
        `leave ${field} out of its manifest, or annotate the object with kustomize.toolkit.fluxcd.io/ssa: Merge`,
    };
  }
  const fluxRelease = labels['helm.toolkit.fluxcd.io/name'];
  if (fluxRelease !== undefined) {
    return {
      name: `Flux HelmRelease ${fluxRelease}`,
      advice: (field) => `let its drift detection ignore ${field} (spec.driftDetection.ignore)`,
    };
  }
  const chart = annotations['meta.helm.sh/release-name'];
  if (chart === undefined) return undefined;
  return {
    name: `Helm release ${chart}`,
    advice: () => 'run no helm upgrade of it while a release is under way',
  };
}

/** fieldsV1 nests `f:<name>`; one that owns a field whole holds an empty object there. */
export function owns(fields: unknown, path: FieldPath): boolean {
  let at = fields;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return false;
    const next: unknown = Object(at)[`f:${name}`];
    if (next === undefined) return false;
    at = next;
  }
  return true;
}
