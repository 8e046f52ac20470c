/** The schema of `analysis`: where metrics come from, and how the candidate is judged by them. */

import { DURATION, PATH, PORT, SEVERITY, SHARE } from '../../base/schema-types.ts';
import { JUDGES } from '../../judge/judge.ts';
import { PRESETS } from '../../metrics/prometheus/presets.ts';
import { PROFILES } from '../../triggers/trigger.ts';

const FILE = 'A file in the workspace `secrets`.';
const ACCESS = {
  tokenFile: { type: 'string', minLength: 1, description: `${FILE} Sent as a bearer token.` },
  caFile: {
    type: 'string',
    minLength: 1,
    description: `${FILE} The CA to trust, besides the usual.`,
  },
} as const;

const CONDITION = {
  type: 'string',
  minLength: 1,
  description: 'CEL over `result` and `stable`, such as `result >= 0.95`.',
} as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

const METRIC = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'provider'],
  properties: {
    name: { type: 'string', pattern: '^[a-z][a-z0-9_-]*$', maxLength: 63 },
    provider: { enum: ['pods', 'prometheus', 'http-json'] },
    series: { type: 'string', minLength: 1, description: "pods: its name on the pods' pages." },
    query: {
      type: 'string',
      minLength: 1,
      description:
        'prometheus: PromQL that answers one number. {{pods}}, {{workload}}, {{backend}}, {{side}}, {{namespace}} and {{service}} are filled in.',
    },
    range: {
      ...DURATION,
      description: 'prometheus: the mean over so long. Default: the value now.',
    },
    url: { type: 'string', pattern: '^https?://', description: 'http-json: where to ask.' },
    path: {
      type: 'string',
      pattern: '^\\$',
      description:
        'http-json: JSONPath (RFC 9535) to one value: no commas, no regular expressions, at most one `..`.',
    },
    ...ACCESS,
    max: { type: 'number', description: 'More than this is bad, in the unit of the source.' },
    min: { type: 'number', description: 'Less than this is bad.' },
    relativeToStable: {
      type: ['string', 'number'],
      format: 'factor',
      description: 'More than so many times the stable is bad: `2x`.',
    },
    severity: SEVERITY,
    interval: { ...DURATION, description: 'Default 5s.' },
    initialDelay: { ...DURATION, description: 'Default 0.' },
    count: {
      ...COUNT,
      minimum: 1,
      description: 'Measured so often. Default: as long as it is watched.',
    },
    successCondition: CONDITION,
    failureCondition: CONDITION,
    failureLimit: { ...COUNT, description: 'More failures than this are bad. Default 0.' },
    inconclusiveLimit: {
      ...COUNT,
      description: 'More than this and the release waits. Default 0.',
    },
    consecutiveErrorLimit: { ...COUNT, description: 'More in a row are unmeasurable. Default 4.' },
  },
} as const;

export const ANALYSIS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    profile: { enum: PROFILES, description: 'Triggers that come along. Default: none of them.' },
    judge: { enum: JUDGES, description: 'Default sequential.' },
    toleratedErrorRate: {
      ...SHARE,
      description:
        'sequential, where no stable runs beside the candidate: more is bad. Default 5%.',
    },
    drift: {
      type: ['string', 'number'],
      format: 'factor',
      description:
        "sequential, where no stable runs beside the candidate: so many times the stable's rate before the release may be chance of the day. Default 2x.",
    },
    pods: {
      type: 'object',
      additionalProperties: false,
      properties: {
        port: {
          ...PORT,
          description: 'Default: prometheus.io/port, or where the Service sends.',
        },
        path: { ...PATH, description: 'Default: prometheus.io/path, or /metrics.' },
        interval: { ...DURATION, description: 'How often they are read, 1s to 5s. Default 1s.' },
      },
      description: "Where the pods' own metrics are.",
    },
    traffic: {
      type: 'object',
      additionalProperties: false,
      properties: {
        provider: {
          enum: ['pods', 'prometheus'],
          description: 'Who counts requests. Default pods.',
        },
        preset: {
          enum: PRESETS,
          description: 'prometheus: the names of its metrics. Default http.',
        },
        selectors: {
          type: 'object',
          additionalProperties: false,
          properties: { stable: { type: 'string' }, candidate: { type: 'string' } },
          description: "Label matchers of a side, instead of the preset's.",
        },
        interval: { ...DURATION, description: 'How often Prometheus is asked. Default 5s.' },
      },
    },
    providers: {
      type: 'object',
      additionalProperties: false,
      properties: {
        prometheus: {
          type: 'object',
          additionalProperties: false,
          required: ['address'],
          properties: { address: { type: 'string', pattern: '^https?://' }, ...ACCESS },
        },
      },
    },
    metrics: { type: 'array', items: METRIC },
    insufficientData: {
      type: 'object',
      additionalProperties: false,
      properties: {
        hold: {
          ...DURATION,
          description: 'How much longer than its time a step waits. Default 0.',
        },
        // biome-ignore lint/suspicious/noThenProperty: a key of a schema, which nobody awaits
        then: { enum: ['promote', 'rollback'], description: 'Default promote.' },
        unexplained: {
          ...DURATION,
          description:
            "How much longer a step waits where the candidate made errors that the stable's rate does not explain; then the release turns back. Default 2m.",
        },
      },
      description: 'When a step is over and too little was seen to call the candidate good.',
    },
    unmeasurableLimit: {
      ...DURATION,
      description: 'So long nothing may be measurable before the release turns back. Default 60s.',
    },
  },
} as const;
