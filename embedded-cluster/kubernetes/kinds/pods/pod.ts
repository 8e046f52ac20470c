/** Pods: their defaults, and what admission adds to a new one. */

import { randomSuffix } from '../../../base/random.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import type { AdmissionResources } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import {
  changedItems,
  type Fields,
  fieldsOf,
  filled,
  itemsOf,
  textOf,
  withSpec,
} from '../fields.ts';
import { withinLimits } from '../limits/limit-range.ts';
import { refuseOverQuota } from '../limits/quota.ts';
import { refuseInsecure } from './pod-security.ts';
import { podSpecDefaults } from './pod-spec.ts';

const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const UNREACHABLE_SECONDS = 300;

export function podDefaults(draft: DraftObject): DraftObject {
  const pod = withSpec(draft, (spec) =>
    filled(podSpecDefaults(spec), { enableServiceLinks: true }),
  );
  return { ...pod, status: draft.status ?? { phase: 'Pending', qosClass: qosClass(pod) } };
}

/** How hard the node holds on to a pod, by what its containers ask for and may use. */
function qosClass(pod: DraftObject): string {
  const spec = fieldsOf(pod.spec);
  const all = [...itemsOf(spec.initContainers), ...itemsOf(spec.containers)].map((container) => {
    const { requests, limits } = fieldsOf(container.resources);
    return { requests: fieldsOf(requests), limits: fieldsOf(limits) };
  });
  const asks = ({ requests, limits }: { requests: Fields; limits: Fields }): boolean =>
    Object.keys(requests).length + Object.keys(limits).length > 0;
  if (!all.some(asks)) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) =>
    ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && limits[name] === requests[name],
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

export function admitPod(sent: KubeObject, resources: AdmissionResources): KubeObject {
  const { store, random, rewriteImage } = resources;
  // Who mutates comes before who refuses.
  const limited = withinLimits(store, withImages(sent, rewriteImage));
  const status = { ...fieldsOf(limited.status), qosClass: qosClass(limited) };
  const pod: KubeObject = { ...limited, status };
  refuseInsecure(store, pod);
  refuseOverQuota(store, pod);
  const spec = fieldsOf(pod.spec);
  const account = textOf(spec.serviceAccountName) || 'default';
  const mounted = mountsToken(store, pod, account)
    ? withToken(spec, `kube-api-access-${randomSuffix(random)}`)
    : spec;
  return {
    ...pod,
    spec: filled(
      {
        ...mounted,
        serviceAccountName: account,
        serviceAccount: account,
        tolerations: [...itemsOf(spec.tolerations), ...tolerationsMissing(spec)],
      },
      { priority: 0, preemptionPolicy: 'PreemptLowerPriority' },
    ),
  };
}

function withImages(pod: KubeObject, rewrite: (image: string) => string): KubeObject {
  const rewritten = (containers: unknown): Fields[] =>
    itemsOf(containers).map((each) => ({ ...each, image: rewrite(textOf(each.image)) }));
  const spec = fieldsOf(pod.spec);
  return {
    ...pod,
    spec: {
      ...spec,
      ...(spec.initContainers ? { initContainers: rewritten(spec.initContainers) } : {}),
      containers: rewritten(spec.containers),
    },
  };
}

function mountsToken(store: Store, pod: KubeObject, name: string): boolean {
  const { namespace } = pod.metadata;
  const account = store.get('serviceaccounts', namespace, name);
  if (!account && name !== 'default') {
    throw new ApiFailure(
      'Forbidden',
      `pods "${pod.metadata.name}" is forbidden: error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
      { name: pod.metadata.name, kind: 'pods' },
    );
  }
  const spec = fieldsOf(pod.spec);
  const asked = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken;
  const has = itemsOf(spec.containers).some(({ volumeMounts }) =>
    itemsOf(volumeMounts).some(({ mountPath }) => mountPath === TOKEN_FOLDER),
  );
  return asked !== false && !has;
}

function withToken(spec: Fields, name: string): Fields {
  const mount = { name, readOnly: true, mountPath: TOKEN_FOLDER };
  const mounted = (container: Fields): Fields => ({
    ...container,
    volumeMounts: [...itemsOf(container.volumeMounts), mount],
  });
  const containers = changedItems(
    changedItems(spec, 'containers', mounted),
    'initContainers',
    mounted,
  );
  return { ...containers, volumes: [...itemsOf(spec.volumes), tokenVolume(name)] };
}

function tokenVolume(name: string): Fields {
  const namespace = { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', ...namespace }] } },
      ],
    },
  };
}

/** A pod outlives a short absence of its node, unless it says otherwise. */
function tolerationsMissing(spec: Fields): Fields[] {
  return ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !itemsOf(spec.tolerations).some((toleration) => toleration.key === key))
    .map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: UNREACHABLE_SECONDS,
    }));
}
