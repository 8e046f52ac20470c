/** What stands in a journal of the plan of a release with two sides. */

import { ROUTERS, type RouterName } from '../../base/vocabulary.ts';
import type { FoundRule, MovedRoute } from '../../routers/found-rules.ts';
import { GATEWAY_VERSION, type GatewayRouting } from '../../routers/gateway-api/routing.ts';
import { ROUTE_KINDS } from '../../routers/gateway-api/rules.ts';
import { ISTIO_VERSIONS, type IstioRouting } from '../../routers/istio/routing.ts';
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
const routes = (apiVersions: readonly string[], kinds: readonly string[]): JsonShape =>
  each(
    fields<MovedRoute>({
      apiVersion: oneOf(apiVersions),
      kind: oneOf(kinds),
      name,
      rules: each(foundRule),
    }),
  );
const istio = {
  router: text,
  destinationRule: fields<IstioRouting['destinationRule']>({
    apiVersion: oneOf(ISTIO_VERSIONS),
    name,
    before: maybe(each(object)),
  }),
  subsets: fields<IstioRouting['subsets']>({ stable: text, candidate: text }),
  headers: maybe(labels),
};

/** Version 0.1.0 knew one route with one rule. */
const onlyRoute = (apiVersions: readonly string[]): JsonShape =>
  fields<{ apiVersion: string; name: string }>({ apiVersion: oneOf(apiVersions), name });
const EARLIER = {
  virtualService: fields({
    ...istio,
    virtualService: onlyRoute(ISTIO_VERSIONS),
    entry: count,
    entryName: maybe(text),
    before: each(object),
    destination: fields<{ host: string }>({ host: text }),
  }),
  httpRoute: fields({
    router: text,
    headers: maybe(labels),
    httpRoute: onlyRoute([GATEWAY_VERSION]),
    rule: count,
    before: each(object),
  }),
};

/** What a router keeps of its own; one that keeps nothing has no line. */
const OWN: Readonly<Partial<Record<RouterName, JsonShape>>> = {
  istio: whereNot(
    'virtualService',
    fields<IstioRouting>({
      ...istio,
      routes: routes(ISTIO_VERSIONS, ['VirtualService']),
      hosts: each(text),
    }),
  ),
  'gateway-api': whereNot(
    'httpRoute',
    fields<GatewayRouting>({
      router: text,
      routes: routes([GATEWAY_VERSION], ROUTE_KINDS),
      headers: maybe(labels),
    }),
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
