/** What stands in a journal of a rolling release's plan. */

import { fields, maybe } from '../json-shape.ts';
import { PLAN_BASE, templateShape, workloadShape } from '../plan-shape.ts';

export const rollingShape = fields({
  ...PLAN_BASE,
  workload: workloadShape,
  template: maybe(templateShape),
});
