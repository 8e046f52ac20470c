// A simulated cluster whose containers do what their environment says.

import {
  type SimulatedCluster,
  type SimulationOptions,
  simulateCluster,
} from '../../../cluster/simulated-cluster.ts';
import { DEPLOYMENTS } from '../../../kubernetes/kinds/workloads/apps.ts';
import type { Pod, PodTemplate } from '../../../kubernetes/shapes.ts';
import type { ContainerConfig } from '../../../node/runtime.ts';
import type { Script } from '../../../node/scripted-runtime.ts';
import { NODE_IMAGE } from './recorded-app.ts';

/** EXITS_AFTER_MS, EXIT_CODE, LISTENS_AFTER_MS, READY=never, ON_TERMINATE_MS */
function scriptOf({ env }: ContainerConfig): Script {
  const variables = new Map(env.map(({ name, value }) => [name, value]));
  const number = (name: string): number | undefined =>
    variables.has(name) ? Number(variables.get(name)) : undefined;
  const exitsAfterMs = number('EXITS_AFTER_MS');
  return {
    listensAfterMs: number('LISTENS_AFTER_MS') ?? 0,
    answer: ({ path }) => ({
      status: path === '/ready' && variables.get('READY') === 'never' ? 503 : 200,
      body: variables.get('VERSION') ?? '',
    }),
    ...(exitsAfterMs === undefined
      ? {}
      : { exits: { afterMs: exitsAfterMs, exitCode: number('EXIT_CODE') ?? 0 } }),
    onTerminate: {
      exitsAfterMs: number('ON_TERMINATE_MS') ?? 0,
      exitCode: 0,
      listens: 'until it exits',
    },
  };
}

export function simulate(options: Partial<SimulationOptions> = {}): SimulatedCluster {
  return simulateCluster({ images: [NODE_IMAGE], scriptFor: scriptOf, ...options });
}

export function seconds(cluster: SimulatedCluster, count: number): Promise<void> {
  return cluster.clock.advanceTo(cluster.clock.now() + count * 1000);
}

type Env = Readonly<Record<string, string | number>>;

export function podTemplate(
  labels: Readonly<Record<string, string>>,
  env: Env = {},
  spec: Partial<Pod['spec']> = {},
): PodTemplate {
  return {
    metadata: { labels: { ...labels } },
    spec: {
      ...spec,
      containers: [
        {
          name: 'app',
          image: 'node:20',
          command: ['node', '/app.js'],
          env: Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  };
}

export function createDeployment(
  { world }: SimulatedCluster,
  name: string,
  spec: object = {},
  env: Env = {},
): void {
  const labels = { app: name };
  world.objects.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: podTemplate(labels, env),
      ...spec,
    },
  });
}
