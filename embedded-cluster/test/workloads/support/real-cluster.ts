// A real cluster, and pods in it that run a line of JavaScript.
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { pods } from '../../../kubernetes/collection.ts';
import type { Container, Pod, Volume } from '../../../kubernetes/shapes.ts';
import type { ImageSource } from '../../../registry/images/image.ts';
import { until } from './until.ts';

const TOOLS_IMAGE: ImageSource = {
  repository: 'tools',
  tags: ['v1'],
  programs: { node: process.execPath, sh: '/bin/sh', cat: '/bin/cat' },
};

export function startRealCluster(): Promise<Cluster> {
  return startCluster({
    images: [TOOLS_IMAGE],
    propagation: { delayMs: 50 },
    // So that a container that crashes is soon started again.
    backOff: { firstMs: 200, lastMs: 400 },
  });
}

export interface PodOptions {
  readonly spec?: Partial<Pod['spec']>;
  readonly container?: Partial<Container>;
  readonly volumes?: readonly Volume[];
  readonly labels?: Record<string, string>;
}

/** The pod's one container runs `program`. */
export function runPod(
  { world }: Cluster,
  name: string,
  program: string,
  { spec, container, volumes, labels = {} }: PodOptions = {},
): void {
  pods(world).create({
    metadata: { name, namespace: 'default', labels },
    spec: {
      terminationGracePeriodSeconds: 5,
      restartPolicy: 'Never',
      ...spec,
      ...(volumes ? { volumes: [...volumes] } : {}),
      containers: [
        { name: 'app', image: 'tools:v1', command: ['node', '-e', program], ...container },
      ],
    },
  });
}

export function podOf({ world }: Cluster, name: string): Pod | undefined {
  return pods(world).get('default', name);
}

/** Resolves with the pod as soon as `isSo` of it. */
export function podWhen(
  cluster: Cluster,
  name: string,
  what: string,
  isSo: (pod: Pod) => boolean,
): Promise<Pod> {
  return until(`pod ${name} ${what}`, () => {
    const pod = podOf(cluster, name);
    return pod && isSo(pod) ? pod : undefined;
  });
}

export function podEnded(cluster: Cluster, name: string): Promise<Pod> {
  return podWhen(cluster, name, 'ended', ({ status }) =>
    ['Succeeded', 'Failed'].includes(status?.phase ?? ''),
  );
}

export function podReady(cluster: Cluster, name: string): Promise<Pod> {
  return podWhen(cluster, name, 'ready', ({ status }) =>
    (status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
}

export function logsOf(
  { front, adminToken }: Pick<Cluster, 'front' | 'adminToken'>,
  name: string,
  query = '',
): string {
  const response = front({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${name}/log${query}`,
    headers: { authorization: `Bearer ${adminToken}` },
  });
  return 'body' in response ? Buffer.from(response.body).toString('utf8') : '';
}
