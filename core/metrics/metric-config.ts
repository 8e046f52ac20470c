/** What a user writes under `analysis.metrics`. */
import type { Severity } from '../base/schema-types.ts';

export interface MetricConfig {
  name: string;
  provider: 'pods' | 'prometheus' | 'http-json';
  series?: string;
  query?: string;
  range?: string;
  url?: string;
  path?: string;
  tokenFile?: string;
  caFile?: string;
  max?: number;
  min?: number;
  relativeToStable?: string | number;
  severity?: Severity;
  interval?: string;
  initialDelay?: string;
  count?: number;
  successCondition?: string;
  failureCondition?: string;
  failureLimit?: number;
  inconclusiveLimit?: number;
  consecutiveErrorLimit?: number;
}
