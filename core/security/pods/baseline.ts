/**
 * The controls of the level `baseline`, as k8s.io/pod-security-admission has them (policy/check_*.go).
 * A control answers with what is wrong, and where.
 */
import type { FindingId } from '../catalogue/catalogue.ts';
import { containersOf, type SecuredContainer, type SecuredPod } from './shapes.ts';

export interface Fault {
  readonly path: string;
  readonly what: string;
}

export interface Control {
  readonly id: FindingId & `PSS-${string}`;
  /** Of Kubernetes 1.x, in which it came into the standards. */
  readonly since?: number;
  check(spec: SecuredPod, annotations: Readonly<Record<string, string>>, minor: number): Fault[];
}

/** What is wrong with each container, by a word for it; undefined where nothing is. */
export function eachContainer(
  spec: SecuredPod,
  faultOf: (container: SecuredContainer) => string | undefined,
): Fault[] {
  return containersOf(spec).flatMap(([path, container]) => {
    const what = faultOf(container);
    return what === undefined ? [] : [{ path, what }];
  });
}

const BASELINE_CAPABILITIES = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);

/** Safe sysctls, each with the version in which it became one. */
const SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

export const BASELINE: readonly Control[] = [
  {
    id: 'PSS-HOST-PROCESS',
    check: (spec) => [
      ...(spec.securityContext?.windowsOptions?.hostProcess
        ? [{ path: 'spec.securityContext', what: 'hostProcess' }]
        : []),
      ...eachContainer(spec, ({ securityContext }) =>
        securityContext?.windowsOptions?.hostProcess ? 'hostProcess' : undefined,
      ),
    ],
  },
  {
    id: 'PSS-HOST-NAMESPACES',
    check: (spec) =>
      (['hostNetwork', 'hostPID', 'hostIPC'] as const)
        .filter((key) => spec[key])
        .map((what) => ({ path: 'spec', what })),
  },
  {
    id: 'PSS-PRIVILEGED',
    check: (spec) =>
      eachContainer(spec, ({ securityContext }) =>
        securityContext?.privileged ? 'privileged' : undefined,
      ),
  },
  {
    id: 'PSS-CAPABILITIES',
    check: (spec) =>
      eachContainer(spec, ({ securityContext }) => {
        const added = securityContext?.capabilities?.add ?? [];
        const wrong = added.filter((name) => !BASELINE_CAPABILITIES.has(name));
        return wrong.length > 0 ? `adds ${wrong.join(', ')}` : undefined;
      }),
  },
  {
    id: 'PSS-HOST-PATH',
    check: ({ volumes = [] }) =>
      volumes
        .filter((volume) => 'hostPath' in volume)
        .map(({ name }) => ({ path: `spec.volumes[${name}]`, what: 'hostPath' })),
  },
  {
    id: 'PSS-HOST-PORTS',
    check: (spec) =>
      eachContainer(spec, ({ ports = [] }) => {
        const taken = ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]));
        return taken.length > 0 ? `hostPort ${taken.join(', ')}` : undefined;
      }),
  },
  {
    id: 'PSS-HOST-PROBES',
    since: 34,
    check: (spec) =>
      eachContainer(spec, ({ livenessProbe, readinessProbe, startupProbe, lifecycle = {} }) => {
        const asked = [
          livenessProbe,
          readinessProbe,
          startupProbe,
          lifecycle.preStop,
          lifecycle.postStart,
        ];
        const isElsewhere = asked.some((probe) => probe?.httpGet?.host || probe?.tcpSocket?.host);
        return isElsewhere ? 'names a host' : undefined;
      }),
  },
  {
    id: 'PSS-APPARMOR',
    check: (spec, annotations) => [
      ...withOption(spec, (options) =>
        ['RuntimeDefault', 'Localhost', undefined].includes(options?.appArmorProfile?.type)
          ? undefined
          : 'appArmorProfile',
      ),
      ...Object.entries(annotations)
        .filter(([key]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/'))
        .filter(([, value]) => !/^($|runtime\/default$|localhost\/)/.test(value))
        .map(([key]) => ({ path: `metadata.annotations[${key}]`, what: 'turns it off' })),
    ],
  },
  {
    id: 'PSS-SELINUX',
    check: (spec, _annotations, minor) =>
      withOption(spec, (options) => {
        const { type = '', user = '', role = '' } = options?.seLinuxOptions ?? {};
        const types = minor >= 31 ? [...SELINUX_TYPES, 'container_engine_t'] : SELINUX_TYPES;
        return types.includes(type) && user === '' && role === '' ? undefined : 'seLinuxOptions';
      }),
  },
  {
    id: 'PSS-PROC-MOUNT',
    check: (spec) =>
      eachContainer(spec, ({ securityContext }) =>
        ['Default', undefined].includes(securityContext?.procMount) ? undefined : 'procMount',
      ),
  },
  {
    id: 'PSS-SECCOMP',
    since: 19,
    check: (spec) =>
      withOption(spec, (options) =>
        ['RuntimeDefault', 'Localhost', undefined].includes(options?.seccompProfile?.type)
          ? undefined
          : 'seccompProfile',
      ),
  },
  {
    id: 'PSS-SYSCTLS',
    check: (spec, _annotations, minor) =>
      (spec.securityContext?.sysctls ?? [])
        .filter(({ name }) => !Object.hasOwn(SYSCTLS, name) || (SYSCTLS[name] ?? 0) > minor)
        .map(({ name }) => ({ path: 'spec.securityContext.sysctls', what: name })),
  },
];

/** Of what the pod and each container may set alike. */
function withOption(
  spec: SecuredPod,
  faultOf: (options: SecuredPod['securityContext']) => string | undefined,
): Fault[] {
  const ofPod = faultOf(spec.securityContext);
  return [
    ...(ofPod === undefined ? [] : [{ path: 'spec.securityContext', what: ofPod }]),
    ...eachContainer(spec, ({ securityContext }) => faultOf(securityContext)),
  ];
}
