/** What of a pod counts for the room on its node: little of it, and a cluster may have many thousands. */
import type { Pod } from '../../kubernetes/objects.ts';
import { requestsOf } from '../../kubernetes/pods/requests.ts';

/** Undefined where it has no node yet. Labels are kept of pods of `namespace`: anti-affinity does not look at others. */
export function placed(
  { apiVersion, kind, metadata, spec }: Pod,
  namespace: string,
): Pod | undefined {
  const { nodeName } = spec;
  if (nodeName === undefined) return undefined;
  const { pods: _one, ...asked } = requestsOf(spec);
  const requests = Object.fromEntries(
    Object.entries(asked).map(([name, amount]) => [name, String(amount)]),
  );
  const isNear = metadata.namespace === namespace && metadata.labels !== undefined;
  return {
    apiVersion,
    kind,
    metadata: { name: '', ...(isNear ? { labels: { ...metadata.labels } } : {}) },
    spec: { nodeName, containers: [{ name: '', resources: { requests } }] },
  };
}
