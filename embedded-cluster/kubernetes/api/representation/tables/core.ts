/** The core group, but for pods and services. */
import type {
  V1Lease,
  V1Namespace,
  V1PersistentVolumeClaim,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { ConfigMap, Event, Node, Secret, Wire } from '../../../shapes.ts';
import {
  AGE_COLUMN,
  age,
  type Column,
  columns,
  integer,
  NAME_COLUMN,
  text,
  typed,
  wide,
} from './table.ts';

export const CONFIG_MAP_COLUMNS = columns<ConfigMap>(
  integer(
    'Data',
    ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
  ),
);

export const SECRET_COLUMNS = columns<Secret>(
  text('Type', ({ type }) => type ?? ''),
  integer('Data', ({ data = {} }) => Object.keys(data).length),
);

export const SERVICE_ACCOUNT_COLUMNS = columns<Wire<V1ServiceAccount>>(
  integer('Secrets', ({ secrets = [] }) => secrets.length),
);

export const LEASE_COLUMNS = columns<Wire<V1Lease>>(
  text('Holder', ({ spec }) => spec?.holderIdentity ?? ''),
);

export const NAMESPACE_COLUMNS = columns<Wire<V1Namespace>>(
  text('Status', ({ status }) => status?.phase ?? ''),
);

export const CLAIM_COLUMNS = columns<Wire<V1PersistentVolumeClaim>>(
  text('Status', ({ status }) => status?.phase ?? ''),
  text('Volume', ({ spec }) => spec?.volumeName ?? ''),
  text('Capacity', ({ status }) => status?.capacity?.storage ?? ''),
  text('Access Modes', ({ spec }) => (spec?.accessModes ?? []).map(shortMode).join(',')),
  text('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
  text('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
  wide(text('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>')),
);

/** `ReadWriteOnce` as `RWO`. */
function shortMode(mode: string): string {
  return mode.replaceAll(/[a-z]/g, '');
}

export const NODE_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  ...typed<Node>(text('Status', nodeStatus), text('Roles', nodeRoles)),
  AGE_COLUMN,
  ...typed<Node>(
    text('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide(text('Internal-IP', (node) => addressOf(node, 'InternalIP'))),
    wide(text('External-IP', (node) => addressOf(node, 'ExternalIP'))),
    wide(text('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>')),
    wide(text('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>')),
    wide(
      text(
        'Container-Runtime',
        ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
      ),
    ),
  ),
];

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const state = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable ? `${state},SchedulingDisabled` : state;
}

function nodeRoles({ metadata }: Node): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return (
    roles
      .map((role) => role.slice(prefix.length))
      .sort()
      .join(',') || '<none>'
  );
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

/** Events have no name worth a place among the first columns. */
export const EVENT_COLUMNS: readonly Column[] = typed<Event>(
  text('Last Seen', lastSeen),
  text('Type', ({ type }) => type ?? ''),
  text('Reason', ({ reason }) => reason ?? ''),
  text('Object', ({ involvedObject: { kind = '', name } }) => `${kind.toLowerCase()}/${name}`),
  wide(text('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '')),
  wide(
    text(
      'Source',
      ({ source, reportingComponent }) => source?.component ?? reportingComponent ?? '',
    ),
  ),
  text('Message', ({ message }) => (message ?? '').trim()),
  wide(
    text('First Seen', ({ firstTimestamp, eventTime }, nowMs) =>
      age(firstTimestamp ?? eventTime, nowMs),
    ),
  ),
  wide(integer('Count', ({ count, series }) => series?.count ?? count ?? 1)),
  wide({ ...text('Name', ({ metadata }) => metadata.name), format: 'name' }),
);

function lastSeen(event: Event, nowMs: number): string {
  const { lastTimestamp, firstTimestamp, eventTime, series } = event;
  return age(series?.lastObservedTime ?? lastTimestamp ?? firstTimestamp ?? eventTime, nowMs);
}
