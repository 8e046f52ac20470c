/** How many connections a pod holds open, from its own metrics. */
import type { Sample } from './sample.ts';

/** Gauges that servers have, in the order in which they are looked for. */
const GAUGES = [
  'http_connections_open',
  'tomcat_connections_current_connections', // Micrometer
  'jetty_connections_current_connections', // Micrometer
] as const;

export interface OpenConnections {
  readonly count: number;
  readonly gauge: string;
}

/**
 * Less the one over which the pod was asked. Undefined where the page has no such gauge, or not the
 * one that is `wanted`.
 */
export function openConnections(
  samples: readonly Sample[],
  wanted: string | undefined,
): OpenConnections | undefined {
  for (const gauge of wanted === undefined ? GAUGES : [wanted]) {
    const told = samples.filter(({ name }) => name === gauge);
    if (told.length === 0) continue;
    const open = told.reduce((sum, { value }) => sum + value, 0);
    return { count: Math.max(0, open - 1), gauge };
  }
  return undefined;
}
