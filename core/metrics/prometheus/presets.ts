/**
 * Query sets for Prometheus by who counts the requests. Each asks for plain counters, not for rates:
 * what they grew by between two answers is a window of whole requests, and a reset is seen as one.
 */
export const PRESETS = ['http', 'spring', 'istio', 'gateway-api'] as const;
export type PresetName = (typeof PRESETS)[number];

export interface Preset {
  readonly requests: string;
  /** Selects server errors among the requests; alternatives, of which each page has one. */
  readonly errors: readonly string[];
  readonly buckets: string;
  readonly unitsPerSecond: 1 | 1000;
  /** The label whose values count on their own. */
  readonly by: string;
  /** What selects a side, where the config says nothing else; {{pods}} and {{backend}} are filled in. */
  readonly side: string;
  /** Labels that may tell the path: probes and scrapes are left out by them. */
  readonly paths: readonly string[];
  /** Whether they see who asks the Service itself, as the prober does, and not only a gateway's clients. */
  readonly seesProber: boolean;
}

export const PRESET_QUERIES: Readonly<Record<PresetName, Preset>> = {
  http: {
    requests: 'http_requests_total',
    errors: ['status', 'code', 'status_code'].map(
      (label) => `http_requests_total{${label}=~"5.."}`,
    ),
    buckets: 'http_request_duration_seconds_bucket',
    unitsPerSecond: 1,
    by: 'pod',
    side: 'pod=~"{{pods}}"',
    paths: ['path', 'handler', 'route', 'url'],
    seesProber: true,
  },
  spring: {
    requests: 'http_server_requests_seconds_count',
    errors: ['http_server_requests_seconds_count{status=~"5.."}'],
    buckets: 'http_server_requests_seconds_bucket',
    unitsPerSecond: 1,
    by: 'pod',
    side: 'pod=~"{{pods}}"',
    paths: ['uri'],
    seesProber: true,
  },
  istio: {
    // The destination's proxy counts each request once, and says which pod it was for.
    requests: 'istio_requests_total{reporter="destination"}',
    errors: ['istio_requests_total{reporter="destination",response_code=~"5.."}'],
    buckets: 'istio_request_duration_milliseconds_bucket{reporter="destination"}',
    unitsPerSecond: 1000,
    by: 'pod',
    side: 'pod=~"{{pods}}"',
    paths: [],
    seesProber: true,
  },
  'gateway-api': {
    // Envoy counts by upstream cluster. Gateways name it after the Service that the route leads to:
    // Contour `shop/pay/8080/1a2b`, kgateway `kube_shop_pay_8080`, Cilium `…/shop:pay:8080`, Istio
    // `outbound|8080||pay.shop.svc.cluster.local`. Those that name it otherwise need selectors.
    requests: 'envoy_cluster_upstream_rq_xx',
    errors: ['envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}'],
    buckets: 'envoy_cluster_upstream_rq_time_bucket',
    unitsPerSecond: 1000,
    by: 'envoy_cluster_name',
    side: 'envoy_cluster_name=~"(.*[/_:|])?{{backend}}([/_:.].*)?"',
    paths: [],
    seesProber: false,
  },
};
