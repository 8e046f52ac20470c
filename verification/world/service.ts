/** The service under release, as its owner wrote it down: Service, Deployment and release config. */
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { VERSION_HEADER } from './application/run.ts';
import { STABLE_TAG } from './application/versions.ts';
import type { Scenario } from './scenario.ts';
import { workloadKind } from './workloads.ts';

export const NAMESPACE = 'default';
export const SERVICE = 'shop';
export const REGISTRY = 'registry.example';
export const REPOSITORY = `${REGISTRY}/shop`;
export const SERVICE_PORT = 80;
const POD_PORT = 8080;

const STEPS = [10, 50] as const;
const SWITCH_STEPS = [30] as const;

/** What serves before the first release: a Deployment, or the StatefulSet. */
export function stableDeployment({ shape }: Scenario): string {
  return shape === 'coloured' ? `${SERVICE}-blue` : SERVICE;
}

/** What the Service selects before the first release, and what the Deployment's pods carry. */
function labelsOf({ shape }: Scenario): Record<string, string> {
  return shape === 'coloured' ? { app: SERVICE, version: 'blue' } : { app: SERVICE };
}

export function serviceObjects(scenario: Scenario): DraftObject[] {
  const labels = labelsOf(scenario);
  const isStateful = scenario.shape === 'stateful-set';
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: SERVICE, namespace: NAMESPACE, labels: { app: SERVICE } },
      spec: {
        selector: labels,
        ports: [{ name: 'http', port: SERVICE_PORT, targetPort: POD_PORT }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: workloadKind(scenario).kind,
      metadata: { name: stableDeployment(scenario), namespace: NAMESPACE, labels },
      spec: {
        ...(isStateful ? { serviceName: SERVICE, podManagementPolicy: 'Parallel' } : {}),
        replicas: scenario.replicas,
        selector: { matchLabels: labels },
        template: podTemplate(scenario),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${SERVICE}-release-config`, namespace: NAMESPACE },
      data: { 'release.yaml': releaseConfig(scenario) },
    },
  ];
}

function podTemplate(scenario: Scenario) {
  const { preStopSeconds } = scenario.application;
  const lifecycle = { preStop: { sleep: { seconds: preStopSeconds } } };
  const probe = (path: string, periodSeconds: number) => ({
    httpGet: { path, port: POD_PORT },
    periodSeconds,
  });
  return {
    metadata: { labels: labelsOf(scenario) },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'app',
          image: `${REPOSITORY}:${STABLE_TAG}`,
          ports: [{ containerPort: POD_PORT }],
          resources: { requests: { cpu: '1m', memory: '1Mi' } },
          readinessProbe: probe('/ready', 1),
          livenessProbe: probe('/live', 10),
          ...(preStopSeconds > 0 ? { lifecycle } : {}),
        },
      ],
    },
  };
}

function releaseConfig(scenario: Scenario): string {
  const { application, windows, router, switching, rollbackWindowSeconds } = scenario;
  const monitoring = `${windows.monitoringSeconds}s`;
  const stepsOf = (weights: readonly number[]) =>
    weights.map((weight) => ({ weight, duration: monitoring }));
  return JSON.stringify({
    apiVersion: 'release.zero-downtime.dev/v1',
    kind: 'ReleaseConfig',
    strategy: {
      blueGreen: {
        monitoring,
        switch: switching,
        ...(switching === 'gradual' ? { incrementPercentage: 40, interval: monitoring } : {}),
        ...(switching === 'weighted' ? { steps: stepsOf(SWITCH_STEPS) } : {}),
        rollbackWindow: `${rollbackWindowSeconds}s`,
      },
      rolling: { monitoring },
      canary: { steps: stepsOf(STEPS), monitoring },
    },
    traffic: { router },
    drain: {
      minDuration: `${windows.drainMinSeconds}s`,
      maxDuration: `${windows.drainMaxSeconds}s`,
      ...(application.drainHook === 'there' ? { hook: { path: '/drain' } } : {}),
      ...(application.versionHeader === 'told'
        ? { confirm: { header: VERSION_HEADER, path: '/ready' } }
        : {}),
    },
    limits: { readyTimeout: `${windows.readySeconds}s`, maxDuration: '10m' },
    smoke: [{ name: 'smoke', path: '/smoke' }],
  });
}
