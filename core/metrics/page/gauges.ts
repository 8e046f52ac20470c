/**
 * Gauges of a metrics page by names of our own: memory, processor time, the database pool, circuit
 * breakers, and whatever the config names. Keys are flat, so that they pass through JSON as they are.
 */
import type { Sample } from './sample.ts';

export const MEMORY_BYTES = 'memory_bytes';
export const CPU_SECONDS = 'cpu_seconds';
export const DB_POOL_USAGE = 'db_pool_usage';

/** `breaker/<name>/open` is 1 while it is open; the rates are fractions. */
export const BREAKER_GAUGES = ['open', 'failure_rate', 'slow_call_rate'] as const;

export type BreakerGauge = (typeof BREAKER_GAUGES)[number];

export function breakerKey(name: string, gauge: BreakerGauge): string {
  return `breaker/${name}/${gauge}`;
}

/** `metric/<name>`: one that the config asks for by its name on the page. */
export function customKey(name: string): string {
  return `metric/${name}`;
}

const BREAKER_STATES = ['resilience4j_circuitbreaker_state', 'circuit_breaker_state'] as const;
/** Percentages, -1 while too few calls were made. */
const BREAKER_RATES: Readonly<Record<string, BreakerGauge>> = {
  resilience4j_circuitbreaker_failure_rate: 'failure_rate',
  circuit_breaker_failure_rate: 'failure_rate',
  resilience4j_circuitbreaker_slow_call_rate: 'slow_call_rate',
  circuit_breaker_slow_call_rate: 'slow_call_rate',
};
/** Connections in use and the most there may be, as HikariCP and database/sql tell them. */
const POOLS = [
  ['hikaricp_connections_active', 'hikaricp_connections_max'],
  ['jdbc_connections_active', 'jdbc_connections_max'],
  ['go_sql_in_use_connections', 'go_sql_max_open_connections'],
  ['db_pool_connections_active', 'db_pool_connections_max'],
] as const;

export function pageGauges(
  samples: readonly Sample[],
  custom: readonly string[],
): Record<string, number> {
  const total = (name: string): number | undefined => {
    const found = samples.filter((sample) => sample.name === name);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  };
  const gauges: Record<string, number | undefined> = {
    [MEMORY_BYTES]: total('process_resident_memory_bytes') ?? total('jvm_memory_used_bytes'),
    [CPU_SECONDS]: total('process_cpu_seconds_total'),
    [DB_POOL_USAGE]: poolUsage(total),
    ...breakers(samples),
    ...Object.fromEntries(custom.map((name) => [customKey(name), total(name)])),
  };
  return Object.fromEntries(
    Object.entries(gauges).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

function poolUsage(total: (name: string) => number | undefined): number | undefined {
  for (const [active, most] of POOLS) {
    const limit = total(most);
    const used = total(active);
    if (used !== undefined && limit !== undefined && limit > 0) return used / limit;
  }
  return undefined;
}

function breakers(samples: readonly Sample[]): Record<string, number> {
  const gauges: Record<string, number> = {};
  for (const { name, labels, value } of samples) {
    const breaker = labels.name;
    if (breaker === undefined) continue;
    if (BREAKER_STATES.some((known) => known === name)) {
      const key = breakerKey(breaker, 'open');
      const open = (labels.state === 'open' || labels.state === 'forced_open') && value > 0;
      gauges[key] = Math.max(gauges[key] ?? 0, open ? 1 : 0);
    }
    const rate = BREAKER_RATES[name];
    if (rate && value >= 0) gauges[breakerKey(breaker, rate)] = value / 100;
  }
  return gauges;
}
