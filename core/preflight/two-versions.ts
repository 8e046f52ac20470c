/**
 * A release runs two versions at once. Who wrote `Recreate`, or mounts a volume that only one pod or one
 * node may hold, has said that this must not be, or cannot.
 */

import { countOf } from '../base/share.ts';
import { isTwoSided } from '../base/vocabulary.ts';
import type { Settings } from '../config/settings.ts';
import type { KubernetesObject, Volume } from '../kubernetes/objects.ts';
import { workloadText } from '../kubernetes/workload.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';
import type { Finding } from './finding.ts';

export interface Claim extends KubernetesObject {
  spec?: { accessModes?: string[] };
}

/** Modes in which pods on several nodes may hold a volume. */
const SHARED = ['ReadWriteMany', 'ReadOnlyMany'];
/** Disks that one node holds, named in the template itself. */
const DISKS = [
  'awsElasticBlockStore',
  'azureDisk',
  'cinder',
  'fc',
  'gcePersistentDisk',
  'iscsi',
  'rbd',
];

const ADVICE =
  'end one version before the other starts, which no release does; or, where two at once do no harm, say why as workload.allowTwoVersions';

/** `claims`: of the namespace; undefined where they may not be looked at. */
export function checkTwoVersions(
  deployment: Deployment,
  settings: Settings,
  claims: readonly Claim[] | undefined,
): Finding[] {
  if (!runTogether(deployment, settings)) return [];
  const workload = workloadText(deployment);
  const reasons = [
    ...(deployment.spec.strategy?.type === 'Recreate' ? ['has the strategy Recreate'] : []),
    ...volumesOf(deployment).flatMap((volume) => heldAlone(volume, claims) ?? []),
  ];
  const allowed = settings.workload.allowTwoVersions;
  const findings = reasons.map(
    (reason): Finding => ({
      check: 'two-versions',
      severity: allowed === undefined ? 'refuse' : 'warn',
      message: `${workload} ${reason}, and strategy ${settings.strategy} runs two versions of it at once`,
      advice: allowed === undefined ? ADVICE : `allowed (workload.allowTwoVersions): ${allowed}`,
    }),
  );
  return [...findings, ...volumesOf(deployment).flatMap((each) => unsure(each, workload, claims))];
}

/** A StatefulSet's pods, and a single one that may go first, end before their successors start. */
function runTogether({ kind, spec }: Deployment, settings: Settings): boolean {
  if (kind === 'StatefulSet') return false;
  const { replicas = 1 } = spec;
  const { maxSurge } = settings.rolling;
  return isTwoSided(settings) || replicas > 1 || countOf(maxSurge, replicas) > 0;
}

function volumesOf({ spec }: Deployment): readonly Volume[] {
  return spec.template.spec.volumes ?? [];
}

/** Why a volume cannot be held by the pods of two versions, wherever they run. */
function heldAlone(volume: Volume, claims: readonly Claim[] | undefined): string | undefined {
  const disk = DISKS.find((type) => type in volume);
  if (disk !== undefined) return `mounts the ${disk} ${volume.name}, which one node may hold`;
  const { claimName } = volume.persistentVolumeClaim ?? {};
  const claim = claims?.find(({ metadata }) => metadata.name === claimName);
  const modes = claim?.spec?.accessModes ?? [];
  if (!claim || modes.some((mode) => SHARED.includes(mode))) return undefined;
  const whom = modes.includes('ReadWriteOncePod') ? 'one pod' : 'one node';
  return `mounts PersistentVolumeClaim ${claimName} (${modes.join(', ')}), which ${whom} may hold`;
}

function unsure(volume: Volume, workload: string, claims: readonly Claim[] | undefined): Finding[] {
  const { claimName } = volume.persistentVolumeClaim ?? {};
  const found = claims?.some(({ metadata }) => metadata.name === claimName);
  const what =
    'hostPath' in volume
      ? `the hostPath ${volume.name}, which pods of both versions on a node write to`
      : claimName !== undefined && !found
        ? `PersistentVolumeClaim ${claimName}, and it could not be seen whether pods may share it`
        : undefined;
  if (what === undefined) return [];
  const message = `${workload} mounts ${what}`;
  const advice = 'two versions run at once: see to it that they may';
  return [{ check: 'two-versions', severity: 'warn', message, advice }];
}
