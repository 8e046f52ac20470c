// The Deployment that was recorded, and its program: three replicas, readiness every second, a
// preStop sleep of two seconds, a grace of ten, a progress deadline of twenty.

import type { DraftObject } from '../../../kubernetes/store/object.ts';
import type { ImageSource } from '../../../registry/images/image.ts';

export const NODE_IMAGE: ImageSource = {
  repository: 'node',
  tags: ['20'],
  programs: { node: process.execPath },
};

const PROGRAM = `const http=require('http');const V=process.env.VERSION;if(process.env.CRASH)setTimeout(()=>{console.error('boom: cannot open database');process.exit(3)},800);
let ready=!process.env.NEVER;const s=http.createServer((q,r)=>{if(q.url==='/health/ready'){r.statusCode=ready?200:503;return r.end()}r.end(V)});s.listen(8080);console.log('listening',V);
process.on('SIGTERM',()=>{console.log('SIGTERM');s.close(()=>process.exit(0));s.closeIdleConnections()});
`;

export function programConfigMap(namespace: string): DraftObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'srv', namespace },
    data: { 'srv.js': PROGRAM },
  };
}

export function recordedService(namespace: string): DraftObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'payment-service', namespace },
    spec: { selector: { app: 'payment-service' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

export function recordedDeployment(
  namespace: string,
  env: Readonly<Record<string, string>> = { VERSION: 'v1' },
): DraftObject {
  const labels = { app: 'payment-service' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'payment-service', namespace },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 20,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 10,
          volumes: [{ name: 'c', configMap: { name: 'srv' } }],
          containers: [
            {
              name: 'app',
              image: 'images.example/node:20',
              command: ['node', '/c/srv.js'],
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
              volumeMounts: [{ name: 'c', mountPath: '/c' }],
              ports: [{ containerPort: 8080 }],
              lifecycle: { preStop: { sleep: { seconds: 2 } } },
              readinessProbe: {
                httpGet: { path: '/health/ready', port: 8080 },
                periodSeconds: 1,
              },
            },
          ],
        },
      },
    },
  };
}
