/** The key `smoke`: what is asked of new pods and of the Service before they get traffic. */
import { SCHEMES, type Scheme } from '../../base/check.ts';
import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { DURATION, LIST, METHOD, type Method, PATH, PORT } from '../../base/schema-types.ts';

const CHECK = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'path'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 63 },
    path: PATH,
    method: { ...METHOD, description: 'Default GET.' },
    scheme: {
      enum: SCHEMES,
      description:
        'H2C is HTTP/2 without TLS; certificates are not verified. Default: as the readiness probe or the appProtocol of the Service has it, or HTTP.',
    },
    port: {
      ...PORT,
      description:
        'Of the pods. Default: the port the Service sends to. The Service is asked at its own port that leads there, if it has one.',
    },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    body: { type: 'string' },
    timeout: { ...DURATION, description: 'Default 5s.' },
    expect: {
      type: 'object',
      additionalProperties: false,
      properties: {
        status: { type: 'integer', minimum: 100, maximum: 599, description: 'Default: any 2xx.' },
        contains: { type: 'string', description: 'A text that the body must contain.' },
      },
    },
  },
} as const;

export const SMOKE = {
  ...LIST,
  items: CHECK,
  description:
    'Default: what the readiness probe asks, of every new pod and of the Service. An empty list: nothing.',
} as const;

type SmokeConfig = FromSchema<typeof SMOKE>;

export interface SmokeCheck {
  readonly name: string;
  readonly path: string;
  readonly method: Method;
  /** Undefined: as the pods speak at the port. */
  readonly scheme?: Scheme | undefined;
  readonly port: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** Undefined: any 2xx. */
  readonly expectedStatus: number | undefined;
  readonly expectedText: string | undefined;
}

/** Empty: what the readiness probe asks. */
export type SmokeSettings = readonly SmokeCheck[] | 'none';

export function resolveSmoke(written?: SmokeConfig): SmokeSettings {
  return written?.length === 0 ? 'none' : (written ?? []).map(resolveCheck);
}

function resolveCheck(check: SmokeConfig[number]): SmokeCheck {
  return {
    name: check.name,
    path: check.path,
    method: check.method ?? 'GET',
    scheme: check.scheme,
    port: check.port,
    headers: check.headers ?? {},
    body: check.body,
    timeoutMs: durationMs(check.timeout, '5s'),
    expectedStatus: check.expect?.status,
    expectedText: check.expect?.contains,
  };
}
