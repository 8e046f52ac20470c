/**
 * A real Prometheus in the embedded cluster: it is told of pods by HTTP, since Debian's is built
 * without Kubernetes' own discovery, and scrapes their own pages, their sidecars' and the gateways'.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import { type RunningPrometheus, runPrometheus } from '../../support/prometheus.ts';
import { until } from './until.ts';
import type { E2eWorld } from './world.ts';

/** As it is in `http_sd_configs`. */
interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A dozen pages: a small machine has other things to do meanwhile. */
const SCRAPE_MS = 500;

/** `gateways`: those of the namespace `default` that are scraped. */
export async function startPrometheus(
  world: E2eWorld,
  binary: string,
  gateways: readonly string[],
): Promise<RunningPrometheus> {
  const { cluster } = world;
  const mesh = await until('the mesh tells its metrics', cluster.meshMetricsAddress);
  const jobs: Readonly<Record<string, () => Target[]>> = {
    pods: () => annotated(world, (ip, port) => ({ address: `${ip}:${port}`, path: '/metrics' })),
    sidecars: () =>
      annotated(world, (_ip, _port, pod) => ({ address: mesh, path: `/sidecars/default/${pod}` })),
  };
  const discovery = createServer(({ url = '/' }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(jobs[url.slice(1)]?.() ?? []));
  });
  await new Promise<void>((listening) => discovery.listen(0, '127.0.0.1', listening));
  const { port } = discovery.address() as AddressInfo; // it listens on a port
  const scraped = [
    ...Object.keys(jobs).map((job) => ({
      job_name: job,
      http_sd_configs: [{ url: `http://127.0.0.1:${port}/${job}`, refresh_interval: '2s' }],
    })),
    ...gateways.map((gateway) => ({
      job_name: `gateway-${gateway}`,
      metrics_path: `/gateways/default/${gateway}`,
      static_configs: [{ targets: [mesh] }],
    })),
  ];
  const prometheus = await runPrometheus(binary, scraped, SCRAPE_MS);
  return {
    ...prometheus,
    stop: async () => {
      await prometheus.stop();
      discovery.closeAllConnections();
      await new Promise((closed) => discovery.close(closed));
    },
  };
}

/** Every pod that runs and asks to be scraped. */
function annotated(
  { cluster }: E2eWorld,
  where: (ip: string, port: string, pod: string) => { address: string; path: string },
): Target[] {
  return pods(cluster.world)
    .list('default')
    .flatMap(({ metadata, status }) => {
      const { annotations = {}, name } = metadata;
      const port = annotations['prometheus.io/port'];
      if (port === undefined || !status?.podIP || status.phase !== 'Running') return [];
      const { address, path } = where(status.podIP, port, name);
      return [{ targets: [address], labels: { pod: name, __metrics_path__: path } }];
    });
}
