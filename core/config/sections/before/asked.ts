/** Keys of `preflight` that ask more of a release than that it can succeed: when, and with whom around it. */
import { durationMs } from '../../../base/duration.ts';
import type { WrittenKeys } from '../../../base/from-schema.ts';
import { withOneOf } from '../../../base/schema-parts.ts';
import { DURATION, LIST, NAME } from '../../../base/schema-types.ts';

const REASON = { type: 'string', minLength: 1, maxLength: 200 } as const;
const TIME = { type: 'string', format: 'utc-time', maxLength: 40 } as const;
const PLACE = {
  type: 'string',
  pattern: '^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$',
  description: 'host:port',
} as const;

const FREEZE = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    required: ['reason'],
    properties: {
      schedule: {
        type: 'string',
        format: 'schedule',
        maxLength: 100,
        description: 'When it begins, again and again: five fields of cron, 0 18 * * FRI.',
      },
      timeZone: {
        type: 'string',
        format: 'time-zone',
        maxLength: 64,
        description: 'Of the schedule, such as Europe/Berlin. Default UTC.',
      },
      for: { ...DURATION, description: 'How long each takes. Default 24h.' },
      from: { ...TIME, description: 'When it begins, once: 2026-12-20T00:00:00Z.' },
      until: { ...TIME, description: 'When that ends.' },
      reason: REASON,
    },
    dependencies: { from: ['until'], until: ['from'], timeZone: ['schedule'], for: ['schedule'] },
  } as const,
  ['schedule', 'from'],
);

const DEPENDENCY = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 63 },
      http: { type: 'string', maxLength: 500, description: 'A URL that answers 2xx or 3xx.' },
      tcp: { ...PLACE, description: 'host:port that takes a connection.' },
      grpc: { ...PLACE, description: 'host:port whose health service says SERVING.' },
      timeout: { ...DURATION, description: 'Default 5s.' },
    },
  } as const,
  ['http', 'tcp', 'grpc'],
);

const BACKUP = {
  type: 'object',
  additionalProperties: false,
  required: ['cronJob'],
  properties: {
    cronJob: { ...NAME, description: 'The CronJob of the namespace that makes the backups.' },
    maxAge: { ...DURATION, description: 'How long ago it may have succeeded last. Default 24h.' },
  },
} as const;

const ERROR_BUDGET = {
  type: 'object',
  additionalProperties: false,
  required: ['query', 'least'],
  properties: {
    query: {
      type: 'string',
      minLength: 1,
      maxLength: 2000,
      description: 'PromQL that answers what is left, asked of analysis.providers.prometheus.',
    },
    least: { type: 'number', description: 'Less than this, and nothing is released.' },
  },
} as const;

const CERTIFICATES = {
  type: 'object',
  additionalProperties: false,
  properties: {
    hosts: {
      ...LIST,
      items: PLACE,
      description: 'Further hosts, such as those of an Ingress: shop.example.com:443.',
    },
    warnBefore: { ...DURATION, description: 'How long before the end. Default 336h.' },
  },
} as const;

export const ASKED = {
  freezes: { ...LIST, items: FREEZE, description: 'When nothing is released.' },
  dependencies: {
    ...LIST,
    items: DEPENDENCY,
    description: 'What the service needs to be there: asked before a release.',
  },
  backup: BACKUP,
  maxImageAge: { ...DURATION, description: 'Older images are warned of. Default: none is.' },
  errorBudget: ERROR_BUDGET,
  certificates: CERTIFICATES,
} as const;

type AskedConfig = WrittenKeys<typeof ASKED>;

export type Freeze =
  | {
      readonly kind: 'again';
      readonly schedule: string;
      readonly timeZone: string;
      readonly forMs: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'once';
      readonly from: string;
      readonly until: string;
      readonly reason: string;
    };

export interface Dependency {
  readonly name: string;
  readonly kind: 'http' | 'tcp' | 'grpc';
  /** A URL, or host:port. */
  readonly place: string;
  readonly timeoutMs: number;
}

export interface Asked {
  readonly freezes: readonly Freeze[];
  readonly dependencies: readonly Dependency[];
  readonly backup: { readonly cronJob: string; readonly maxAgeMs: number } | undefined;
  readonly maxImageAgeMs: number | undefined;
  readonly errorBudget: { readonly query: string; readonly least: number } | undefined;
  readonly certificates: { readonly hosts: readonly string[]; readonly warnBeforeMs: number };
}

export function resolveAsked(written: AskedConfig = {}): Asked {
  const { freezes = [], dependencies = [], backup, maxImageAge, errorBudget } = written;
  const { hosts = [], warnBefore } = written.certificates ?? {};
  return {
    freezes: freezes.map(
      ({ schedule, timeZone = 'UTC', from = '', until = '', reason, ...rest }) =>
        schedule === undefined
          ? { kind: 'once', from, until, reason }
          : { kind: 'again', schedule, timeZone, forMs: durationMs(rest.for, '24h'), reason },
    ),
    dependencies: dependencies.map(({ name, http, tcp, grpc, timeout }) => {
      const timeoutMs = durationMs(timeout, '5s');
      if (http !== undefined) return { name, kind: 'http', place: http, timeoutMs };
      return tcp === undefined
        ? { name, kind: 'grpc', place: grpc ?? '', timeoutMs }
        : { name, kind: 'tcp', place: tcp, timeoutMs };
    }),
    backup: backup && { cronJob: backup.cronJob, maxAgeMs: durationMs(backup.maxAge, '24h') },
    maxImageAgeMs: maxImageAge === undefined ? undefined : durationMs(maxImageAge, '0'),
    errorBudget,
    certificates: { hosts, warnBeforeMs: durationMs(warnBefore, '336h') },
  };
}
