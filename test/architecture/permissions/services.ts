// Services as they are before a release: plain, or behind a mesh or a gateway, with an autoscaler or without.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifests } from '../../../embedded-cluster/cluster/manifests.ts';
import { PODS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import type { DraftObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { until } from '../../e2e/support/until.ts';
import { type E2eWorld, ROOT } from '../../e2e/support/world.ts';

/** With the drain probe. */
export const PROBED = `
strategy:
  blueGreen: {monitoring: 2s}
  rolling: {monitoring: 2s}
  canary: {steps: [{weight: 50, duration: 1s}], monitoring: 2s}
drain: {hook: {path: /admin/drain}, minDuration: 1s, maxDuration: 5s}
limits: {readyTimeout: 15s}
analysis: {profile: standard}
`;

export const CONFIG = `${PROBED}preflight: {drainProbe: off}
`;

/** Watches so long that no scenario waits for it. */
export const SLOW = CONFIG.replaceAll('monitoring: 2s', 'monitoring: 10m');

export const throughIstio = (config: string): string =>
  `${config.replace('strategy:', 'strategy:\n  type: canary')}traffic: {router: istio}\n`;

export const throughGateway = (config: string): string =>
  `${config}traffic: {router: gateway-api}\n`;

/** The example's VirtualService under another name. */
export function addVirtualService(world: E2eWorld, service: string): void {
  world.apply(...example('istio', service));
}

/** As its owner made it, with a subset that no release knows. */
export function addDestinationRule(world: E2eWorld, service: string): void {
  world.apply({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: service },
    spec: { host: service, subsets: [{ name: 'all', labels: { app: service } }] },
  });
}

/** The example's gateway, which all services share, its HTTPRoute under another name, and a GRPCRoute. */
export function addHttpRoute(world: E2eWorld, service: string): void {
  world.apply(...example('gateway', service));
  world.apply({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata: { name: `${service}-rpc` },
    spec: {
      parentRefs: [{ name: 'shop' }],
      rules: [
        {
          matches: [{ method: { service: `${service}.v1.Rpc` } }],
          backendRefs: [{ name: service, port: 8080 }],
        },
      ],
    },
  });
}

export function addAutoscaler(world: E2eWorld, service: string): void {
  world.apply({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: service },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${service}-blue` },
      minReplicas: 1,
      maxReplicas: 4,
    },
  });
}

/** A StatefulSet has begun with a version that is never ready. */
export function replacedFirst(world: E2eWorld, name: string): Promise<unknown> {
  return until(`a pod of ${name} is replaced`, () =>
    world
      .list(PODS)
      // Its own pods, and not those of the run, which name the image too.
      .filter(({ metadata }) => new RegExp(`^${name}-\\d+$`).test(metadata.name))
      .some(({ spec }) => JSON.stringify(spec).includes(':v1.2.0-never-ready')),
  );
}

function example(router: 'istio' | 'gateway', service: string): DraftObject[] {
  const text = readFileSync(join(ROOT, `examples/payment-service.${router}.yaml`), 'utf8');
  return parseManifests(text.replaceAll('payment-service', service));
}
