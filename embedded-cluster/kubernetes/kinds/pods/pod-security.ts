/**
 * Pod Security admission: what a namespace that is labelled `pod-security.kubernetes.io/enforce`
 * asks of its pods. The checks, their order and their words are those of
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/, for Linux.
 */
import { ApiFailure } from '../../definitions/failure.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import { type Fields, fieldsOf, itemsOf, specOf, textOf } from '../fields.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

const VOLUME_TYPES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SECCOMP_TYPES = ['RuntimeDefault', 'Localhost'];

interface Judged {
  readonly spec: Fields;
  /** Of the whole pod: what its containers do not say themselves. */
  readonly common: Fields;
  readonly containers: readonly {
    readonly name: string;
    readonly own: Fields;
    readonly ports: readonly Fields[];
  }[];
}

/** What is wrong, in brackets its reason; undefined where nothing is. */
type Check = (pod: Judged) => string | undefined;

const BASELINE: readonly Check[] = [
  ({ spec }) => {
    const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
    return told('host namespaces', shared.map((field) => `${field}=true`).join(', '));
  },
  ({ containers }) => {
    const using = containers.filter(({ ports }) => ports.some(({ hostPort }) => Boolean(hostPort)));
    return told('hostPort', saying(using, 'must not use a hostPort'));
  },
  ({ containers }) => {
    const privileged = containers.filter(({ own }) => own.privileged === true);
    return told('privileged', saying(privileged, 'must not set securityContext.privileged=true'));
  },
];

const RESTRICTED: readonly Check[] = [
  ...BASELINE,
  ({ containers }) => {
    const may = containers.filter(({ own }) => own.allowPrivilegeEscalation !== false);
    const words = 'must set securityContext.allowPrivilegeEscalation=false';
    return told('allowPrivilegeEscalation != false', saying(may, words));
  },
  ({ containers }) => {
    const kept = containers.filter(({ own }) => !listed(own, 'drop').includes('ALL'));
    const more = containers.filter(({ own }) =>
      listed(own, 'add').some((name) => name !== 'NET_BIND_SERVICE'),
    );
    const words = [
      saying(kept, 'must set securityContext.capabilities.drop=["ALL"]'),
      saying(more, 'must not add to securityContext.capabilities.add'),
    ];
    return told('unrestricted capabilities', words.filter(Boolean).join('; '));
  },
  ({ spec }) => {
    const words = itemsOf(spec.volumes).flatMap(({ name, ...source }) =>
      Object.keys(source)
        .filter((type) => !VOLUME_TYPES.has(type))
        .map((type) => `volume "${name}" uses restricted volume type "${type}"`),
    );
    return told('restricted volume types', words.join(', '));
  },
  ({ common, containers }) => {
    const root = containers.filter(({ own }) => (own.runAsNonRoot ?? common.runAsNonRoot) !== true);
    const words = 'must set securityContext.runAsNonRoot=true';
    return told('runAsNonRoot != true', saying(root, words, 'pod or '));
  },
  ({ common, containers }) => {
    const root = containers.filter(({ own }) => own.runAsUser === 0);
    const whole = common.runAsUser === 0 ? 'pod must not set runAsUser=0' : '';
    return told('runAsUser=0', whole || saying(root, 'must not set runAsUser=0'));
  },
  ({ common, containers }) => {
    const free = containers.filter(({ own }) => {
      const { type } = fieldsOf(own.seccompProfile ?? common.seccompProfile);
      return !SECCOMP_TYPES.includes(textOf(type));
    });
    const words = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
    return told('seccompProfile', saying(free, words, 'pod or '));
  },
];

const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  privileged: [],
  baseline: BASELINE,
  restricted: RESTRICTED,
};

export function refuseInsecure(store: Store, pod: KubeObject): void {
  const { namespace, name } = pod.metadata;
  const level = store.get('namespaces', undefined, namespace ?? '')?.metadata.labels?.[ENFORCE];
  const judged = judgedPod(pod);
  const wrong = (CHECKS[level ?? ''] ?? []).flatMap((check) => check(judged) ?? []);
  if (wrong.length === 0) return;
  throw new ApiFailure(
    'Forbidden',
    `pods "${name}" is forbidden: violates PodSecurity "${level}:latest": ${wrong.join(', ')}`,
    { name, kind: 'pods' },
  );
}

function judgedPod(pod: KubeObject): Judged {
  const spec = specOf(pod);
  const all = [...itemsOf(spec.initContainers), ...itemsOf(spec.containers)];
  return {
    spec,
    common: fieldsOf(spec.securityContext),
    containers: all.map(({ name, securityContext, ports }) => ({
      name: textOf(name),
      own: fieldsOf(securityContext),
      ports: itemsOf(ports),
    })),
  };
}

function listed(securityContext: Fields, which: 'add' | 'drop'): readonly unknown[] {
  const list = fieldsOf(securityContext.capabilities)[which];
  return Array.isArray(list) ? list : [];
}

/** `container "a" must …`, `containers "a", "b" must …`; empty where there are none. */
function saying(
  containers: readonly { readonly name: string }[],
  words: string,
  before = '',
): string {
  if (containers.length === 0) return '';
  const names = containers.map(({ name }) => `"${name}"`).join(', ');
  return `${before}container${containers.length === 1 ? '' : 's'} ${names} ${words}`;
}

function told(what: string, why: string): string | undefined {
  return why === '' ? undefined : `${what} (${why})`;
}
