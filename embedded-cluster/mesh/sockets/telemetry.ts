/**
 * What the meshes' proxies have counted of the requests that they carried, by the names under which
 * they tell it: a pod's sidecar as Istio's standard metrics, a gateway as Envoy's cluster statistics.
 * https://istio.io/latest/docs/reference/config/metrics/
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 */
import type { Carried } from './http-proxy.ts';

export interface Telemetry {
  /** Carried to a pod on behalf of a Service: its sidecar has seen whatever reached it. */
  carriedToPod(carried: Carried): void;
  /** Carried by a gateway, `<namespace>/<name>`: Envoy counts its own 503 to the cluster as well. */
  carriedBy(gateway: string, carried: Carried): void;
  /** The page of `sidecars/<namespace>/<pod>` or `gateways/<namespace>/<name>`. */
  page(of: string): string;
}

/** Those of Istio and of Envoy alike, in milliseconds; the longest of all are left out. */
const BUCKETS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

export function createTelemetry(): Telemetry {
  const pages = new Map<string, Map<string, number>>();

  const counterOf = (of: string): ((series: string) => void) => {
    const page = pages.get(of) ?? new Map<string, number>();
    pages.set(of, page);
    return (series) => void page.set(series, (page.get(series) ?? 0) + 1);
  };

  return {
    carriedToPod: ({ route, status, ms, isConnected }) => {
      const { backend, of } = route;
      if (!isConnected || backend.podName === undefined) return;
      const count = counterOf(`sidecars/${of.namespace}/${backend.podName}`);
      const host = `destination_service_name="${of.service}"`;
      const labels = `reporter="destination",${host},response_code="${status}"`;
      count(`istio_requests_total{${labels}}`);
      for (const le of bucketsOf(ms)) {
        count(`istio_request_duration_milliseconds_bucket{${labels},le="${le}"}`);
      }
    },
    carriedBy: (gateway, { route, status, ms }) => {
      const { namespace, service, port } = route.of;
      const count = counterOf(`gateways/${gateway}`);
      const cluster = `envoy_cluster_name="${namespace}/${service}/${port}"`;
      const family = `envoy_response_code_class="${Math.floor(status / 100)}"`;
      count(`envoy_cluster_upstream_rq_xx{${family},${cluster}}`);
      for (const le of bucketsOf(ms)) {
        count(`envoy_cluster_upstream_rq_time_bucket{${cluster},le="${le}"}`);
      }
    },
    page: (of) => [...(pages.get(of) ?? [])].map((line) => `${line.join(' ')}\n`).join(''),
  };
}

/** Every bucket that counts it: each holds all that was as fast or faster. */
function bucketsOf(ms: number): string[] {
  return [...BUCKETS.filter((bound) => ms <= bound).map(String), '+Inf'];
}
