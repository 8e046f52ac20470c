/**
 * The plain Service as router: its selector names the side that serves, all or nothing. Reads who
 * is selected, and writes who is to be; holds no client.
 */
import { type Labels, sameLabels } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/objects.ts';
import { type Action, actionId, patchOf } from '../release/action.ts';
import type { ReleaseId, Side } from '../vocabulary.ts';

/** By this label a preview Service says that a release made it, and may take it away again. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' } as const;

export type Selectors = Readonly<Record<Side, Labels>>;

/** The side that the Service selects, or undefined where it selects neither of the two. */
export function selectedSide(service: Service, selectors: Selectors): Side | undefined {
  if (sameLabels(service.spec.selector, selectors.candidate)) return 'candidate';
  return sameLabels(service.spec.selector, selectors.stable) ? 'stable' : undefined;
}

/** One write, refused if anybody has touched the Service since it was looked at. */
export function selectSide(
  release: ReleaseId,
  service: Service,
  selectors: Selectors,
  side: Side,
): Action {
  const { name } = service.metadata;
  return {
    id: actionId(release, `select-${side}`, name),
    text: `send service ${name} to the ${side}`,
    effect: patchOf(service, [{ op: 'replace', path: '/spec/selector', value: selectors[side] }]),
  };
}

/** A Service beside the real one, through which the candidate can be tried before it serves. */
export function previewOf(service: Service, name: string, selector: Labels): Service {
  const ports = (service.spec.ports ?? []).map(
    ({ name: portName, port, targetPort, protocol }) => ({
      ...(portName === undefined ? {} : { name: portName }),
      port,
      ...(targetPort === undefined ? {} : { targetPort }),
      ...(protocol === undefined ? {} : { protocol }),
    }),
  );
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: service.metadata.namespace ?? 'default',
      labels: { ...MANAGED_BY },
    },
    spec: { selector: { ...selector }, ports },
  };
}
