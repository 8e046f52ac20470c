/**
 * Is the Service's colour written down somewhere? After a promotion the Service names the other one,
 * and applying that manifest again points it to a Deployment that is at zero.
 */

import { COLOUR } from '../cluster/colours.ts';
import { OWN_MANAGER, owns } from '../kubernetes/field-managers.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Finding } from './finding.ts';

const SELECTOR = ['spec', 'selector'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function checkKeeper(service: Service, isTwoSided: boolean): Finding[] {
  const { name } = service.metadata;
  const colour = service.spec.selector?.[COLOUR];
  const keeper = colour === undefined || !isTwoSided ? undefined : keeperOf(service);
  if (keeper === undefined) return [];
  return [
    {
      check: 'colour-in-manifest',
      severity: 'warn',
      message: `the selector of service ${name} names ${COLOUR}=${colour}, and ${keeper} has written it there: applied again after a promotion, it leads the service to pods that are gone`,
      advice: `leave ${COLOUR} out of the selector in the manifest, or let the tool that applies it ignore spec.selector (docs/routers.md, "Whose fields they are")`,
    },
  ];
}

/** The tool that has applied the selector, and may apply it again. A change by hand does not count. */
function keeperOf({ metadata }: Service): string | undefined {
  const { annotations = {}, labels = {}, managedFields = [] } = metadata;
  const applier = managedFields.find(
    ({ manager, operation, fieldsV1 }) =>
      manager !== OWN_MANAGER && operation === 'Apply' && owns(fieldsV1, SELECTOR),
  );
  if (applier?.manager !== undefined) return applier.manager;
  const tracked = annotations['argocd.argoproj.io/tracking-id'];
  if (tracked !== undefined) return `Argo CD (${tracked})`;
  if (labels['kustomize.toolkit.fluxcd.io/name'] !== undefined) return 'Flux';
  if (labels['app.kubernetes.io/managed-by'] === 'Helm') return 'Helm';
  return (annotations[LAST_APPLIED] ?? '').includes(`"${COLOUR}":`) ? 'kubectl apply' : undefined;
}
