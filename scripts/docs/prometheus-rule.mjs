// manifests/monitoring/prometheus-rule.yaml: the plain rules as an object of the Prometheus Operator's.
import { parse, stringify } from 'yaml';
import { read } from './source.mjs';

export function prometheusRule() {
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'zero-downtime-deployment' },
    spec: parse(read('manifests/monitoring/rules.yaml')),
  };
  return `# Made from rules.yaml by npm run docs.\n${stringify(rule, { lineWidth: 0 })}`;
}
