/** Shapes of values that several keys of the release config share; schema.ts says what the formats are. */

export const DURATION = { type: 'string', format: 'duration' } as const;
export const NAME = {
  type: 'string',
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  maxLength: 63,
} as const;
export const PATH = { type: 'string', pattern: '^/' } as const;
/** Of a workspace that the run is given; read by effects/base/workspace-file.ts. */
export const FILE = { type: 'string', format: 'file' } as const;
export const PORT = { type: 'integer', minimum: 1, maximum: 65535 } as const;
/** Each entry of a list is asked, measured or told of: more of them is no config. */
export const LIST = { type: 'array', maxItems: 50 } as const;
export const METHOD = { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] } as const;
export const SHARE = {
  type: ['string', 'number'],
  format: 'share',
  minimum: 0,
  maximum: 1,
} as const;
export const PERCENTAGE = { type: 'number', exclusiveMinimum: 0, maximum: 100 } as const;
export const SEVERITY = {
  enum: ['warn', 'critical'],
  description: 'critical turns the release back, warn only tells. Default critical.',
} as const;

export type Method = (typeof METHOD)['enum'][number];

export type Severity = 'warn' | 'critical';
