/** Whether what pods are started with has changed since, as the objects' own times tell, or is gone. */
import type { ConfigMap, Pod } from '../kubernetes/objects.ts';
import type { Reference } from '../kubernetes/pods/references.ts';
import { timeOf } from '../kubernetes/time.ts';

/** Names of the ConfigMaps that were written after the first of the pods was made. */
export function changedSince(pods: readonly Pod[], configMaps: readonly ConfigMap[]): string[] {
  const starts = pods.map(({ metadata }) => timeOf(metadata.creationTimestamp) ?? Infinity);
  const first = Math.min(Infinity, ...starts);
  return configMaps
    .filter((configMap) => lastWrite(configMap) > first)
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** When any of its fields was last written, in milliseconds. */
function lastWrite({ metadata }: ConfigMap): number {
  const times = [
    metadata.creationTimestamp,
    ...(metadata.managedFields ?? []).map(({ time }) => time),
  ];
  return Math.max(0, ...times.map((time) => timeOf(time) ?? 0));
}

/** Said where a release is told that nothing has to be done. */
export function unchangedText(
  why: string,
  changed: readonly string[],
  secrets: readonly string[],
): string {
  if (changed.length === 0) return why;
  const looked = secrets.length === 0 ? '' : ` (Secrets are not looked at: ${secrets.join(', ')})`;
  return `${why}, but ConfigMap ${changed.join(', ')} changed after its pods started${looked}: the param when-unchanged: release starts new pods with it`;
}

/** Of a version that is to be gone back to. */
export function missingText(
  image: string,
  namespace: string,
  missing: readonly Reference[],
): string {
  const which = missing.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return `the pods of ${image} cannot start: ${which} ${missing.length === 1 ? 'is' : 'are'} gone from namespace ${namespace}. Make them again as they were, or name another version`;
}
