/**
 * The release config's JSON schema (draft-07): what the steps check, what editors complete from
 * (published as docs/release.schema.json) and what the reference is made of. Formats: `duration` is
 * a Go duration, `share` a percentage such as `5%` or a fraction such as `0.05`, `count-or-share` a
 * whole number or a percentage.
 */
import { STRATEGIES } from '../vocabulary.ts';

const DURATION = { type: 'string', format: 'duration' } as const;
const NAME = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 } as const;
const PATH = { type: 'string', pattern: '^/' } as const;
const PORT = { type: 'integer', minimum: 1, maximum: 65535 } as const;
const METHOD = { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] } as const;
const SHARE = { type: ['string', 'number'], format: 'share', minimum: 0, maximum: 1 } as const;

const STRATEGY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { enum: STRATEGIES, description: 'The param deployment-strategy wins over it.' },
    rolling: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxSurge: {
          type: ['integer', 'string'],
          format: 'count-or-share',
          minimum: 1,
          description: 'How many pods more than asked for while it rolls. Default 25%.',
        },
        monitoring: {
          ...DURATION,
          description: 'How long the candidate is watched once it has all traffic. Default 5m.',
        },
      },
    },
    blueGreen: {
      type: 'object',
      additionalProperties: false,
      properties: {
        monitoring: {
          ...DURATION,
          description: 'How long the candidate is watched after the switch. Default 5m.',
        },
        preview: {
          type: 'object',
          additionalProperties: false,
          properties: {
            service: { ...NAME, description: 'Default: the service name with -preview.' },
          },
        },
      },
    },
  },
} as const;

const DRAIN = {
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

const TRIGGER = {
  type: 'object',
  additionalProperties: false,
  required: ['metric', 'operator', 'value'],
  properties: {
    metric: { enum: ['error_rate'] },
    operator: { enum: ['gt'] },
    value: { ...SHARE, description: 'Share of requests answered with 5xx.' },
    duration: { ...DURATION, description: 'For how long it must hold. Default 3s.' },
    minRequests: {
      type: 'integer',
      minimum: 1,
      description: 'Fewer requests than this say nothing. Default 20.',
    },
  },
} as const;

const SMOKE = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'path'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 63 },
    path: PATH,
    method: { ...METHOD, description: 'Default GET.' },
    port: { ...PORT, description: 'Default: the port the Service sends to.' },
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

const NOTIFICATION = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { enum: ['webhook'] },
    url: { type: 'string', pattern: '^https?://' },
    urlFile: {
      type: 'string',
      description: 'A file in the workspace `secrets` that holds the URL, where that is a secret.',
    },
    events: {
      type: 'array',
      uniqueItems: true,
      items: { enum: ['completed', 'failed', 'rollback'] },
      description: 'Default: all.',
    },
  },
  oneOf: [{ required: ['url'] }, { required: ['urlFile'] }],
} as const;

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
    workload: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { ...NAME, description: 'Default: the Deployment that the Service reaches.' },
        container: {
          ...NAME,
          description: 'Default: the only one, or the one named as the service.',
        },
      },
    },
    image: {
      type: 'object',
      additionalProperties: false,
      properties: {
        repository: {
          type: 'string',
          pattern: '^[^\\s:@]+(:\\d+)?(/[^\\s:@]+)*$',
          description: "Default: the running image's.",
        },
      },
    },
    strategy: STRATEGY,
    drain: DRAIN,
    preflight: {
      type: 'object',
      additionalProperties: false,
      properties: {
        ignore: {
          type: 'array',
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
    },
    analysis: {
      type: 'object',
      additionalProperties: false,
      properties: {
        pods: {
          type: 'object',
          additionalProperties: false,
          properties: {
            port: {
              ...PORT,
              description: 'Default: prometheus.io/port, or where the Service sends.',
            },
            path: { ...PATH, description: 'Default: prometheus.io/path, or /metrics.' },
          },
          description: "Where the pods' own metrics are.",
        },
      },
    },
    rollback: {
      type: 'object',
      additionalProperties: false,
      properties: {
        triggers: {
          type: 'array',
          items: TRIGGER,
          description: 'Default: error_rate above 10% for 3s.',
        },
      },
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxDuration: { ...DURATION, description: 'Of the deploy stage. Default 35m.' },
        readyTimeout: { ...DURATION, description: 'For new pods to become ready. Default 10m.' },
      },
    },
    smoke: {
      type: 'array',
      items: SMOKE,
      description: 'Default: the readiness path of every new pod and of the Service.',
    },
    notifications: { type: 'array', items: NOTIFICATION },
  },
} as const;
