/** Kinds as CustomResourceDefinitions describe them. */

import { collectionOf, type Kind, type Subresource } from '../../definitions/kind.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './definitions.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  readonly priority?: number;
}

interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Record<string, unknown> };
  readonly subresources?: {
    readonly status?: object;
    readonly scale?: { readonly specReplicasPath: string };
  };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
}

export interface DefinitionSpec {
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly names: {
    readonly kind: string;
    readonly plural: string;
    readonly singular?: string;
    readonly listKind?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions: readonly DefinedVersion[];
}

export function definitionSpec(definition: KubeObject): DefinitionSpec {
  // Checked on its way into the store: see embedded-cluster/kubernetes/kinds/custom/definitions.ts.
  return definition.spec as DefinitionSpec;
}

export function customKinds(store: Store): Kind[] {
  return store
    .list(collectionOf(CUSTOM_RESOURCE_DEFINITIONS))
    .filter((definition) => definition.metadata.deletionTimestamp === undefined)
    .flatMap((definition) => kindsOf(definitionSpec(definition)));
}

function kindsOf({ group, scope, names, versions }: DefinitionSpec): Kind[] {
  // Stored in the storage version, which the rest of the API takes to be the first.
  const served = versions.filter((version) => version.served || version.storage);
  const ordered = [...served].sort((a, b) => Number(b.storage) - Number(a.storage));
  const [first, ...others] = ordered;
  if (!first) return [];
  const subresources: Subresource[] = [
    ...(first.subresources?.status ? (['status'] as const) : []),
    ...(first.subresources?.scale ? (['scale'] as const) : []),
  ];
  return [
    {
      group,
      versions: [first.name, ...others.map((version) => version.name)],
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      scope,
      ...(names.shortNames ? { shortNames: names.shortNames } : {}),
      ...(names.categories ? { categories: names.categories } : {}),
      ...(subresources.length > 0 ? { subresources } : {}),
      generation: 'counted',
      origin: 'custom',
    },
  ];
}
