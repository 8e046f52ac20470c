/** A service, the stages as they are built beside it, and what a hostile case may not have come to. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { PODS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { measureStage, type StageRun, type Used } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { type E2eWorld, exampleService, releaseConfig, startWorld } from '../support/world.ts';

export const SECRET = 's3cr3t-canary-0123456789';
export const MIB = 2 ** 20;
const METRICS_PORT = 9464;

export const REQUEST = {
  'release-id': 'run-1',
  service: 'pay',
  namespace: 'default',
  'image-tag': 'v1.2.0',
  strategy: 'blue-green',
};

export const metric = (more: string): string =>
  `analysis: {metrics: [{name: m, provider: http-json, max: 5, ${more}}]}\n`;

export class Paying {
  readonly world: E2eWorld;
  /** Of workspaces: `config`, `secrets`, and beside them a file `token`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'trust-'));
  /** What whoever asks the pods' metrics page is answered. */
  page: RequestListener;
  asked = 0;
  readonly #pages: Server[] = [];
  /** What a stage uses that is told nothing hostile. */
  #usualMs = 0;

  private constructor(world: E2eWorld) {
    this.world = world;
    this.page = harmless;
    for (const name of ['config', 'secrets']) mkdirSync(join(this.folder, name));
    writeFileSync(join(this.folder, 'token'), SECRET);
  }

  static async start(): Promise<Paying> {
    const paying = new Paying(await startWorld());
    const { world } = paying;
    const objects = exampleService(world, { name: 'pay' });
    for (const object of objects) {
      if (object.kind !== 'Deployment') continue;
      const { template } = object.spec as { template: { metadata: { annotations?: object } } };
      template.metadata.annotations = { 'prometheus.io/port': `${METRICS_PORT}` };
    }
    world.apply(...objects);
    await until('pay is ready', () => {
      const status = world.get(DEPLOYMENTS, 'pay-blue')?.status as { readyReplicas?: number };
      return status?.readyReplicas === 2;
    });
    for (const { status } of world.list(PODS)) {
      const { podIP } = status as { podIP: string };
      paying.#pages.push(
        await listening((request, response) => paying.#answer(request, response), podIP),
      );
    }
    paying.#usualMs = (await paying.preValidation({})).cpuMs;
    return paying;
  }

  #answer(...[request, response]: Parameters<RequestListener>): void {
    this.asked += 1;
    this.page(request, response);
  }

  preValidation(options: Readonly<Record<string, string>>): Promise<StageRun & Used> {
    return measureStage(this.world, 'pre-validation', { ...REQUEST, ...options });
  }

  configure(yaml: string): void {
    this.world.apply(releaseConfig('pay', yaml));
  }

  /** As it was before a case. */
  settle(): void {
    this.page = harmless;
    this.configure('');
    rmSync(join(this.folder, 'config', 'release.yaml'), { force: true });
  }

  /** Nothing that is secret, nothing that a terminal obeys, and no more than a stage has. */
  expectHarmless(run: StageRun & Used): void {
    const output = run.stdout + run.stderr;
    expect(output).not.toContain(SECRET);
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(run.stderr).toBe('');
    expect(run.peakMiB).toBeLessThan(128);
    expect(run.cpuMs - this.#usualMs).toBeLessThan(500);
  }

  async stop(): Promise<void> {
    for (const server of this.#pages) server.close();
    rmSync(this.folder, { recursive: true, force: true });
    await this.world.stop();
  }
}

const harmless: RequestListener = (_, response) => {
  response.end('http_requests_total{status="200"} 1\n');
};

async function listening(
  answer: RequestListener,
  address: string,
  port = METRICS_PORT,
): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(port, address, done));
  return server;
}

/** Answers at some port of this machine as long as it is used. */
export async function whileServing<T>(
  answer: RequestListener,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const server = await listening(answer, '127.0.0.1', 0);
  try {
    return await use((server.address() as AddressInfo).port); // of a TCP server
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
