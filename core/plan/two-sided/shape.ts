/** What stands in a journal of the plan of a release with two sides. */

import { ROUTERS, type RouterName } from '../../base/vocabulary.ts';
import type { FoundRule, MovedRoute } from '../../routers/found-rules.ts';
import type { GatewayRouting } from '../../routers/gateway-api/routing.ts';
import type { IstioRouting } from '../../routers/istio/routing.ts';
import type { FurtherService, RoutingBase, Selectors } from '../../routers/routing.ts';
import type { AutoscalerSnapshot, TwoSidedPlan } from '../plan.ts';
import {
  anything,
  count,
  each,
  fields,
  flag,
  isObject,
  type JsonShape,
  labels,
  maybe,
  name,
  number,
  object,
  oneOf,
  text,
} from '../shape/json.ts';
import { PLAN_BASE } from '../shape/plan.ts';
import { steps } from '../shape/settings.ts';
import { carriedSpec, selectorShape, templateShape, workloadShape } from '../shape/workloads.ts';

const selectors = fields<Selectors>({
  found: labels,
  stable: labels,
  candidate: labels,
  both: labels,
});

const foundRule = fields<FoundRule>({
  name: maybe(text),
  index: count,
  like: anything,
  before: each(object),
  follows: maybe(flag),
});
const routes = each(
  fields<MovedRoute>({ apiVersion: text, kind: text, name, rules: each(foundRule) }),
);
const istio = {
  router: text,
  destinationRule: fields<IstioRouting['destinationRule']>({
    apiVersion: text,
    name,
    before: maybe(each(object)),
  }),
  subsets: fields<IstioRouting['subsets']>({ stable: text, candidate: text }),
  headers: maybe(labels),
};

/** Version 0.1.0 knew one route with one rule. */
const onlyRoute = fields<{ apiVersion: string; name: string }>({ apiVersion: text, name });
const EARLIER = {
  virtualService: fields({
    ...istio,
    virtualService: onlyRoute,
    entry: count,
    entryName: maybe(text),
    before: each(object),
    destination: fields<{ host: string }>({ host: text }),
  }),
  httpRoute: fields({
    router: text,
    headers: maybe(labels),
    httpRoute: onlyRoute,
    rule: count,
    before: each(object),
  }),
};

/** What a router keeps of its own; one that keeps nothing has no line. */
const OWN: Readonly<Partial<Record<RouterName, JsonShape>>> = {
  istio: whereNot('virtualService', fields<IstioRouting>({ ...istio, routes, hosts: each(text) })),
  'gateway-api': whereNot(
    'httpRoute',
    fields<GatewayRouting>({ router: text, routes, headers: maybe(labels) }),
  ),
};

function whereNot(key: keyof typeof EARLIER, check: JsonShape): JsonShape {
  return (value) => (isObject(value) && key in value ? EARLIER[key](value) : check(value));
}

const routing: JsonShape = (value) => {
  const router = fields<RoutingBase>({ router: oneOf(ROUTERS) })(value);
  if (router !== undefined || !isObject(value)) return router;
  const named = ROUTERS.find((each) => each === value.router);
  return named && OWN[named]?.(value);
};

export const twoSidedShape = fields<TwoSidedPlan>({
  ...PLAN_BASE,
  strategy: text,
  stable: workloadShape,
  candidate: fields<TwoSidedPlan['candidate']>({
    name,
    labels,
    annotations: maybe(labels),
    spec: maybe(carriedSpec),
    selector: selectorShape,
    template: templateShape,
    replicas: count,
    before: maybe(workloadShape),
  }),
  selectors,
  previewService: name,
  headless: maybe(flag),
  furtherServices: maybe(each(fields<FurtherService>({ name, selectors }))),
  routing,
  steps,
  sizing: oneOf(['full', 'by-weight']),
  autoscaler: maybe(fields<AutoscalerSnapshot>({ name, minReplicas: maybe(count) })),
  rollbackWindowMs: maybe(number),
});
