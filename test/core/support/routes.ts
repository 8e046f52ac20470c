/** What stands in front of the toy cluster's service, by router. */

import type { RouterName } from '../../../core/base/vocabulary.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { APP } from './objects.ts';

/** Other people's fields, which no release may lose. */
const RETRIES = { attempts: 3, perTryTimeout: '2s' };

function object(apiVersion: string, kind: string, spec: object): KubernetesObject {
  const metadata = { name: APP, namespace: 'default', uid: `uid-${kind}`, resourceVersion: '1' };
  return { apiVersion, kind, metadata, spec } as KubernetesObject; // with a spec of its kind
}

const VIRTUAL_SERVICE = object('networking.istio.io/v1', 'VirtualService', {
  hosts: [APP],
  http: [
    {
      name: 'admin',
      match: [{ uri: { prefix: '/admin' } }],
      route: [{ destination: { host: 'admin' } }],
    },
    { name: 'primary', retries: RETRIES, route: [{ destination: { host: APP } }] },
  ],
});

const HTTP_ROUTE = object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
  parentRefs: [{ name: 'public' }],
  hostnames: ['pay.example'],
  rules: [
    {
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      backendRefs: [{ group: '', kind: 'Service', name: APP, port: 8080, weight: 1 }],
    },
  ],
});

const ACCEPTED = {
  parents: [
    {
      parentRef: { name: 'public' },
      conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' })),
    },
  ],
};

export function routesFor(router: RouterName): KubernetesObject[] {
  switch (router) {
    case 'service':
      return [];
    case 'istio':
      return [VIRTUAL_SERVICE];
    case 'gateway-api':
      return [{ ...HTTP_ROUTE, status: ACCEPTED } as KubernetesObject]; // with a status of its kind
  }
}
