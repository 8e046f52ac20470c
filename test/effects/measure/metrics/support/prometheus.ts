/** A real Prometheus on loopback that scrapes pages which a test has written. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningPrometheus, runPrometheus } from '../../../../support/prometheus.ts';

export interface Scraped extends RunningPrometheus {
  /** What the target answers from now on; undefined: 503. By `<job>/<pod>`. */
  readonly pages: Map<string, string | undefined>;
}

/** Each target is `<job>/<pod>` and scraped several times a second, with a label `pod`. */
export async function startPrometheus(
  binary: string,
  targets: readonly string[],
): Promise<Scraped> {
  const pages = new Map<string, string | undefined>();
  const server = createServer(({ url = '/' }, response) => {
    const page = pages.get(url.slice(1));
    response.writeHead(page === undefined ? 503 : 200, { 'content-type': 'text/plain' });
    response.end(page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const prometheus = await runPrometheus(
    binary,
    targets.map((target) => ({
      job_name: target,
      metrics_path: `/${target}`,
      static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { pod: target.split('/')[1] } }],
    })),
  );
  return {
    ...prometheus,
    pages,
    stop: async () => {
      await prometheus.stop();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
