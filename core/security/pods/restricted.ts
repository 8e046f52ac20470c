/** What the level `restricted` asks for beyond `baseline`. */
import { type Control, eachContainer } from './baseline.ts';

const VOLUMES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim'],
  ...['projected', 'secret', 'image'],
];

export const RESTRICTED: readonly Control[] = [
  {
    id: 'PSS-VOLUME-TYPES',
    check: ({ volumes = [] }) =>
      volumes.flatMap((volume) =>
        Object.keys(volume)
          .filter((key) => key !== 'name' && !VOLUMES.includes(key))
          .map((what) => ({ path: `spec.volumes[${volume.name}]`, what })),
      ),
  },
  {
    id: 'PSS-PRIVILEGE-ESCALATION',
    since: 8,
    check: (spec, _annotations, minor) =>
      isWindows(spec.os, minor)
        ? []
        : eachContainer(spec, ({ securityContext }) =>
            securityContext?.allowPrivilegeEscalation === false
              ? undefined
              : 'allowPrivilegeEscalation',
          ),
  },
  {
    id: 'PSS-NON-ROOT',
    check: (spec) =>
      eachContainer(spec, ({ securityContext }) =>
        (securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot)
          ? undefined
          : 'runAsNonRoot',
      ),
  },
  {
    id: 'PSS-ROOT-USER',
    since: 23,
    check: (spec) =>
      eachContainer(spec, ({ securityContext }) =>
        (securityContext?.runAsUser ?? spec.securityContext?.runAsUser) === 0
          ? 'runAsUser 0'
          : undefined,
      ),
  },
  {
    id: 'PSS-SECCOMP',
    since: 19,
    check: (spec, _annotations, minor) =>
      isWindows(spec.os, minor)
        ? []
        : eachContainer(spec, ({ securityContext }) =>
            (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type
              ? undefined
              : 'seccompProfile is not set',
          ),
  },
  {
    id: 'PSS-DROP-ALL',
    since: 22,
    check: (spec, _annotations, minor) =>
      isWindows(spec.os, minor)
        ? []
        : eachContainer(spec, ({ securityContext }) =>
            securityContext?.capabilities?.drop?.includes('ALL') ? undefined : 'drops not ALL',
          ),
  },
  {
    id: 'PSS-CAPABILITIES',
    since: 22,
    check: (spec, _annotations, minor) =>
      isWindows(spec.os, minor)
        ? []
        : eachContainer(spec, ({ securityContext }) => {
            const added = securityContext?.capabilities?.add ?? [];
            const wrong = added.filter((name) => name !== 'NET_BIND_SERVICE');
            return wrong.length > 0 ? `adds ${wrong.join(', ')}` : undefined;
          }),
  },
];

/** From 1.25 on what only Linux knows is not asked of Windows. */
function isWindows(os: { name?: string } | undefined, minor: number): boolean {
  return os?.name === 'windows' && minor >= 25;
}
