/** A metric of the config's own, under `analysis.metrics`. */
import type { FromSchema } from '../base/from-schema.ts';
import { DURATION, SEVERITY } from '../base/schema-types.ts';
import { ACCESS } from './access.ts';

const CONDITION = {
  type: 'string',
  minLength: 1,
  description: 'CEL over `result` and `stable`, such as `result >= 0.95`.',
} as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

export const METRIC = {
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

export type MetricConfig = FromSchema<typeof METRIC>;
