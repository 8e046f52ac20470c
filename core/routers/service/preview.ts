/**
 * The preview: a Service beside the real one, through which the candidate is tried, and with the
 * Gateway API served by weight. It is what the Service is (protocols, affinity, families, unknown
 * fields), but never a second public entrance.
 */

import type { ReleaseId } from '../../base/vocabulary.ts';
import { type Action, actionId, patchOf } from '../../cluster/action.ts';
import { carriedKeys } from '../../cluster/workload/copy.ts';
import { type Labels, sameLabels, selects } from '../../kubernetes/labels.ts';
import type { Service, ServicePort } from '../../kubernetes/network-objects.ts';
import { MANAGED_BY } from './router.ts';

/** Annotations that ask for an address, a name or a listener outside the cluster, by their beginnings. */
const ENTRANCES: readonly string[] = [
  'external-dns.alpha.kubernetes.io/',
  'external-dns.kubernetes.io/',
  'service.beta.kubernetes.io/',
  'service.kubernetes.io/load-balancer',
  'service.kubernetes.io/loadbalance',
  'service.kubernetes.io/qcloud',
  'cloud.google.com/neg',
  'cloud.google.com/load-balancer-type',
  'networking.gke.io/load-balancer',
  'metallb.io/',
  'metallb.universe.tf/',
  'kube-vip.io/',
  'lbipam.cilium.io/',
  'io.cilium/lb-ipam',
  'load-balancer.hetzner.cloud/',
  'loadbalancer.openstack.org/',
  'tailscale.com/',
  'getambassador.io/',
  'consul.hashicorp.com/service-',
  'field.cattle.io/',
];

/** Whether a Service is one that a release made, and leads to pods that these labels are common to. */
export function isPreviewAmong({ metadata, spec }: Service, both: Labels): boolean {
  return selects(MANAGED_BY, metadata.labels) && selects(both, spec.selector);
}

/** `selector`: of the candidate's pods. */
export function previewOf(service: Service, name: string, selector: Labels): Service {
  const annotations = Object.fromEntries(
    Object.entries(carriedKeys(service.metadata.annotations)).filter(
      ([key]) => !ENTRANCES.some((entrance) => key.startsWith(entrance)),
    ),
  );
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: service.metadata.namespace ?? 'default',
      labels: { ...carriedKeys(service.metadata.labels), ...MANAGED_BY },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: inside(service.spec, selector),
  };
}

/** A preview that a release left behind may lead to pods of another colour. */
export function repointed(
  release: ReleaseId,
  service: Service,
  preview: Service,
  selector: Labels,
): Action[] {
  if (sameLabels(preview.spec.selector, selector)) return [];
  const { name } = preview.metadata;
  const { ports = [] } = inside(service.spec, selector);
  return [
    {
      id: actionId(release, 'repoint-preview', name),
      text: `lead service ${name}, left by an earlier release, to the candidate`,
      effect: patchOf(preview, [
        { op: 'add', path: '/spec/selector', value: { ...selector } },
        { op: 'add', path: '/spec/ports', value: ports },
      ]),
    },
  ];
}

/** Only what gives the Service an address of its own, or one outside of the cluster, is left out. */
function inside(spec: Service['spec'], selector: Labels): Service['spec'] {
  const {
    clusterIP,
    clusterIPs: _ips,
    externalIPs: _external,
    externalName: _name,
    externalTrafficPolicy: _policy,
    healthCheckNodePort: _health,
    allocateLoadBalancerNodePorts: _allocate,
    loadBalancerIP: _balancer,
    loadBalancerClass: _class,
    loadBalancerSourceRanges: _ranges,
    type: _type,
    ports = [],
    ...rest
  } = spec;
  return {
    ...rest,
    type: 'ClusterIP',
    ...(clusterIP === 'None' && { clusterIP }),
    selector: { ...selector },
    ports: ports.map(withoutNodePort),
  };
}

function withoutNodePort({ nodePort: _, ...port }: ServicePort): ServicePort {
  return port;
}
