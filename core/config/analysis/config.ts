/** What a user writes under `analysis` and `rollback`. */
import type { JudgeName } from '../../judge/judge.ts';
import type { MetricConfig } from '../../metrics/metric-config.ts';
import type { PresetName } from '../../metrics/prometheus/presets.ts';
import type { ProfileName } from '../../triggers/trigger.ts';

export interface AnalysisConfig {
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
  metrics?: MetricConfig[];
  insufficientData?: { hold?: string; then?: 'promote' | 'rollback'; unexplained?: string };
  unmeasurableLimit?: string;
}
