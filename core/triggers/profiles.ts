import type { ProfileName } from './trigger.ts';
import type { TriggerConfig } from './trigger-config.ts';

const warn = 'warn';

/** What holds for every service: its pods stay. */
const HEALTH: readonly TriggerConfig[] = [
  { health: 'readiness', maxUnready: '50%', failureThreshold: 1 },
  { health: 'restarts', restarts: 3, window: '5m' },
];

export const PROFILE_TRIGGERS: Readonly<Record<ProfileName, readonly TriggerConfig[]>> = {
  standard: [
    { metric: 'error_rate', value: '10%', severity: warn },
    { metric: 'error_rate', value: '20%' },
    { metric: 'latency_p99', value: '5s', severity: warn },
    { metric: 'latency_p99', value: '10s' },
    { metric: 'throughput', operator: 'lt', value: 500, severity: warn, duration: '30s' },
    { metric: 'cpu_usage', value: '80%', severity: warn, duration: '30s' },
    { metric: 'cpu_usage', value: '95%', duration: '30s' },
    { metric: 'memory_usage', value: '85%', severity: warn },
    ...HEALTH,
  ],
  critical: [
    { metric: 'error_rate', value: '1%', severity: warn, window: '5m' },
    { metric: 'error_rate', value: '5%', duration: '2m' },
    { metric: 'error_rate', value: '10%' },
    { metric: 'latency_p95', value: '200ms', severity: warn, window: '5m' },
    { metric: 'latency_p95', value: '500ms', duration: '5m' },
    { metric: 'latency_p95', relativeToStable: '2x', duration: '30s' },
    {
      metric: 'throughput',
      operator: 'lt',
      relativeToStable: '0.9x',
      severity: warn,
      window: '5m',
    },
    { metric: 'cpu_usage', value: '80%', severity: warn, duration: '30s' },
    { metric: 'cpu_usage', value: '95%', duration: '30s' },
    { metric: 'memory_usage', value: '85%', severity: warn },
    { metric: 'db_pool_usage', value: '80%', severity: warn, duration: '1m' },
    ...HEALTH,
  ],
};
