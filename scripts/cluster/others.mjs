// What is of the cluster and not of a namespace: another installation, in another namespace, keeps its own.
import { stringify } from 'yaml';
import { askJson } from './kubectl.mjs';

/** For kustomize: the subjects of a ClusterRole's bindings are named by the namespace; roles in use stay. */
export function patchesOf(namespace, objects, isLeaving) {
  const namesOf = (wanted) =>
    objects.filter(({ kind }) => kind === wanted).map(({ metadata }) => metadata.name);
  const bindings = namesOf('ClusterRoleBinding').map((name) => ownBinding(name, namespace));
  if (!isLeaving) return bindings;
  const used = usedByOthers(namespace);
  const roles = namesOf('ClusterRole').filter((name) => used.has(name));
  return [...bindings, ...roles.map(kept)];
}

function ownBinding(name, namespace) {
  return {
    target: { kind: 'ClusterRoleBinding', name },
    patch: stringify([{ op: 'replace', path: '/metadata/name', value: `${name}-${namespace}` }]),
    options: { allowNameChange: true },
  };
}

/** The ClusterRoles that accounts of other namespaces act by. */
function usedByOthers(namespace) {
  const { items } = askJson(['get', 'rolebindings,clusterrolebindings', '--all-namespaces']);
  const ofOthers = items.filter(({ subjects = [] }) =>
    subjects.some((subject) => (subject.namespace ?? namespace) !== namespace),
  );
  return new Set(
    ofOthers.flatMap(({ roleRef }) => (roleRef.kind === 'ClusterRole' ? [roleRef.name] : [])),
  );
}

function kept(name) {
  const kind = 'ClusterRole';
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return {
    target: { kind, name },
    patch: stringify({ $patch: 'delete', apiVersion, kind, metadata: { name } }),
  };
}
