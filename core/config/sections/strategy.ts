/** The sections `strategy` and `traffic` of the release config's schema. */

import { DURATION, NAME, PERCENTAGE } from '../../base/schema-types.ts';
import { ROUTERS, STRATEGIES } from '../../base/vocabulary.ts';

const STEPS = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['weight'],
    properties: {
      weight: { ...PERCENTAGE, description: 'Percent of the traffic.' },
      duration: { ...DURATION, description: 'How long it is watched at this weight. Default 5m.' },
    },
  },
} as const;

const ROLLING = {
  type: 'object',
  additionalProperties: false,
  properties: {
    maxSurge: {
      type: ['integer', 'string'],
      format: 'count-or-share',
      minimum: 1,
      description: 'How many pods more than asked for while it rolls. Default 25%.',
    },
    maxUnavailable: {
      type: ['integer', 'string'],
      format: 'count-or-share',
      minimum: 0,
      description:
        'How many pods fewer than asked for while it rolls. Default 0; more costs capacity.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
  },
} as const;

const BLUE_GREEN = {
  type: 'object',
  additionalProperties: false,
  properties: {
    switch: {
      enum: ['instant', 'gradual', 'weighted'],
      description:
        'instant: all at once; gradual: by incrementPercentage every interval; weighted: by steps. Default instant.',
    },
    incrementPercentage: { ...PERCENTAGE, description: 'Of a gradual switch. Default 10.' },
    interval: { ...DURATION, description: 'Of a gradual switch. Default 30s.' },
    steps: { ...STEPS, description: 'Of a weighted switch. Default 50, then all.' },
    replicas: {
      type: 'integer',
      minimum: 1,
      description: 'Pods of the candidate. Default: as many as the stable has.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
    rollbackWindow: {
      ...DURATION,
      description:
        'How long the old pods are kept running after a promotion, out of reach, for a fast rollback; of every strategy but rolling. Default 0s.',
    },
    preview: {
      type: 'object',
      additionalProperties: false,
      properties: {
        service: { ...NAME, description: 'Default: the service name with -preview.' },
      },
    },
  },
} as const;

const CANARY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    steps: { ...STEPS, description: 'Default 10, 25, 50, then all.' },
    initialPercentage: { ...PERCENTAGE, description: 'Instead of steps: where to begin.' },
    incrementPercentage: { ...PERCENTAGE, description: 'Default: initialPercentage, or 10.' },
    incrementInterval: { ...DURATION, description: 'Default 5m.' },
    targetPercentage: {
      ...PERCENTAGE,
      description: 'The last weight before all of it. Default 100.',
    },
    headers: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'string', minLength: 1 },
      description:
        'Requests with these headers go to the candidate, whatever the weight; router istio or gateway-api.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
  },
} as const;

export const STRATEGY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { enum: STRATEGIES, description: 'The param deployment-strategy wins over it.' },
    rolling: ROLLING,
    blueGreen: BLUE_GREEN,
    canary: CANARY,
  },
} as const;

const CHOSEN = {
  minItems: 1,
  items: { type: ['string', 'integer'], minLength: 1, minimum: 0 },
} as const;

function routeSchema(kind: string) {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      name: {
        ...NAME,
        description: `The ${kind} that is weighted. Default: every route that leads to the service.`,
      },
      rules: {
        type: 'array',
        ...CHOSEN,
        description: `The rules of the ${kind} to weigh, by name or by place counted from 0. Default: all to the service; others follow with the last step.`,
      },
    },
  } as const;
}

export const TRAFFIC = {
  type: 'object',
  additionalProperties: false,
  properties: {
    router: {
      enum: ROUTERS,
      description: 'What splits the traffic between the two versions. Default service.',
    },
    virtualService: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: {
          ...NAME,
          description: 'The one that is weighted. Default: all that lead to the service.',
        },
        route: {
          type: ['string', 'integer', 'array'],
          minLength: 1,
          minimum: 0,
          ...CHOSEN,
          description:
            'The http routes to weigh, by name or by place counted from 0. Default: all to the service; others follow with the last step.',
        },
      },
    },
    destinationRule: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { ...NAME, description: "Default: the service's name; made where there is none." },
      },
    },
    httpRoute: routeSchema('HTTPRoute'),
    grpcRoute: routeSchema('GRPCRoute'),
  },
} as const;
