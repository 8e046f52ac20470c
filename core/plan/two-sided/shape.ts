/** What stands in a journal of the plan of a release with two sides. */

import { ROUTERS } from '../../base/vocabulary.ts';
import {
  count,
  each,
  fields,
  labels,
  maybe,
  name,
  number,
  object,
  oneOf,
  text,
} from '../json-shape.ts';
import { PLAN_BASE, selectorShape, templateShape, workloadShape } from '../plan-shape.ts';

const selectors = fields({ found: labels, stable: labels, candidate: labels, both: labels });

const routing = fields({
  router: oneOf(ROUTERS),
  routes: maybe(each(fields({ kind: text, name, rules: each(fields({ before: each(object) })) }))),
  hosts: maybe(each(text)),
  destinationRule: maybe(fields({ name })),
});

export const twoSidedShape = fields({
  ...PLAN_BASE,
  stable: workloadShape,
  candidate: fields({
    name,
    labels,
    selector: selectorShape,
    template: templateShape,
    replicas: count,
    before: maybe(workloadShape),
  }),
  selectors,
  previewService: name,
  furtherServices: maybe(each(fields({ name, selectors }))),
  autoscaler: maybe(fields({ name })),
  routing,
  steps: each(fields({ weightPercent: count, watchMs: number })),
});
