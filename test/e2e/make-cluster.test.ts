// `make cluster` as a person uses it: started as a program, spoken to with the kubectl of this
// machine, in the order in which one would try things. Everything in it is a real process.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findKubectls } from '../../embedded-cluster/test/kubectl/support.ts';
import { ROOT } from './support/world.ts';

const STARTS_WITHIN_MS = 30_000;

let cluster: ChildProcess;
let kubeconfig: string;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'make-cluster-'));
  cluster = spawn(process.execPath, ['dist/embedded-cluster/cluster.mjs', '--registry-port=0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  kubeconfig = await new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`not started: ${said}`)), STARTS_WITHIN_MS);
    cluster.stdout?.on('data', (chunk) => {
      said += String(chunk);
      const path = /export KUBECONFIG=(\S+)/.exec(said)?.[1];
      if (!path) return;
      clearTimeout(late);
      resolve(path);
    });
  });
}, 2 * STARTS_WITHIN_MS);

afterAll(async () => {
  const ended = new Promise((resolve) => cluster.once('exit', resolve));
  cluster.kill('SIGINT'); // as Ctrl-C does
  await ended;
  rmSync(home, { recursive: true, force: true });
});

const [kubectl] = findKubectls();
const since = (minor: number) => (kubectl && kubectl.minor >= minor ? test : test.skip);

/** Runs one kubectl command; what it prints is returned also where it fails. */
function run(command: string, timeoutMs = 60_000): Promise<string> {
  const args = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${home}`, ...command.split(' ')];
  return new Promise((resolve) => {
    execFile(
      kubectl?.path ?? '',
      args,
      { cwd: ROOT, timeout: timeoutMs, env: { HOME: home } },
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`.replaceAll(/ +/g, ' ')),
    );
  });
}

describe('make cluster', () => {
  since(0)('has the example running, and shows it in every form', async () => {
    expect(await run('rollout status deployment/payment-service-blue --timeout=40s')).toContain(
      'successfully rolled out',
    );
    expect(await run('get deployments')).toMatch(/payment-service-blue 3\/3 3 3 /);
    expect(await run('get pods -o wide')).toMatch(/1\/1 Running 0 \S+ 127\./);
    expect(await run('get service payment-service -o yaml')).toContain('version: blue');
    expect(await run('describe deployment payment-service-blue')).toContain(
      '3 desired | 3 updated | 3 total | 3 available',
    );
    expect(await run('logs deployment/payment-service-blue --tail=1')).toContain('version=v1.1.0');
    expect(await run('get pods --watch --request-timeout=2s')).toContain('Running');
  });

  since(0)('patches, scales, rolls, undoes and deletes real pods', async () => {
    const deployment = 'deployment/payment-service-blue';
    expect(await run(`scale ${deployment} --replicas=2`)).toContain('scaled');
    expect(
      await run(`patch ${deployment} --type=merge -p {"metadata":{"labels":{"a":"b"}}}`),
    ).toMatch(/patched/);
    const json = '[{"op":"replace","path":"/spec/replicas","value":3}]';
    expect(await run(`patch ${deployment} --type=json -p ${json}`)).toContain('patched');
    const env = '{"name":"payment-service","env":[{"name":"COLOUR","value":"blue"}]}';
    const strategic = `{"spec":{"template":{"spec":{"containers":[${env}]}}}}`;
    expect(await run(`patch ${deployment} -p ${strategic}`)).toContain('patched');
    expect(await run(`rollout status ${deployment} --timeout=50s`)).toContain('rolled out');
    expect(await run(`rollout undo ${deployment}`)).toContain('rolled back');
    expect(await run(`rollout status ${deployment} --timeout=50s`)).toContain('rolled out');
    expect(await run('delete pod -l version=blue --wait=false')).toContain('deleted');
    expect(await run(`rollout status ${deployment} --timeout=50s`)).toContain('rolled out');
  });

  since(0)('grants each stage what it needs and no more', async () => {
    const can = (what: string, stage: string) =>
      run(`auth can-i ${what} --as=system:serviceaccount:default:zero-downtime-${stage}`);
    expect(await can('patch deployments', 'deploy')).toContain('yes');
    expect(await can('patch deployments', 'pre-validation')).toContain('no');
    expect(await can('delete secrets', 'deploy')).toContain('no');
  });

  since(0)('runs the PipelineRun of the example to its end', async () => {
    expect(await run('apply -f examples/payment-service.release-config.yaml')).toContain('created');
    expect(await run('create -f examples/payment-service.pipelinerun.yaml')).toContain('created');
    const waited = await run(
      'wait --for=condition=Succeeded pipelinerun/deploy-payment-service --timeout=80s',
      90_000,
    );
    expect(waited).toContain('condition met');
    expect(await run('get pipelineruns')).toMatch(/deploy-payment-service True Completed /);
    expect(await run('get taskruns')).toMatch(/deploy-payment-service-conclude True Succeeded/);
    expect(await run('get service payment-service -o jsonpath={.spec.selector.version}')).toBe(
      'green',
    );
    expect(await run('logs deploy-payment-service-conclude-pod')).toContain('outcome=promoted');
  });

  since(23)('makes a Job of a CronJob', async () => {
    const command = ['node', '-e', 'console.log(6*7)'];
    const cronJob = `create cronjob answer --image=payment-service:v1.1.0 --schedule=@yearly -- ${command.join(' ')}`;
    expect(await run(cronJob)).toContain('created');
    expect(await run('create job once --from=cronjob/answer')).toContain('created');
    expect(await run('wait --for=condition=complete job/once --timeout=20s')).toContain('met');
    expect(await run('logs job/once')).toBe('42\n');
  });
});
