// manifests/monitoring/dashboards: Grafana's JSON (schema 39, Grafana 11), each panel a title, a unit and its queries.
const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const OF = 'namespace=~"$namespace", service=~"$service"';

/** By file: a title, what the variables choose from, and panels of [title, unit, ...[legend, query]]. */
const DASHBOARDS = {
  delivery: {
    title: 'Delivery',
    from: 'deployment_total',
    panels: [
      ['Promoted releases a day', 'short', ['{{service}}', `deployment_frequency{${OF}}`]],
      [
        'Change failure ratio',
        'percentunit',
        ['{{service}}', `deployment_change_failure_ratio{${OF}}`],
      ],
      ['Time to restore', 's', ['{{service}}', `deployment_time_to_restore_seconds{${OF}}`]],
      [
        'Releases by outcome',
        'short',
        ['{{outcome}}', `sum by (outcome) (deployment_total{${OF}})`],
      ],
      [
        'Rollbacks by reason',
        'short',
        ['{{reason}}', `sum by (reason) (deployment_rollback_total{${OF}})`],
      ],
    ],
  },
  'deployment-status': {
    title: 'Deployment status',
    from: 'deployment_last_end_timestamp_seconds',
    panels: [
      [
        'Since the last release',
        's',
        ['{{service}} {{outcome}}', `time() - deployment_last_end_timestamp_seconds{${OF}}`],
      ],
      [
        'How long it took',
        's',
        ['{{service}} {{strategy}}', `deployment_rollout_duration_seconds{${OF}}`],
      ],
      [
        'Ready pods by version',
        'short',
        ['{{service}} {{version}}', `deployment_replica_ready_count{${OF}}`],
      ],
      [
        'Requests lost by releases',
        'short',
        ['{{service}}', `deployment_failed_requests_total{${OF}}`],
      ],
    ],
  },
  'service-health': {
    title: 'Service health',
    from: 'service_availability_percentage',
    panels: [
      ['Availability', 'percent', ['{{service}}', `service_availability_percentage{${OF}}`]],
      ['Errors', 'percentunit', ['{{service}}', `service_error_rate{${OF}}`]],
      ['95% are answered within', 's', ['{{service}}', `service_response_time_p95{${OF}}`]],
    ],
  },
  'traffic-flow': {
    title: 'Traffic flow',
    from: 'http_requests_total',
    panels: [
      [
        'Requests a second',
        'reqps',
        ['{{service}}', `sum by (namespace, service) (rate(http_requests_total{${OF}}[5m]))`],
      ],
      [
        'By status',
        'reqps',
        ['{{status}}', `sum by (status) (rate(http_requests_total{${OF}}[5m]))`],
      ],
      ['By pod', 'reqps', ['{{pod}}', `sum by (pod) (rate(http_requests_total{${OF}}[5m]))`]],
    ],
  },
  'circuit-breakers': {
    title: 'Circuit breakers',
    from: undefined,
    panels: [
      ['Open', 'short', ['{{name}}', 'circuit_breaker_state{state="open"}']],
      ['Failures', 'percent', ['{{name}}', 'circuit_breaker_failure_rate']],
      ['Slow calls', 'percent', ['{{name}}', 'circuit_breaker_slow_call_rate']],
    ],
  },
};

/** Each by its path. */
export function dashboards() {
  return Object.fromEntries(
    Object.entries(DASHBOARDS).map(([name, { title, from, panels }]) => [
      `manifests/monitoring/dashboards/${name}.json`,
      `${JSON.stringify(dashboard(name, title, from, panels), null, 2)}\n`,
    ]),
  );
}

function dashboard(name, title, from, panels) {
  return {
    uid: `zero-downtime-${name}`,
    title: `Releases: ${title}`,
    tags: ['zero-downtime-deployment'],
    schemaVersion: 39,
    refresh: '1m',
    time: { from: 'now-30d', to: 'now' },
    annotations: { list: [DEPLOYMENTS] },
    templating: { list: [SOURCE, ...(from === undefined ? [] : variables(from))] },
    panels: panels.map(panel),
  };
}

function panel([title, unit, ...targets], at) {
  return {
    id: at + 1,
    type: 'timeseries',
    title,
    datasource: DATASOURCE,
    gridPos: { x: (at % 2) * 12, y: Math.floor(at / 2) * 8, w: 12, h: 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: targets.map(([legendFormat, expr], nth) => ({
      refId: String.fromCharCode(65 + nth),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}

const SOURCE = { name: 'datasource', type: 'datasource', query: 'prometheus' };

function variables(metric) {
  const variable = (name, query) => ({
    name,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    refresh: 2,
  });
  return [
    variable('namespace', `label_values(${metric}, namespace)`),
    variable('service', `label_values(${metric}{namespace=~"$namespace"}, service)`),
  ];
}

/** What the channel `grafana` writes. */
const DEPLOYMENTS = {
  name: 'Deployments',
  enable: true,
  iconColor: 'blue',
  datasource: { type: 'grafana', uid: '-- Grafana --' },
  target: { type: 'tags', tags: ['deployment'], matchAny: true, limit: 100 },
};
