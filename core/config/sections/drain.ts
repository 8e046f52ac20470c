/** The key `drain`: how old pods are let go. */

import type { ConfigIssue } from '../../base/config-issue.ts';
import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { DURATION, METHOD, type Method, PATH, PORT } from '../../base/schema-types.ts';

export const DRAIN = {
  type: 'object',
  additionalProperties: false,
  properties: {
    hook: {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      properties: {
        port: { ...PORT, description: 'Default: the port the Service sends to.' },
        path: PATH,
        method: { ...METHOD, description: 'Default POST.' },
      },
      description: 'Called on each old pod once no new connection can reach it.',
    },
    minDuration: {
      ...DURATION,
      description:
        'How long a change of endpoints is given to reach every proxy where nothing else shows that it did. Default 5s.',
    },
    maxDuration: {
      ...DURATION,
      description: 'When old pods are let go although requests still reach them. Default 60s.',
    },
    connectionsMetric: {
      type: 'string',
      pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$',
      description:
        "The gauge on the pods' metrics page that counts open connections. Default: one that is known.",
    },
    longestRequest: {
      ...DURATION,
      description:
        'How long the longest request takes: what a pod needs after preStop. Default 5s.',
    },
    confirm: {
      type: 'object',
      additionalProperties: false,
      required: ['header'],
      properties: {
        header: {
          type: 'string',
          pattern: '^[A-Za-z0-9-]+$',
          description: 'A response header whose value differs between two versions.',
        },
        path: { ...PATH, description: 'Default: the readiness path.' },
      },
      description: 'How an answer tells which revision gave it.',
    },
  },
} as const;

type DrainConfig = FromSchema<typeof DRAIN>;

export interface DrainSettings {
  readonly hook:
    | { readonly port: number | undefined; readonly path: string; readonly method: Method }
    | undefined;
  readonly minMs: number;
  readonly maxMs: number;
  readonly longestRequestMs: number;
  readonly connectionsMetric: string | undefined;
  readonly confirm: { readonly header: string; readonly path: string | undefined } | undefined;
}

export function resolveDrain({
  hook,
  confirm,
  connectionsMetric,
  ...times
}: DrainConfig = {}): DrainSettings {
  return {
    hook: hook && { port: hook.port, path: hook.path, method: hook.method ?? 'POST' },
    minMs: durationMs(times.minDuration, '5s'),
    maxMs: durationMs(times.maxDuration, '60s'),
    connectionsMetric,
    longestRequestMs: durationMs(times.longestRequest, '5s'),
    confirm: confirm && { header: confirm.header, path: confirm.path },
  };
}

export function drainIssues({ minMs, maxMs }: DrainSettings): ConfigIssue[] {
  if (maxMs >= minMs) return [];
  return [{ path: '/drain/maxDuration', message: 'is shorter than drain.minDuration' }];
}
