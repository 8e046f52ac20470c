// Containers as real processes: what they are started with, asked, told and left with.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../cluster/cluster.ts';
import { configMaps, events, pods, secrets } from '../../kubernetes/collection.ts';
import { SERVICE_ACCOUNTS } from '../../kubernetes/kinds/core/core.ts';
import {
  logsOf,
  podEnded,
  podOf,
  podReady,
  podWhen,
  runPod,
  startRealCluster,
} from './support/real-cluster.ts';
import { until } from './support/until.ts';

let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  cluster = await startRealCluster();
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
});

afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

function told(pod: string): string[] {
  return events(cluster.world)
    .list('default')
    .filter(({ involvedObject }) => involvedObject.name === pod)
    .map(({ reason, message }) => `${reason}: ${message}`);
}

describe('what a container is started with', () => {
  test('is an environment of its own and nothing of this process', async () => {
    process.env.OF_THIS_PROCESS = 'secret';
    configMaps(cluster.world).create({
      metadata: { name: 'settings', namespace: 'default' },
      data: { COLOUR: 'blue', SIZE: 'large' },
    });
    secrets(cluster.world).create({
      metadata: { name: 'key', namespace: 'default' },
      data: { key: encoded('s3cret') },
    });
    const program = 'console.log(JSON.stringify([process.env, process.argv.slice(1)]))';
    runPod(cluster, 'environment', program, {
      labels: { app: 'shop' },
      container: {
        args: ['$(GREETING), $$(GREETING), $(NOBODY)'],
        envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }],
        env: [
          { name: 'NAME', value: 'you' },
          { name: 'GREETING', value: 'hello $(NAME)' },
          { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'COLOUR' } } },
          { name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'key' } } },
          { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          {
            name: 'NONE',
            valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } },
          },
        ],
      },
    });
    const pod = await podEnded(cluster, 'environment');
    const [env, args] = JSON.parse(logsOf(cluster, 'environment'));
    expect(args).toEqual(['hello you, $(GREETING), $(NOBODY)']);
    expect(env).toMatchObject({
      S_COLOUR: 'blue',
      S_SIZE: 'large',
      COLOUR: 'blue',
      KEY: 's3cret',
      APP: 'shop',
      ADDRESS: pod.status?.podIP,
      POD_IP: pod.status?.podIP,
      HOSTNAME: 'environment',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: new URL(cluster.url).port,
    });
    expect(env).not.toHaveProperty('OF_THIS_PROCESS');
    expect(env).not.toHaveProperty('NONE');
    delete process.env.OF_THIS_PROCESS;
  });

  test('are volumes, found under the paths that the container has them at', async () => {
    const read = `const { readFileSync: read, writeFileSync: write } = require('node:fs');
      const [settings, keys, about, all, scratch] = process.argv.slice(1);
      write(scratch + '/note', 'noted');
      console.log([settings + '/SIZE', keys, about + '/name', all + '/in/COLOUR', all + '/where',
        scratch + '/note'].map((path) => read(path, 'utf8')).join());`;
    runPod(cluster, 'volumes', read, {
      container: {
        args: ['/settings', '/keys/one', '/about', '/all', '/scratch'],
        volumeMounts: [
          { name: 'settings', mountPath: '/settings' },
          { name: 'keys', mountPath: '/keys/one', subPath: 'key' },
          { name: 'about', mountPath: '/about' },
          { name: 'all', mountPath: '/all' },
          { name: 'scratch', mountPath: '/scratch' },
        ],
      },
      volumes: [
        { name: 'settings', configMap: { name: 'settings' } },
        { name: 'keys', secret: { secretName: 'key' } },
        {
          name: 'about',
          downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] },
        },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'settings', items: [{ key: 'COLOUR', path: 'in/COLOUR' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'where', fieldRef: { fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
          },
        },
        { name: 'scratch', emptyDir: {} },
      ],
    });
    await podEnded(cluster, 'volumes');
    expect(logsOf(cluster, 'volumes')).toBe('large,s3cret,volumes,blue,default,noted\n');
  });

  test('is a kubeconfig of its ServiceAccount, which the API knows', async () => {
    cluster.world.objects.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'clerk', namespace: 'default' },
    });
    runPod(
      cluster,
      'account',
      `const { readFileSync } = require('node:fs');
      const config = JSON.parse(readFileSync(process.env.KUBECONFIG, 'utf8'));
      const token = readFileSync(config.users[0].user.tokenFile, 'utf8');
      console.log(JSON.stringify({ ...config, token }))`,
      {
        spec: { serviceAccountName: 'clerk' },
      },
    );
    await podEnded(cluster, 'account');
    const { token, clusters, contexts } = JSON.parse(logsOf(cluster, 'account'));
    expect(clusters[0].cluster.server).toBe(cluster.url);
    expect(contexts[0].context.namespace).toBe('default');
    const review = cluster.front({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: Buffer.from(
        JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
      ),
    });
    const answer = 'body' in review ? JSON.parse(Buffer.from(review.body).toString()) : {};
    expect(answer.status?.userInfo?.username).toBe('system:serviceaccount:default:clerk');
  });

  test('is no kubeconfig where it wants no token', async () => {
    runPod(cluster, 'no-account', 'console.log(process.env.KUBECONFIG)', {
      spec: { automountServiceAccountToken: false },
    });
    await podEnded(cluster, 'no-account');
    expect(logsOf(cluster, 'no-account')).toBe('undefined\n');
  });

  test('waits for a ConfigMap that is not there yet', async () => {
    runPod(cluster, 'patient', 'console.log(1)', {
      volumes: [{ name: 'late', configMap: { name: 'late' } }],
    });
    const message = 'MountVolume.SetUp failed for volume "late" : configmap "late" not found';
    await until('the event', () =>
      told('patient').find((one) => one === `FailedMount: ${message}`),
    );
    expect(podOf(cluster, 'patient')?.status?.containerStatuses?.[0]?.state).toEqual({
      waiting: { reason: 'ContainerCreating' },
    });
    configMaps(cluster.world).create({ metadata: { name: 'late', namespace: 'default' } });
    expect((await podEnded(cluster, 'patient')).status?.phase).toBe('Succeeded');
  });

  test('is refused where its environment names what is not there', async () => {
    runPod(cluster, 'misled', 'console.log(1)', {
      container: { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'none', key: 'x' } } }] },
    });
    const pod = await podWhen(cluster, 'misled', 'held', ({ status }) =>
      Boolean(status?.containerStatuses?.[0]?.state?.waiting?.message),
    );
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'secret "none" not found',
    });
  });

  test('is a program of its image, and no other', async () => {
    runPod(cluster, 'no-program', '', { container: { command: ['python3', '-V'] } });
    const { status } = await podEnded(cluster, 'no-program');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    expect(terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
    expect(terminated?.message).toContain('exec: "python3": executable file not found in $PATH');
  });
});

describe('how a container ends', () => {
  test('is told with its exit code and its last words', async () => {
    const program = `require('node:fs').writeFileSync(process.argv[1], 'x'.repeat(5000) + 'the end');
      process.exit(3)`;
    runPod(cluster, 'words', program, { container: { args: ['/dev/termination-log'] } });
    const { status } = await podEnded(cluster, 'words');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    expect(terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(terminated?.message).toHaveLength(4096);
    expect(terminated?.message?.endsWith('the end')).toBe(true);
    expect(status?.phase).toBe('Failed');
  });

  test('is told with the end of its log, if it wants that', async () => {
    runPod(cluster, 'log', `console.log('cannot open database'); process.exit(1)`, {
      container: { terminationMessagePolicy: 'FallbackToLogsOnError' },
    });
    const { status } = await podEnded(cluster, 'log');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    expect(terminated?.message).toBe('cannot open database\n');
  });

  test('by a signal is 128 and more', async () => {
    runPod(cluster, 'signal', `process.kill(process.pid, 'SIGABRT')`);
    const { status } = await podEnded(cluster, 'signal');
    expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(134);
  });

  test('again and again is a crash loop, with the log of the run before', async () => {
    runPod(cluster, 'loop', `console.log('boom'); process.exit(3)`, {
      spec: { restartPolicy: 'Always' },
    });
    const pod = await podWhen(cluster, 'loop', 'in its crash loop', ({ status }) => {
      const [container] = status?.containerStatuses ?? [];
      return container?.state?.waiting?.reason === 'CrashLoopBackOff' && container.restartCount > 1;
    });
    const [container] = pod.status?.containerStatuses ?? [];
    expect(container?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(pod.status?.phase).toBe('Running');
    expect(logsOf(cluster, 'loop', '?previous=true')).toBe('boom\n');
    expect(told('loop').some((one) => one.startsWith('BackOff: Back-off restarting'))).toBe(true);
    pods(cluster.world).delete('default', 'loop');
  });

  test('is first its preStop hook, then SIGTERM', async () => {
    const note = join(folder, 'stopped');
    const program = `process.on('SIGTERM', () => { require('node:fs').appendFileSync(process.argv[1],
      'SIGTERM'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`;
    runPod(cluster, 'polite', program, {
      container: {
        args: ['/notes/stopped'],
        volumeMounts: [{ name: 'notes', mountPath: '/notes' }],
        lifecycle: {
          preStop: { exec: { command: ['sh', '-c', 'echo preStop >> /notes/stopped'] } },
        },
      },
      volumes: [{ name: 'notes', hostPath: { path: folder } }],
    });
    await until('its log', () => (logsOf(cluster, 'polite') === 'up\n' ? true : undefined));
    pods(cluster.world).delete('default', 'polite');
    await until('its end', () => (podOf(cluster, 'polite') ? undefined : true));
    expect(readFileSync(note, 'utf8')).toBe('preStop\nSIGTERM');
    expect(told('polite')).toContain('Killing: Stopping container app');
  });

  test('is SIGKILL for what does not heed SIGTERM', async () => {
    let last: number | undefined;
    const unwatch = pods(cluster.world).watch(({ object }) => {
      if (object.metadata.name !== 'deaf') return;
      last = object.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? last;
    });
    runPod(
      cluster,
      'deaf',
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 9); console.log('up')`,
      {
        spec: { terminationGracePeriodSeconds: 1 },
      },
    );
    await until('its log', () => (logsOf(cluster, 'deaf') === 'up\n' ? true : undefined));
    pods(cluster.world).delete('default', 'deaf');
    await until('its end', () => (podOf(cluster, 'deaf') ? undefined : true));
    unwatch();
    expect(last).toBe(137);
  });

  test('comes for what it started as well', async () => {
    const program = `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(child.pid); setTimeout(() => process.exit(0), 300)`;
    runPod(cluster, 'parent', program);
    await podEnded(cluster, 'parent');
    const pid = Number(logsOf(cluster, 'parent'));
    expect(pid).toBeGreaterThan(1);
    await until('the end of the child', () => (isAlive(pid) ? undefined : true));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const SERVER = `const { createServer } = require('node:http'); let well = true;
  createServer((request, response) => {
    if (request.url === '/break') well = false;
    response.statusCode = well ? 200 : 500;
    response.end(request.headers['x-probe'] ?? '');
  }).listen(8080);`;

describe('a probe', () => {
  test.each([
    [
      'http',
      { httpGet: { path: '/', port: 'web', httpHeaders: [{ name: 'x-probe', value: '1' }] } },
    ],
    ['tcp', { tcpSocket: { port: 8080 } }],
    ['exec', { exec: { command: ['node', '-e', 'process.exit(0)'] }, timeoutSeconds: 5 }],
  ])('over %s makes a container ready', async (name, readinessProbe) => {
    runPod(cluster, `probe-${name}`, SERVER, {
      container: {
        readinessProbe: { periodSeconds: 1, ...readinessProbe },
        ports: [{ name: 'web', containerPort: 8080 }],
      },
    });
    await podReady(cluster, `probe-${name}`);
    pods(cluster.world).delete('default', `probe-${name}`);
  });

  test('of liveness that fails has the container restarted', async () => {
    runPod(
      cluster,
      'ill',
      `${SERVER} setTimeout(() => require('node:http').get({ host:
      process.env.POD_IP, port: 8080, path: '/break' }), 500)`,
      {
        spec: { restartPolicy: 'Always' },
        container: {
          livenessProbe: {
            httpGet: { path: '/', port: 8080 },
            periodSeconds: 1,
            failureThreshold: 1,
            initialDelaySeconds: 1,
          },
        },
      },
    );
    await podWhen(cluster, 'ill', 'restarted', ({ status }) =>
      Boolean(status?.containerStatuses?.[0]?.restartCount),
    );
    expect(told('ill')).toContain(
      'Killing: Container app failed liveness probe, will be restarted',
    );
    expect(told('ill')).toContain(
      'Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500',
    );
    pods(cluster.world).delete('default', 'ill');
  });
});

test('init containers run one after the other, before the others', async () => {
  const write = (text: string): string =>
    `require('node:fs').appendFileSync(process.argv[1], '${text}')`;
  const one = (name: string) => ({
    name,
    image: 'tools:v1',
    command: ['node', '-e', write(name), '/shared/order'],
    volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
  });
  runPod(cluster, 'prepared', '', {
    spec: { initContainers: [one('first'), one('second')] },
    container: {
      command: ['cat', '/shared/order'],
      volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
    },
    volumes: [{ name: 'shared', emptyDir: {} }],
  });
  await podEnded(cluster, 'prepared');
  expect(logsOf(cluster, 'prepared')).toBe('firstsecond\n');
});
