/** What of a pod decides how much it may do, in the words of core/v1. */
import type { Container, PodSpec, Probe, Volume } from '../../kubernetes/objects.ts';

interface WithOptions {
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
  runAsNonRoot?: boolean;
  runAsUser?: number;
}

export interface ContainerSecurity extends WithOptions {
  privileged?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  procMount?: string;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
}

export interface PodSecurity extends WithOptions {
  sysctls?: { name: string }[];
}

export interface SecuredContainer extends Omit<Container, 'env' | 'ports' | 'lifecycle'> {
  securityContext?: ContainerSecurity;
  ports?: { hostPort?: number }[];
  env?: { name: string; value?: string }[];
  lifecycle?: { preStop?: Probe; postStart?: Probe };
}

export interface SecuredPod extends Omit<PodSpec, 'containers' | 'initContainers' | 'volumes'> {
  containers: SecuredContainer[];
  initContainers?: SecuredContainer[];
  ephemeralContainers?: SecuredContainer[];
  securityContext?: PodSecurity;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  os?: { name?: string };
  automountServiceAccountToken?: boolean;
  serviceAccount?: string;
  volumes?: Volume[];
}

export function securedPod(spec: PodSpec): SecuredPod {
  return spec as SecuredPod; // the API has checked its shape
}

/** Every container that runs at any time, each with its place in the template. */
export function containersOf(
  spec: SecuredPod,
): readonly (readonly [path: string, container: SecuredContainer])[] {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  return lists.flatMap((list) =>
    (spec[list] ?? []).map((container) => [`spec.${list}[${container.name}]`, container] as const),
  );
}
