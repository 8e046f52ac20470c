// The real kubectl, in every version that this machine has, against the API and the controllers.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findKubectls, type Kubectl, type KubectlCluster, startKubectlCluster } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('../api/recordings/created.json', import.meta.url), 'utf8'),
);
const DEPLOYMENT = JSON.stringify(sent);
const SERVICE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'payment-service' },
  spec: { selector: { app: 'payment-service' }, ports: [{ port: 80, targetPort: 8080 }] },
});
const CRON_JOB = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'recover' },
  spec: {
    schedule: '0 0 1 1 *',
    jobTemplate: {
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'c', image: 'images.example/node:20' }],
          },
        },
      },
    },
  },
});
const PIPELINE_RUN = `
apiVersion: tekton.dev/v1beta1
kind: PipelineRun
metadata:
  name: deploy-payment-service
spec:
  pipelineRef:
    name: waqiti-zero-downtime-deployment
  params:
  - name: service-name
    value: payment-service
`;

const kubectls = findKubectls();
const versions = kubectls.map(({ version }) => version).join(', ') || 'none';
process.stdout.write(`kubectl on the PATH and in KUBECTLS: ${versions}\n`);

let cluster: KubectlCluster;
beforeAll(async () => {
  cluster = await startKubectlCluster();
});
afterAll(() => cluster.stop());

const flat = (text: string): string => text.replaceAll(/ +/g, ' ');

for (const kubectl of kubectls) describeKubectl(kubectl);
if (kubectls.length === 0) test.skip('no kubectl was found to try', () => undefined);

function describeKubectl(kubectl: Kubectl): void {
  describe(`kubectl ${kubectl.version}`, () => {
    /** A namespace of its own for each test, with the Deployment in it. */
    const inNamespace = async (name: string) => {
      const namespace = `${name}-${kubectl.minor}`;
      await cluster.run(kubectl, ['create', 'namespace', namespace]);
      const run = (command: string, input?: string): Promise<string> =>
        cluster.run(kubectl, [...command.split(' '), '-n', namespace], input);
      return { namespace, run };
    };
    const withDeployment = async (name: string) => {
      const { namespace, run } = await inNamespace(name);
      await run('apply -f -', DEPLOYMENT);
      await run('rollout status deployment/payment-service --timeout=20s');
      return { namespace, run };
    };

    test('finds out what there is', async () => {
      const run = (command: string) => cluster.run(kubectl, command.split(' '));
      expect(await run('version')).toContain('v1.36.2');
      expect(await run('cluster-info')).toContain('https://127.0.0.1:');
      expect(flat(await run('api-resources'))).toMatch(
        /deployments deploy apps\/v1 true Deployment/,
      );
      expect(await run('api-versions')).toContain('tekton.dev/v1beta1');
      expect(await run('get --raw /readyz')).toBe('ok');
      expect(await run('explain deployment.spec.strategy')).toContain('rollingUpdate');
      expect(await run('explain pod.spec.containers.lifecycle.preStop')).toContain('sleep');
      expect(flat(await run('get nodes'))).toContain('node-1 Ready <none>');
    });

    test('applies, and applies again', async () => {
      const { run } = await inNamespace('apply');
      expect(await run('apply -f -', DEPLOYMENT)).toBe('deployment.apps/payment-service created\n');
      expect(await run('apply -f -', DEPLOYMENT)).toBe(
        'deployment.apps/payment-service unchanged\n',
      );
      const more = DEPLOYMENT.replace('"replicas":3', '"replicas":4');
      expect(await run('apply -f - --dry-run=server', more)).toContain(
        'configured (server dry run)',
      );
      await expect(run('diff -f -', more)).rejects.toThrow(/diff/);
      expect(await run('apply -f -', more)).toBe('deployment.apps/payment-service configured\n');
      expect(await run('get deploy payment-service -o jsonpath={.spec.replicas}')).toBe('4');
    });

    test('applies on the server, takes over, and is told of conflicts', async () => {
      const { run } = await inNamespace('apply-server');
      await run('apply -f -', DEPLOYMENT);
      const apply = 'apply --server-side --force-conflicts -f -';
      expect(await run(apply, DEPLOYMENT)).toBe(
        'deployment.apps/payment-service serverside-applied\n',
      );
      expect(await run('apply --server-side -f -', DEPLOYMENT)).toContain('serverside-applied');
      await run('scale deployment/payment-service --replicas=5');
      await expect(run('apply --server-side -f -', DEPLOYMENT)).rejects.toThrow('.spec.replicas');
      await run(apply, DEPLOYMENT);
      expect(await run('get deploy payment-service -o jsonpath={.spec.replicas}')).toBe('3');
    });

    test('refuses fields that do not exist', async () => {
      const { run } = await inNamespace('strict');
      const odd = DEPLOYMENT.replace('"replicas":3', '"replicas":3,"foo":1');
      await expect(run('create -f -', odd)).rejects.toThrow(/unknown field "(spec\.)?foo"/);
    });

    test('shows objects in every form', async () => {
      const { run, namespace } = await withDeployment('show');
      await run('apply -f -', SERVICE);
      expect(flat(await run('get deploy'))).toMatch(
        /NAME READY UP-TO-DATE AVAILABLE AGE\npayment-service 3\/3 3 3 /,
      );
      expect(flat(await run('get deploy,rs,pods,svc,endpointslices -o wide'))).toMatch(
        /images\.example\/node:20 app=payment-service/,
      );
      expect(flat(await run('get pods -l app=payment-service'))).toMatch(
        /(payment-service-\S+ 1\/1 Running 0 \d+s\n?){3}/,
      );
      expect(await run('get pods --field-selector status.phase=Pending -o name')).toBe('');
      expect(await run('get deploy payment-service -o name')).toBe(
        'deployment.apps/payment-service\n',
      );
      expect(await run('get deploy payment-service -o yaml')).toContain('kind: Deployment');
      expect(JSON.parse(await run('get deploy payment-service -o json')).status.readyReplicas).toBe(
        3,
      );
      expect(await run('get pods -o jsonpath={.items[*].status.phase}')).toBe(
        'Running Running Running',
      );
      expect(flat(await run('get svc'))).toMatch(
        /payment-service ClusterIP 127\.\S+ <none> 80\/TCP/,
      );
      expect(await run('get all')).toContain('replicaset.apps/payment-service-');
      expect(flat(await run('get events'))).toContain(
        'ScalingReplicaSet deployment/payment-service',
      );
      expect(flat(await cluster.run(kubectl, ['get', 'pods', '-A']))).toContain(
        `${namespace} payment-service-`,
      );
    });

    test('describes', async () => {
      const { run } = await withDeployment('describe');
      await run('apply -f -', SERVICE);
      const deployment = flat(await run('describe deploy payment-service'));
      expect(deployment).toContain(
        'Replicas: 3 desired | 3 updated | 3 total | 3 available | 0 unavailable',
      );
      expect(deployment).toContain('NewReplicaSetAvailable');
      expect(deployment).toMatch(/Normal ScalingReplicaSet/);
      expect(flat(await run('describe pods -l app=payment-service'))).toContain(
        'Readiness: http-get http://:8080/health/ready',
      );
      expect(flat(await run('describe svc payment-service'))).toContain('TargetPort: 8080/TCP');
    });

    test('patches in every language', async () => {
      const { run } = await withDeployment('patch');
      const image =
        'get deploy payment-service -o jsonpath={.spec.template.spec.containers[*].image}';
      const deployment = 'patch deploy payment-service';
      await run(
        `${deployment} --type=json -p [{"op":"replace","path":"/spec/replicas","value":4}]`,
      );
      await run(`${deployment} --type=merge -p {"metadata":{"annotations":{"a":"b"}}}`);
      const side = '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"s:1"}]}}}}';
      await run(`${deployment} -p ${side}`);
      expect((await run(image)).split(' ').sort()).toEqual(['images.example/node:20', 's:1']);
      await run('set image deployment/payment-service side=s:2');
      expect(await run(image)).toContain('s:2');
      expect(await run('label deploy payment-service x=y')).toContain('labeled');
      expect(await run('get deploy -l x=y -o name')).toContain('payment-service');
      expect(await run('annotate deploy payment-service a-')).toContain('annotat');
      await expect(
        run(`${deployment} --type=json -p [{"op":"remove","path":"/nowhere"}]`),
      ).rejects.toThrow();
    });

    test('patches a subresource', async () => {
      const { run } = await withDeployment('subresource');
      const command =
        'patch deploy payment-service --subresource=scale --type=merge -p {"spec":{"replicas":2}}';
      expect(await run(command)).toContain('patched');
      expect(await run('get deploy payment-service -o jsonpath={.spec.replicas}')).toBe('2');
    });

    test('scales, and waits', async () => {
      const { run } = await withDeployment('scale');
      expect(await run('scale deploy payment-service --replicas=1')).toContain('scaled');
      expect(await run('rollout status deploy/payment-service --timeout=20s')).toContain(
        'successfully rolled out',
      );
      expect(
        await run('wait deploy/payment-service --for=condition=Available --timeout=20s'),
      ).toContain('condition met');
    });

    test('rolls out, back, pauses and restarts', async () => {
      const { run } = await withDeployment('rollout');
      const deployment = 'deployment/payment-service';
      const status = () => run(`rollout status ${deployment} --timeout=30s`);
      await run(`set image ${deployment} app=images.example/node:21`);
      expect(await status()).toContain('successfully rolled out');
      expect(flat(await run(`rollout history ${deployment}`))).toMatch(
        /REVISION CHANGE-CAUSE\n1 <none>\n2 <none>/,
      );
      expect(await run(`rollout undo ${deployment}`)).toContain('rolled back');
      expect(await status()).toContain('successfully rolled out');
      expect(
        await run(`get ${deployment} -o jsonpath={.spec.template.spec.containers[0].image}`),
      ).toBe('images.example/node:20');
      expect(await run(`rollout pause ${deployment}`)).toContain('paused');
      expect(await run(`rollout resume ${deployment}`)).toContain('resumed');
      expect(await run(`rollout restart ${deployment}`)).toContain('restarted');
      expect(await status()).toContain('successfully rolled out');
    });

    test('watches', async () => {
      const { run, namespace } = await withDeployment('watch');
      const watchesDeployments = cluster.watched('deployments', namespace);
      const watched = run('get deploy -w --request-timeout=4s');
      await watchesDeployments;
      await run('scale deploy payment-service --replicas=1');
      expect(flat(await watched)).toMatch(
        /payment-service 3\/3 3 3 .*\n(.*\n)*payment-service 1\/1 1 1 /,
      );
      const watchesPods = cluster.watched('pods', namespace);
      const waited = run('wait pods -l app=payment-service --for=delete --timeout=30s');
      await watchesPods;
      await run('delete deploy payment-service');
      expect(await waited).toContain('condition met');
    });

    test('shows logs', async () => {
      const { run } = await withDeployment('logs');
      expect(await run('logs deploy/payment-service --tail=5')).toBe('listening\nready\n');
      expect(await run('logs -l app=payment-service --tail=1')).toBe('ready\n'.repeat(3));
      expect(await run('logs deploy/payment-service -f')).toBe('listening\nready\n');
      expect(await run('logs deploy/payment-service --timestamps --tail=1')).toMatch(
        /^\d{4}-\S+Z ready\n$/,
      );
      await expect(run('logs deploy/payment-service -c nobody')).rejects.toThrow('nobody');
    });

    test('makes a Job from a CronJob', async () => {
      const { run } = await inNamespace('job');
      await run('apply -f -', CRON_JOB);
      expect(flat(await run('get cronjobs'))).toMatch(/recover 0 0 1 1 \* <none> False 0 <none>/);
      expect(await run('create job once --from=cronjob/recover')).toBe('job.batch/once created\n');
      expect(await run('wait job/once --for=condition=Complete --timeout=20s')).toContain(
        'condition met',
      );
      expect(flat(await run('get jobs'))).toMatch(/once Complete 1\/1/);
      expect(await run('get job once -o jsonpath={.metadata.ownerReferences[0].name}')).toBe(
        'recover',
      );
    });

    test('creates a PipelineRun in the older version and reads it in the newer one', async () => {
      const { run } = await inNamespace('tekton');
      expect(await run('create -f -', PIPELINE_RUN)).toContain(
        'pipelinerun.tekton.dev/deploy-payment-service created',
      );
      expect(flat(await run('get pipelineruns'))).toMatch(
        /NAME SUCCEEDED REASON STARTTIME COMPLETIONTIME\ndeploy-payment-service/,
      );
      expect(await run('get pipelinerun deploy-payment-service -o jsonpath={.apiVersion}')).toBe(
        'tekton.dev/v1',
      );
      await expect(run('create -f -', PIPELINE_RUN)).rejects.toThrow('already exists');
    });

    test('creates what it has commands for', async () => {
      const { run } = await inNamespace('create');
      expect(await run('create configmap c --from-literal=a=b')).toContain('created');
      expect(await run('get cm c -o jsonpath={.data.a}')).toBe('b');
      expect(await run('create secret generic s --from-literal=a=b')).toContain('created');
      expect(await run('get secret s -o jsonpath={.data.a}')).toBe('Yg==');
      expect(await run('create deployment d --image=images.example/node:20')).toContain('created');
      expect(await run('expose deployment d --port=80')).toContain('exposed');
      expect(await run('autoscale deployment d --max=3')).toContain('autoscaled');
      expect(await run('run p --image=images.example/node:20 --restart=Never')).toContain(
        'created',
      );
      expect(await run('delete pod p --now')).toContain('deleted');
    });

    test('asks what somebody may do', async () => {
      const { run, namespace } = await inNamespace('access');
      await run('create serviceaccount deployer');
      await run('create role r --verb=get,list --resource=deployments.apps');
      await run(`create rolebinding b --role=r --serviceaccount=${namespace}:deployer`);
      const as = `--as=system:serviceaccount:${namespace}:deployer`;
      expect(await run(`auth can-i list deployments ${as}`)).toBe('yes\n');
      await expect(run(`auth can-i delete deployments ${as}`)).rejects.toThrow();
      expect(flat(await run(`auth can-i --list ${as}`))).toContain(
        'deployments.apps [] [] [get list]',
      );
      expect(await run(`get deploy ${as}`)).toBe('');
      await expect(run(`get pods ${as}`)).rejects.toThrow(
        `pods is forbidden: User "system:serviceaccount:${namespace}:deployer" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
      );
    });

    test('deletes, down to the last pod, and a namespace with all that is in it', async () => {
      const { run, namespace } = await withDeployment('delete');
      expect(await run('delete deploy payment-service --cascade=foreground')).toContain('deleted');
      expect(await run('get deploy,rs,pods')).toBe('');
      await run('apply -f -', DEPLOYMENT);
      expect(
        await cluster.run(kubectl, ['delete', 'namespace', namespace, '--timeout=30s']),
      ).toContain('deleted');
      await expect(cluster.run(kubectl, ['get', 'namespace', namespace])).rejects.toThrow(
        'not found',
      );
    });
  });
}
