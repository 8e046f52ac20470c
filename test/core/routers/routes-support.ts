import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { type PlayOptions, planFor, play, settingsFor } from '../support/play.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const LABELS = { app: APP, version: 'blue' };
export const PREVIEW = `${APP}-preview`;
const CONFIG = {
  strategy: {
    canary: {
      steps: [{ weight: 20, duration: '5s' }],
      monitoring: '5s',
      headers: { 'x-try': 'yes' },
    },
  },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { maxDuration: '10s' },
};
export type Traffic = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: routes as their owners write them, whatever is in them
export type Spec = any;

const ACCEPTED = {
  parents: [
    {
      parentRef: { name: 'public' },
      conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' })),
    },
  ],
};

export function object(kind: string, name: string, spec: object): KubernetesObject {
  const isRoute = kind.endsWith('Route');
  const apiVersion = isRoute ? 'gateway.networking.k8s.io/v1' : 'networking.istio.io/v1';
  const metadata = { name, namespace: 'default', uid: `uid-${kind}-${name}`, resourceVersion: '1' };
  const rest = { spec, ...(isRoute && { status: ACCEPTED }) };
  return { apiVersion, kind, metadata, ...rest };
}

export const virtualService = (http: object[], name = APP, more: object = {}) =>
  object('VirtualService', name, { hosts: [name], http, ...more });
export const httpRoute = (rules: object[], name = APP) =>
  object('HTTPRoute', name, { parentRefs: [{ name: 'public' }], rules });
export const grpcRoute = (rules: object[], name = APP) =>
  object('GRPCRoute', name, { parentRefs: [{ name: 'public' }], rules });

export function clusterOf(...routes: KubernetesObject[]): ToyCluster {
  return toyCluster([deployment(`${APP}-blue`, 'v1', LABELS, 4)], service(LABELS), {}, routes);
}

export function settingsOf(router: 'istio' | 'gateway-api', traffic: Traffic = {}) {
  return settingsFor('canary', { ...CONFIG, traffic: { router, ...traffic } });
}

export function specOf(cluster: ToyCluster, key: string): Spec {
  const found = cluster.others.get(key);
  return found && 'spec' in found ? found.spec : undefined;
}

/** Plays a release, and looks at the routes at every step. */
export function watched(
  cluster: ToyCluster,
  router: 'istio' | 'gateway-api',
  traffic: Traffic = {},
  options: PlayOptions = {},
) {
  const looks: { phase: string; specs: Map<string, Spec> }[] = [];
  const { state } = play(cluster, planFor(cluster, settingsOf(router, traffic)), {
    ...options,
    meddle: (now, toy) => {
      const keys = [...toy.others.keys()];
      const specs = keys.map((key) => [key, structuredClone(specOf(toy, key))] as const);
      looks.push({ phase: now.phase, specs: new Map(specs) });
      return options.meddle?.(now, toy) ?? now;
    },
  });
  return { state, looks };
}

/** The same of every rule that a release may have written: without what only its headers need. */
export function ownRules(spec: Spec): Spec[] {
  const rules: Spec[] = spec.rules ?? spec.http;
  return rules.filter(
    (rule) =>
      !String(rule.name).startsWith('candidate-of-') &&
      !(rule.backendRefs?.length === 1 && rule.backendRefs[0].name === PREVIEW),
  );
}

export const HEADERS = {
  request: { set: { 'x-tenant': 'retail' } },
  response: { remove: ['x-internal'] },
};
export const led = (more: object = {}) => ({
  destination: { host: APP, port: { number: 8080 } },
  headers: HEADERS,
  ...more,
});
export const PLAIN_REF = { group: '', kind: 'Service', name: APP, port: 8080, weight: 1 };
export const FILTERS = [
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } },
];
export const REF = { ...PLAIN_REF, filters: FILTERS, aFieldOfTomorrow: 1 };
