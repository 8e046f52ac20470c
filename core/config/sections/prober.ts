/** The key `prober`: how the release itself asks the Service, as a client would. */
import type { FromSchema } from '../../base/from-schema.ts';
import { PATH } from '../../base/schema-types.ts';

const PROBER_TYPES = ['auto', 'http', 'tcp', 'off'] as const;
type ProberType = (typeof PROBER_TYPES)[number];

export const PROBER = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: {
      enum: PROBER_TYPES,
      description:
        'Requests over HTTP, TCP connections, or none. Default auto: HTTP where a path is known, otherwise TCP.',
    },
    path: {
      ...PATH,
      description:
        'What is asked for by GET, 10 to 20 times a second. Default: the readiness path, where that is HTTP on the port that the Service sends to.',
    },
  },
  description:
    'Asks the Service all the while, as a client would, and counts what is not answered.',
} as const;

type ProberConfig = FromSchema<typeof PROBER>;

export interface ProberSettings {
  readonly type: ProberType;
  readonly path: string | undefined;
}

export function resolveProber({ type = 'auto', path }: ProberConfig = {}): ProberSettings {
  return { type, path };
}
