// A cluster to install into, and what a person would say at its prompt.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Cluster, startCluster } from '../../embedded-cluster/cluster/cluster.ts';
import { exampleImages, stageImages } from '../../embedded-cluster/cluster/images.ts';
import { ROOT } from '../e2e/support/world.ts';

export const yamlOf = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'));

export interface Prompt {
  readonly cluster: Cluster;
  /** Fails where the program does, with what it said. */
  run(
    program: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<string>;
  end(): Promise<void>;
}

export async function openPrompt(): Promise<Prompt> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const cluster = await startCluster({
    images: [...stageImages(ROOT, version), ...exampleImages(ROOT)],
    entrypoint: join(ROOT, 'dist/embedded-cluster/tekton/entrypoint.mjs'),
  });
  const home = mkdtempSync(join(tmpdir(), 'install-'));
  addContextToNowhere(cluster);
  return {
    cluster,
    run: (program, args, environment = {}, input = '') => {
      const { PATH } = process.env;
      const env = { PATH, HOME: home, KUBECONFIG: cluster.kubeconfig, ...environment };
      return new Promise((resolve, reject) => {
        const child = execFile(program, args, { env, timeout: 90_000 }, (error, stdout, stderr) => {
          if (error) reject(new Error(`${args.join(' ')}: ${stderr || stdout || error.message}`));
          else resolve(stdout);
        });
        child.stdin?.end(input);
      });
    },
    end: async () => {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Beside the cluster's own context, `gone`: nobody listens there. */
function addContextToNowhere({ kubeconfig }: Cluster): void {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  config.clusters.push({ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } });
  config.contexts.push({ name: 'gone', context: { cluster: 'gone', user: config.users[0].name } });
  writeFileSync(kubeconfig, stringify(config));
}
