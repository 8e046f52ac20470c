/** Runs a stage's binary as its own service account, outside of any pipeline. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type E2eWorld, ROOT } from './world.ts';

export interface StageRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process has used until its end. */
export interface Used {
  readonly peakMiB: number;
  readonly cpuMs: number;
}

export type Stage =
  | 'pre-validation'
  | 'security-scan'
  | 'database-migration'
  | 'deploy'
  | 'post-validation'
  | 'conclude'
  | 'notification'
  | 'operate'
  | 'recover';

export function runStage(
  world: E2eWorld,
  stage: Stage,
  options: Readonly<Record<string, string>>,
): Promise<StageRun> {
  return run(world, stage, options, {});
}

/** The same, and what it has used. */
export async function measureStage(
  world: E2eWorld,
  stage: Stage,
  options: Readonly<Record<string, string>>,
): Promise<StageRun & Used> {
  const folder = mkdtempSync(join(tmpdir(), 'used-'));
  const USED_FILE = join(folder, 'used.json');
  const NODE_OPTIONS = `--require=${join(import.meta.dirname, 'peak.cjs')}`;
  const ended = await run(world, stage, options, { NODE_OPTIONS, USED_FILE });
  const used: Used = JSON.parse(readFileSync(USED_FILE, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return { ...ended, ...used };
}

function run(
  world: E2eWorld,
  stage: Stage,
  options: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<StageRun> {
  const folder = mkdtempSync(join(tmpdir(), 'stage-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(world, stage));
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, `dist/steps/${stage}/main.cjs`), ...args],
      { env: { KUBECONFIG: kubeconfig, PATH: '', HOME: folder, ...env } },
      (error, stdout, stderr) => {
        rmSync(folder, { recursive: true, force: true });
        resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      },
    );
  });
}

/** The admin's kubeconfig with a token of the stage's account in it. */
function kubeconfigOf({ cluster }: E2eWorld, stage: Stage): string {
  const answer = cluster.front({
    method: 'POST',
    path: `/api/v1/namespaces/default/serviceaccounts/zero-downtime-${stage}/token`,
    headers: { authorization: `Bearer ${cluster.adminToken}`, 'content-type': 'application/json' },
    body: Buffer.from('{}'),
  });
  const { token } = JSON.parse('body' in answer ? String(answer.body) : '{}').status;
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
  return stringify(config);
}
