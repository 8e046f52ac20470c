/** Discovery in one document, which kubectl asks for since 1.26. */

import type { Kind } from '../../definitions/kind.ts';
import { type ApiResponse, json } from '../request/http.ts';
import { SUBRESOURCES, verbsOf } from './verbs.ts';

/** Undefined where the client does not ask for this form. */
export function aggregatedDiscovery(
  kinds: readonly Kind[],
  root: 'api' | 'apis',
  accept = '',
): ApiResponse | undefined {
  const version = /g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(
    accept,
  )?.[1];
  if (!version) return undefined;
  const served = kinds.filter(({ group }) => (group === '') === (root === 'api'));
  const groups = [...new Set(served.map(({ group }) => group))];
  const document = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => groupDiscovery(served, group)),
  };
  return json(200, document, {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    vary: 'Accept',
  });
}

function groupDiscovery(kinds: readonly Kind[], group: string): object {
  const inGroup = kinds.filter((kind) => kind.group === group);
  const versions = [...new Set(inGroup.flatMap((kind) => kind.versions))];
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      resources: inGroup.filter((kind) => kind.versions.includes(version)).map(resourceDiscovery),
      freshness: 'Current',
    })),
  };
}

function resourceDiscovery(kind: Kind): object {
  // Empty: of the group and version that it stands under.
  const responseKind = { group: '', version: '', kind: kind.kind };
  const subresources = (kind.subresources ?? []).map((subresource) => ({
    subresource,
    responseKind: SUBRESOURCES[subresource].type ?? responseKind,
    verbs: SUBRESOURCES[subresource].verbs,
  }));
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}
