/** The key `traffic`: what splits the traffic between the two versions, and which of its rules. */
import type { FromSchema } from '../../base/from-schema.ts';
import { NAME } from '../../base/schema-types.ts';
import { ROUTERS, type RouterName } from '../../base/vocabulary.ts';

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

type TrafficConfig = FromSchema<typeof TRAFFIC>;

/** Rules of a route, by name or by place, counted from 0. */
type ChosenRules = readonly (string | number)[];

interface RouteSettings {
  readonly name: string | undefined;
  readonly rules: ChosenRules | undefined;
}

export interface TrafficSettings {
  readonly router: RouterName;
  /** No names: whichever lead to the service, and all of their rules that do. */
  readonly virtualService: {
    readonly name: string | undefined;
    readonly routes: ChosenRules | undefined;
  };
  readonly destinationRule: { readonly name: string };
  readonly httpRoute: RouteSettings;
  readonly grpcRoute: RouteSettings;
}

export function resolveTraffic(service: string, traffic: TrafficConfig = {}): TrafficSettings {
  return {
    router: traffic.router ?? 'service',
    virtualService: {
      name: traffic.virtualService?.name,
      routes: chosenRules(traffic.virtualService?.route),
    },
    destinationRule: { name: traffic.destinationRule?.name ?? service },
    httpRoute: { name: traffic.httpRoute?.name, rules: traffic.httpRoute?.rules },
    grpcRoute: { name: traffic.grpcRoute?.name, rules: traffic.grpcRoute?.rules },
  };
}

/** One rule alone may be written without a list. */
function chosenRules(route: string | number | ChosenRules | undefined): ChosenRules | undefined {
  return typeof route === 'string' || typeof route === 'number' ? [route] : route;
}
