/** The key `preflight`: what is looked at before a release, and what is mended. */

import type { ConfigIssue } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { LIST } from '../../base/schema-types.ts';
import { isTwoSided, type StrategyName } from '../../base/vocabulary.ts';
import { ASKED } from './before/asked.ts';

const DRAIN_PROBES = ['off', 'report', 'require'] as const;
export type DrainProbe = (typeof DRAIN_PROBES)[number];

export const PREFLIGHT = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...ASKED,
    drainProbe: {
      enum: DRAIN_PROBES,
      description:
        'One candidate pod is ended under a kept-alive connection before it gets traffic: what its client sees is reported, or required to be no error. Default report.',
    },
    harden: {
      type: 'boolean',
      description:
        'Gives the candidate the preStop sleep and the grace period that it lacks. Default false.',
    },
    ignore: {
      ...LIST,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['check', 'reason'],
        properties: {
          check: { type: 'string' },
          reason: { type: 'string', minLength: 1 },
          expires: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
        },
      },
    },
  },
} as const;

type PreflightConfig = FromSchema<typeof PREFLIGHT>;

export interface PreflightSettings {
  readonly drainProbe: DrainProbe;
  readonly harden: boolean;
}

export interface IgnoredCheck {
  readonly check: string;
  readonly reason: string;
  readonly expires: string | undefined;
}

export function resolvePreflight(written: PreflightConfig = {}): PreflightSettings {
  return { drainProbe: written.drainProbe ?? 'report', harden: written.harden ?? false };
}

export function ignoredChecks({ ignore = [] }: PreflightConfig = {}): IgnoredCheck[] {
  return ignore.map(({ check, reason, expires }) => ({ check, reason, expires }));
}

export function preflightIssues(
  { drainProbe }: PreflightSettings,
  strategy: StrategyName,
): ConfigIssue[] {
  if (isTwoSided({ strategy }) || drainProbe !== 'require') return [];
  const message = 'cannot be required of rolling: its pods get traffic as soon as they are ready';
  return [{ path: '/preflight/drainProbe', message }];
}
