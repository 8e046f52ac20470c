/** A service of others beside the one that is released, with one object of each kind that a release writes. */
import type { Kind } from '../../../embedded-cluster/kubernetes/definitions/kind.ts';
import { SERVICES } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { HTTP_ROUTES } from '../../../embedded-cluster/kubernetes/kinds/network/gateway-api.ts';
import {
  DESTINATION_RULES,
  VIRTUAL_SERVICES,
} from '../../../embedded-cluster/kubernetes/kinds/network/istio.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../../../embedded-cluster/kubernetes/kinds/workloads/autoscaling.ts';

export const KINDS: readonly Kind[] = [
  DEPLOYMENTS,
  SERVICES,
  HORIZONTAL_POD_AUTOSCALERS,
  DESTINATION_RULES,
  VIRTUAL_SERVICES,
  HTTP_ROUTES,
];
const LABELS = { app: 'ledger' };

/** A service of others, with all that a release could move; one object of each kind. */
export const OTHERS = [
  {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ledger' } },
    spec: {
      selector: { matchLabels: LABELS },
      replicas: 1,
      template: {
        metadata: { labels: LABELS },
        spec: { containers: [{ name: 'ledger', image: 'nowhere.example/ledger:v1' }] },
      },
    },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'ledger' } },
    spec: { selector: { app: 'ledger', tier: 'web' }, ports: [{ port: 80 }] },
  },
  {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: 'ledger' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ledger' },
      minReplicas: 1,
      maxReplicas: 9,
    },
  },
  {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: { name: 'ledger' },
    spec: { host: 'ledger', subsets: [{ name: 'v1', labels: LABELS }] },
  },
  {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' },
    metadata: { name: 'ledger' },
    spec: {
      hosts: ['ledger'],
      http: [
        { name: 'candidate-of-run-1', route: [{ destination: { host: 'ledger' } }] },
        { name: 'primary', route: [{ destination: { host: 'ledger' } }] },
      ],
    },
  },
  {
    ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
    metadata: { name: 'ledger' },
    spec: {
      parentRefs: [{ name: 'public' }],
      rules: [{ backendRefs: [{ name: 'pay-preview', namespace: 'others', port: 80 }] }],
    },
  },
] as const;
