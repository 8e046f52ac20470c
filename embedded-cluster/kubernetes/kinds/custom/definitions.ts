/** Definitions of further kinds. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { changed, fieldsOf, filled, itemsOf, specOf, textOf, withSpec } from '../fields.ts';

export const CUSTOM_RESOURCE_DEFINITIONS: Kind = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  scope: 'Cluster',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  subresources: ['status'],
  generation: 'counted',
  defaults: definitionDefaults,
  admit: admitDefinition,
  faults: definitionFaults,
};

function definitionDefaults(draft: DraftObject): DraftObject {
  return withSpec(draft, (spec) =>
    filled(
      changed(spec, 'names', (names) => {
        const kind = textOf(names.kind);
        return filled(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
      }),
      { conversion: { strategy: 'None' } },
    ),
  );
}

/** Served from the moment it is there, which is what its status says. */
function admitDefinition(definition: KubeObject): KubeObject {
  const { names, versions } = specOf(definition);
  const condition = (type: string, reason: string, message: string): object => ({
    type,
    status: 'True',
    lastTransitionTime: definition.metadata.creationTimestamp,
    reason,
    message,
  });
  return {
    ...definition,
    status: {
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: names,
      storedVersions: itemsOf(versions).flatMap(({ name, storage }) => (storage ? [name] : [])),
    },
  };
}

function definitionFaults(definition: KubeObject): FailureCause[] {
  const { group, names, versions, scope } = specOf(definition);
  const { plural, kind } = fieldsOf(names);
  const { name } = definition.metadata;
  const stored = itemsOf(versions).filter(({ storage }) => storage === true);
  const scopes = ['Cluster', 'Namespaced'];
  return [
    ...when(name !== `${plural}.${group}`, () =>
      invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group'),
    ),
    ...when(textOf(kind) === '', () => missing('spec.names.kind')),
    ...when(!scopes.includes(textOf(scope)), () => unsupported('spec.scope', scope, scopes)),
    ...when(stored.length !== 1, () =>
      invalid(
        'spec.versions',
        itemsOf(versions).map((version) => version.name),
        'must have exactly one version marked as storage version',
      ),
    ),
  ];
}
