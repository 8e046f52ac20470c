import { describe, expect, test } from '@jest/globals';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import { contradictions, type Params, resolveSettings } from '../../../core/config/settings.ts';

const PARAMS: Params = {
  service: 'payment-service',
  namespace: 'default',
  imageTag: 'v2',
  imageRepository: '',
  strategy: '',
};
const HEAD = { apiVersion: 'release.zero-downtime.dev/v1', kind: 'ReleaseConfig' } as const;

describe('what is written and what is used', () => {
  test('four params are enough: everything else has a safe default', () => {
    expect(resolveSettings(PARAMS)).toMatchObject({
      strategy: 'rolling',
      rolling: { maxSurge: '25%', monitoringMs: 300_000 },
      blueGreen: { monitoringMs: 300_000, mode: { kind: 'instant' } },
      previewService: 'payment-service-preview',
      traffic: { router: 'service' },
      drain: { hook: undefined, minMs: 5_000, maxMs: 60_000 },
      triggers: [
        {
          metric: 'error_rate',
          limit: { kind: 'value', value: 0.1 },
          durationMs: 3_000,
          minRequests: 20,
        },
        { metric: 'error_rate_4xx', severity: 'warn', limit: { kind: 'relative', factor: 2 } },
      ],
      limits: { maxMs: 2_100_000, readyMs: 600_000 },
      smoke: [],
      notifications: [],
    });
    expect(contradictions(resolveSettings(PARAMS))).toEqual([]);
  });

  test('a param wins over the config, the config over the default', () => {
    const config: ReleaseConfig = { ...HEAD, strategy: { type: 'blue-green' } };
    expect(resolveSettings(PARAMS, config).strategy).toBe('blue-green');
    expect(resolveSettings({ ...PARAMS, strategy: 'rolling' }, config).strategy).toBe('rolling');
    const image: ReleaseConfig = { ...HEAD, image: { repository: 'r/a' } };
    expect(resolveSettings(PARAMS, image).image.repository).toBe('r/a');
    expect(resolveSettings({ ...PARAMS, imageRepository: 'r/b' }, image).image.repository).toBe(
      'r/b',
    );
  });

  test('settings that contradict each other are found', () => {
    const config: ReleaseConfig = {
      ...HEAD,
      strategy: { type: 'blue-green', blueGreen: { monitoring: '2h' } },
      drain: { minDuration: '90s' },
      limits: { maxDuration: '10m', readyTimeout: '10m' },
    };
    expect(contradictions(resolveSettings(PARAMS, config)).map(({ path }) => path)).toEqual([
      '/drain/maxDuration',
      '/limits/readyTimeout',
      '/strategy/blueGreen/monitoring',
    ]);
  });
});
