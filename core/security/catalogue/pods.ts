/**
 * Findings about the pods that will run: the controls of Kubernetes' Pod Security Standards
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), and what else keeps a pod
 * from being well behaved.
 */
import type { FindingKind } from './kind.ts';

function control(about: string, fix: string) {
  return { severity: 'high', weight: 'threshold', excepted: true, about, fix } as const;
}

function advice<S extends 'high' | 'medium' | 'low'>(severity: S, about: string, fix: string) {
  return { severity, weight: 'threshold', excepted: true, about, fix } as const;
}

export const POD_FINDINGS = {
  'PSS-HOST-PROCESS': control('A Windows pod runs as the host', 'leave hostProcess out'),
  'PSS-HOST-NAMESPACES': control(
    'The pod shares network, processes or IPC of its node',
    'leave hostNetwork, hostPID and hostIPC out',
  ),
  'PSS-PRIVILEGED': control('A container may do whatever the node may', 'leave privileged out'),
  'PSS-CAPABILITIES': control(
    'A container adds capabilities that its level does not allow',
    'leave capabilities.add out; restricted allows NET_BIND_SERVICE alone',
  ),
  'PSS-HOST-PATH': control('A volume is a folder of the node', 'use another kind of volume'),
  'PSS-HOST-PORTS': control('A container takes a port of its node', 'leave hostPort out'),
  'PSS-HOST-PROBES': control(
    'A probe or a hook asks another host than the pod',
    'leave host out of httpGet and tcpSocket',
  ),
  'PSS-APPARMOR': control('AppArmor is turned off', 'use RuntimeDefault or Localhost'),
  'PSS-SELINUX': control(
    'SELinux options that its level does not allow',
    'leave user and role out, and use a container type',
  ),
  'PSS-PROC-MOUNT': control('/proc is not masked', 'leave procMount out'),
  'PSS-SECCOMP': control(
    'Seccomp is turned off, or not set where its level wants it',
    'set seccompProfile.type to RuntimeDefault',
  ),
  'PSS-SYSCTLS': control('Sysctls that are not safe', 'leave them out'),
  'PSS-VOLUME-TYPES': control(
    'A kind of volume that restricted does not allow',
    'use configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret',
  ),
  'PSS-PRIVILEGE-ESCALATION': control(
    'A process may gain more rights than its parent has',
    'set allowPrivilegeEscalation: false',
  ),
  'PSS-NON-ROOT': control('A container may run as root', 'set runAsNonRoot: true'),
  'PSS-ROOT-USER': control(
    'A container runs as user 0',
    'set runAsUser to another, or leave it out',
  ),
  'PSS-DROP-ALL': control('A container keeps capabilities', 'set capabilities.drop: [ALL]'),
  K8S001: advice('medium', 'No readiness probe', 'add one: traffic is sent by it'),
  K8S002: advice('low', 'No liveness probe', 'add one, if a restart would help'),
  K8S003: advice('medium', 'No request for CPU or memory', 'set resources.requests'),
  K8S004: advice('medium', 'No limit for memory', 'set resources.limits.memory'),
  K8S005: advice(
    'medium',
    'The root file system can be written to',
    'set readOnlyRootFilesystem: true, and mount an emptyDir where it has to write',
  ),
  K8S006: advice(
    'medium',
    'The pod carries a token of the API server that it may not need',
    'set automountServiceAccountToken: false',
  ),
  K8S007: advice(
    'high',
    'A secret stands in the pod template, where everybody reads it',
    'put it into a Secret, and name that by secretKeyRef or a volume',
  ),
  K8S008: advice(
    'medium',
    'A field, an annotation or an API version that is deprecated or gone',
    'write what has replaced it',
  ),
  K8S009: advice(
    'medium',
    'A further image of the pod is named by a tag that moves, or by none',
    'name it by its digest',
  ),
  K8S010: advice(
    'medium',
    'No network policy says who may ask the pods',
    'add a NetworkPolicy with policyTypes: [Ingress]',
  ),
  K8S011: advice(
    'low',
    'No network policy says whom the pods may ask',
    'add a NetworkPolicy with policyTypes: [Egress]',
  ),
} as const satisfies Readonly<Record<string, FindingKind>>;
