/**
 * The release config's JSON schema (draft-07): what the steps check, what editors complete from
 * (published as docs/release.schema.json) and what the reference is made of. Formats: `duration` is
 * a Go duration, `share` a percentage such as `5%` or a fraction such as `0.05`, `count-or-share` a
 * whole number or a percentage, `factor` a multiple such as `2x`, `version-range` what npm takes for one.
 */
import type { FromSchema } from '../base/from-schema.ts';
import { SECURITY } from '../security/policy/schema.ts';
import { ANALYSIS } from './sections/analysis.ts';
import { COMPATIBILITY } from './sections/before/compatibility.ts';
import { DRAIN } from './sections/drain.ts';
import { IMAGE } from './sections/image.ts';
import { LIMITS } from './sections/limits.ts';
import { NOTIFICATIONS } from './sections/notifications.ts';
import { PREFLIGHT } from './sections/preflight.ts';
import { PROBER } from './sections/prober.ts';
import { ROLLBACK } from './sections/rollback.ts';
import { SMOKE } from './sections/smoke.ts';
import { MIGRATION } from './sections/stages/migration.ts';
import { STRATEGY } from './sections/strategy.ts';
import { TRAFFIC } from './sections/traffic.ts';
import { WORKLOAD } from './sections/workload.ts';

export const RELEASE_CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://release.zero-downtime.dev/v1/release.schema.json',
  title: 'ReleaseConfig',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: { const: 'release.zero-downtime.dev/v1' },
    kind: { const: 'ReleaseConfig' },
    workload: WORKLOAD,
    image: IMAGE,
    strategy: STRATEGY,
    traffic: TRAFFIC,
    drain: DRAIN,
    preflight: PREFLIGHT,
    compatibility: COMPATIBILITY,
    security: SECURITY,
    prober: PROBER,
    analysis: ANALYSIS,
    rollback: ROLLBACK,
    limits: LIMITS,
    migration: MIGRATION,
    smoke: SMOKE,
    notifications: NOTIFICATIONS,
  },
} as const;

/** What a user writes: every key optional but the two that say what the document is. */
export type ReleaseConfig = FromSchema<typeof RELEASE_CONFIG_SCHEMA>;
