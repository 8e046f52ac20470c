import type { Deployment, StatefulSet } from './workload-objects.ts';

/** What a StatefulSet has in common with a Deployment. */
export function asDeployment({
  apiVersion,
  kind,
  metadata,
  spec,
  status,
}: StatefulSet): Deployment {
  const { updateStrategy: _updateStrategy, ...common } = spec;
  return { apiVersion, kind, metadata, spec: common, ...(status ? { status } : {}) };
}

/** `deployment pay`, `StatefulSet ledger` */
export function workloadText({ kind, metadata }: Deployment): string {
  return `${kind === 'StatefulSet' ? kind : 'deployment'} ${metadata.name}`;
}
