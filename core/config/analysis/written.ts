/** What a user writes under `analysis` and `rollback`. */
import type { JudgeName } from '../../judge/judge.ts';
import type { PresetName } from '../../metrics/providers/presets.ts';
import type { Operator, ProfileName, Severity } from '../../triggers/trigger.ts';

export interface WrittenMetric {
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

export interface WrittenAnalysis {
  profile?: ProfileName;
  judge?: JudgeName;
  toleratedErrorRate?: string | number;
  drift?: string | number;
  pods?: { port?: number; path?: string; interval?: string };
  traffic?: {
    provider?: 'pods' | 'prometheus';
    preset?: PresetName;
    selectors?: { stable?: string; candidate?: string };
    interval?: string;
  };
  providers?: { prometheus?: { address: string; tokenFile?: string; caFile?: string } };
  metrics?: WrittenMetric[];
  insufficientData?: { hold?: string; then?: 'promote' | 'rollback'; unexplained?: string };
  unmeasurableLimit?: string;
}

export interface WrittenTrigger {
  metric?: string;
  operator?: Operator;
  value?: string | number;
  relativeToStable?: string | number;
  window?: string;
  minRequests?: number;
  health?: 'readiness' | 'restarts';
  maxUnready?: string | number;
  failureThreshold?: number;
  interval?: string;
  restarts?: number;
  errorSpike?: {
    baseline?: string | number;
    increasePercent?: number;
    window?: string;
    minErrors?: number;
  };
  dependency?: {
    name: string;
    circuitBreaker?: string;
    failureRate?: string | number;
    slowCallRate?: string | number;
    url?: string;
  };
  duration?: string;
  cooldown?: string;
  severity?: Severity;
}
