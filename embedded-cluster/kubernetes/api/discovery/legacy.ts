/** Discovery as it was before 1.26: one document per group and version. Clients still ask for single ones. */
import { apiVersionOf, type Kind } from '../../definitions/kind.ts';
import { SUBRESOURCES, verbsOf } from './verbs.ts';

export function versionsOfCore(kinds: readonly Kind[]): object {
  return { kind: 'APIVersions', versions: versionsIn(kinds, ''), serverAddressByClientCIDRs: [] };
}

export function groupList(kinds: readonly Kind[]): object {
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map((g) => groupEntry(kinds, g)),
  };
}

export function groupOf(kinds: readonly Kind[], group: string): object | undefined {
  if (!kinds.some((kind) => kind.group === group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(kinds, group) };
}

function groupEntry(kinds: readonly Kind[], group: string): object {
  const versions = versionsIn(kinds, group).map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function versionsIn(kinds: readonly Kind[], group: string): string[] {
  return [...new Set(kinds.filter((k) => k.group === group).flatMap((k) => k.versions))];
}

export function resourceList(
  kinds: readonly Kind[],
  group: string,
  version: string,
): object | undefined {
  const served = kinds.filter((k) => k.group === group && k.versions.includes(version));
  const [first] = served;
  if (!first) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(first, version),
    resources: served.flatMap(resourceEntries),
  };
}

function resourceEntries(kind: Kind): object[] {
  const namespaced = kind.scope === 'Namespaced';
  return [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced,
      kind: kind.kind,
      verbs: verbsOf(kind),
      ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories ? { categories: kind.categories } : {}),
    },
    ...(kind.subresources ?? []).map((subresource) => {
      const { verbs, type } = SUBRESOURCES[subresource];
      return {
        name: `${kind.plural}/${subresource}`,
        singularName: '',
        namespaced,
        ...(type ?? { kind: kind.kind }),
        verbs,
      };
    }),
  ];
}
